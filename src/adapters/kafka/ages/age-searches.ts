/** Searches for ages: one for each partition, shared by all groups that lag on it. */
import type { Broker } from '@platformatic/kafka';
import { PartitionMap } from '#adapters/kafka/protocol/partition-map.ts';
import type { GroupAnswer } from '#adapters/kafka/read/read-groups.ts';
import type { LogOffsets } from '#adapters/kafka/read/read-offsets.ts';
import type { RecordOrder } from '#core/ages/age.ts';
import type { AgeBudget } from '#core/ages/budget.ts';
import { emptyTimeline, type Timeline } from '#core/ages/timeline.ts';
import { partitionKey, type TopicPartition } from '#core/kafka/model.ts';

/** The search in one partition. Its timeline grows. */
export interface PartitionSearch extends TopicPartition {
  readonly leader: Broker;
  /** Offset behind the last record. */
  readonly end: number;
  /** Offsets whose age is wanted, ascending, each once. */
  readonly offsets: readonly number[];
  /** Times to request first, epoch ms: the objectives of the groups. */
  readonly firstQuestions: number[];
  order: RecordOrder;
  timeline: Timeline;
  /** Why the search ended early. Its timeline still counts. */
  stopped?: string;
  /**
   * First offset that is not in tiered storage only. Absent when there is none, or the broker did
   * not return it.
   */
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

/** What the groups need of one partition. */
interface Wanted {
  readonly partition: TopicPartition;
  readonly log: LogOffsets | undefined;
  readonly offsets: Set<number>;
  readonly questions: Set<number>;
}

/** A search for every partition on which some group lags. */
export function searchesFor({ answers, offsets, budget, nowMs }: SearchScope): readonly PartitionSearch[] {
  const wanted = new PartitionMap<Wanted>();
  const wantedOf = (partition: TopicPartition): Wanted => {
    const found = wanted.get(partition);
    if (found !== undefined) return found;
    const log = offsets.get(partitionKey(partition));
    const entry = { partition, log, offsets: new Set<number>(), questions: new Set<number>() };
    wanted.set(partition, entry);
    return entry;
  };
  for (const { group, commits } of answers) {
    if (!commits.ok) continue;
    const objectiveMs = budget.objectiveMsOf?.(group.groupId);
    for (const commit of commits.value) {
      if (commit.offset.kind !== 'known') continue;
      const entry = wantedOf(commit);
      const from = lagFrom(commit.offset.value, entry.log);
      if (from === undefined) continue;
      entry.offsets.add(from);
      if (objectiveMs !== undefined) entry.questions.add(Math.floor(nowMs - objectiveMs));
    }
  }
  return wanted.values().flatMap(searchIn);
}

function lagFrom(committed: bigint, log: LogOffsets | undefined): number | undefined {
  if (log?.end.ok !== true || !log.start.ok) return undefined;
  return unreadFrom(committed, log.start.value, log.end.value);
}

function searchIn({ partition: { topic, partition }, log, offsets, questions }: Wanted): PartitionSearch[] {
  if (log?.leader === undefined || !log.end.ok || offsets.size === 0) return [];
  return [
    {
      topic,
      partition,
      leader: log.leader,
      end: Number(log.end.value),
      offsets: [...offsets].sort((a, b) => a - b),
      firstQuestions: [...questions],
      order: { stampedByBroker: false, mayHaveGaps: true },
      timeline: emptyTimeline,
    },
  ];
}
