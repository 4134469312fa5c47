/** What there is to find out about ages: one search for each partition, shared by all groups that lag on it. */
import type { Broker } from '@platformatic/kafka';
import { partitionKey, type TopicPartition } from '../../core/kafka.ts';
import type { AgeBudget } from '../../core/ports.ts';
import type { RecordOrder } from '../../core/time-lag.ts';
import { emptyTimeline, type Timeline } from '../../core/timeline.ts';
import type { GroupAnswer } from './read-groups.ts';
import type { LogOffsets } from './read-offsets.ts';

/** The search in one partition; its timeline grows. */
export interface PartitionSearch extends TopicPartition {
  readonly leader: Broker;
  /** Offset behind the last record. */
  readonly end: number;
  /** Offsets whose age is wanted, ascending, each once. */
  readonly offsets: readonly number[];
  /** Times to ask for first, epoch ms: the objectives of the groups. */
  readonly firstQuestions: number[];
  order: RecordOrder;
  timeline: Timeline;
  /** Why no more is asked here; what is known so far still counts. */
  stopped?: string;
  /** First offset that is not in tiered storage only; absent where there is none, or it was not told. */
  localStart?: number;
}

/** The first unread offset of a commit, or undefined when nothing is unread. */
export function unreadFrom(committed: bigint, start: bigint, end: bigint): number | undefined {
  const from = committed > start ? committed : start;
  return from < end ? Number(from) : undefined;
}

export interface SearchScope {
  readonly answers: readonly GroupAnswer[];
  /** By `partitionKey`. */
  readonly offsets: ReadonlyMap<string, LogOffsets>;
  readonly budget: AgeBudget;
  readonly nowMs: number;
}

/** Searches by `partitionKey`, for every partition on which some group lags. */
export function searchesFor({ answers, offsets, budget, nowMs }: SearchScope): Map<string, PartitionSearch> {
  const wanted = new Map<string, { partition: TopicPartition; offsets: Set<number>; questions: Set<number> }>();
  for (const { group, commits } of answers) {
    if (!commits.ok) continue;
    const objectiveMs = budget.objectiveMsOf?.(group.groupId);
    for (const { topic, partition, offset } of commits.value) {
      const key = partitionKey({ topic, partition });
      const from = offset.kind === 'known' ? lagFrom(offset.value, offsets.get(key)) : undefined;
      if (from === undefined) continue;
      const entry = wanted.get(key) ?? { partition: { topic, partition }, offsets: new Set(), questions: new Set() };
      entry.offsets.add(from);
      if (objectiveMs !== undefined) entry.questions.add(nowMs - objectiveMs);
      wanted.set(key, entry);
    }
  }
  return new Map([...wanted].flatMap(([key, entry]) => searchIn(key, entry, offsets.get(key))));
}

function lagFrom(committed: bigint, log: LogOffsets | undefined): number | undefined {
  if (log?.end.ok !== true || !log.start.ok) return undefined;
  return unreadFrom(committed, log.start.value, log.end.value);
}

function searchIn(
  key: string,
  wanted: { partition: TopicPartition; offsets: ReadonlySet<number>; questions: ReadonlySet<number> },
  log: LogOffsets | undefined,
): [string, PartitionSearch][] {
  if (log?.leader === undefined || !log.end.ok) return [];
  const search = {
    ...wanted.partition,
    leader: log.leader,
    end: Number(log.end.value),
    offsets: [...wanted.offsets].sort((a, b) => a - b),
    firstQuestions: [...wanted.questions],
    order: { stampedByBroker: false, longestGap: Number.POSITIVE_INFINITY },
    timeline: emptyTimeline,
  };
  return [[key, search]];
}
