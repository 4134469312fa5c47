/** Groups as the core knows them, from what coordinators and leaders said. */
import {
  absent,
  byPartition,
  type GroupKind,
  type GroupReading,
  known,
  knownValue,
  type PartitionReading,
  partitionKey,
  type Reading,
  type RecordAge,
  type TopicPartition,
  type UnreadableGroup,
  unknown,
} from '../../core/kafka.ts';
import type { NameMatcher } from '../../core/patterns.ts';
import { unreadFrom } from './age-searches.ts';
import type { Description } from './describe-groups.ts';
import type { Outcome } from './failures.ts';
import type { ListedGroup } from './list-groups.ts';
import type { AgeOf } from './read-ages.ts';
import type { GroupAnswer } from './read-groups.ts';
import type { LogOffsets } from './read-offsets.ts';

/** Every partition of the topics to read that a group committed or owns, once, over all groups. */
export function partitionsOf(answers: readonly GroupAnswer[], isRead: NameMatcher): readonly TopicPartition[] {
  const all = new Map<string, TopicPartition>();
  for (const answer of answers) {
    for (const partition of commitsOf(answer, isRead).values()) all.set(partitionKey(partition), partition);
  }
  return [...all.values()];
}

/** What the answers of coordinators are put together with. */
export interface AssemblyScope {
  /** By `partitionKey`. */
  readonly offsets: ReadonlyMap<string, LogOffsets>;
  /** Topics that are read; others are left out. */
  readonly isRead: NameMatcher;
  /** Absent: ages were not asked for. */
  readonly ages?: AgeOf;
}

/** The groups whose commits were read, with their offsets; and the groups whose commits were not. */
export function assembleGroups(
  answers: readonly GroupAnswer[],
  scope: AssemblyScope,
): { readonly groups: readonly GroupReading[]; readonly unreadable: readonly UnreadableGroup[] } {
  const groups: GroupReading[] = [];
  const unreadable: UnreadableGroup[] = [];
  for (const answer of answers) {
    const { groupId } = answer.group;
    if (answer.commits.ok) groups.push(groupReading(answer, scope));
    else unreadable.push({ groupId, reason: `committed offsets: ${answer.commits.reason}` });
  }
  return { groups: groups.sort(byGroupId), unreadable: unreadable.sort(byGroupId) };
}

/** Order by group id, the same on every machine. */
export const byGroupId = (a: { readonly groupId: string }, b: { readonly groupId: string }): number =>
  a.groupId < b.groupId ? -1 : a.groupId > b.groupId ? 1 : 0;

const NOT_ASKED = unknown('was not asked');

type Commit = TopicPartition & { readonly offset: Reading<bigint> };

/** Commits by partition, and a partition without one for each that only has an owner; of the topics to read. */
function commitsOf(answer: GroupAnswer, isRead: NameMatcher): ReadonlyMap<string, Commit> {
  const commits = new Map<string, Commit>();
  if (!answer.commits.ok) return commits;
  if (answer.description.ok && answer.description.value.members.kind === 'known') {
    for (const member of answer.description.value.members.value) {
      for (const { topic, partition } of member.assignment) {
        if (isRead(topic)) commits.set(partitionKey({ topic, partition }), { topic, partition, offset: absent });
      }
    }
  }
  for (const commit of answer.commits.value) if (isRead(commit.topic)) commits.set(partitionKey(commit), commit);
  return commits;
}

function groupReading(answer: GroupAnswer, { offsets, isRead, ages }: AssemblyScope): GroupReading {
  const { group } = answer;
  const { state, assignor, epoch, members } = describedOrUnknown(answer);
  const partitions = [...commitsOf(answer, isRead).values()].map((commit) =>
    partitionReading(commit, offsets.get(partitionKey(commit)), ages),
  );
  return {
    groupId: group.groupId,
    type: group.type,
    kind: kindOf(group, assignor),
    state,
    assignor,
    epoch,
    members,
    partitions: partitions.sort(byPartition),
  };
}

function describedOrUnknown({ description }: GroupAnswer): Description {
  if (description.ok) return description.value;
  const nothing = unknown(description.reason);
  return { state: nothing, assignor: nothing, epoch: nothing, members: nothing };
}

/** Name of the assignor that Kafka Streams brings to the classic protocol. */
const STREAMS_ASSIGNOR = 'stream';

function kindOf({ protocol }: ListedGroup, assignor: Reading<string>): GroupKind {
  if (protocol === 'streams' || knownValue(assignor) === STREAMS_ASSIGNOR) return 'streams';
  return protocol === '' ? 'simple' : 'consumer';
}

function partitionReading(commit: Commit, log: LogOffsets | undefined, ages?: AgeOf): PartitionReading {
  const readingOf = (outcome: Outcome<bigint> | undefined): Reading<bigint> =>
    outcome === undefined ? NOT_ASKED : outcome.ok ? known(outcome.value) : unknown(outcome.reason);
  const fault = log?.end.ok === false ? log.end.fault : undefined;
  // Commits of a topic that we may not describe are left out of what a coordinator tells: they may exist.
  const hidden = commit.offset.kind === 'absent' && log?.end.ok === false && log.end.fault === 'denied';
  return {
    topic: commit.topic,
    partition: commit.partition,
    committedOffset: hidden ? readingOf(log.end) : commit.offset,
    logStartOffset: readingOf(log?.start),
    logEndOffset: readingOf(log?.end),
    lastStableOffset: readingOf(log?.stable),
    age: ageReading(commit, log, ages),
    ...(fault === undefined ? {} : { fault }),
  };
}

function ageReading(commit: Commit, log: LogOffsets | undefined, ages?: AgeOf): Reading<RecordAge> {
  const { offset } = commit;
  if (offset.kind === 'absent') return absent;
  if (ages === undefined || log === undefined) return NOT_ASKED;
  if (offset.kind === 'unknown') return offset;
  const [start, end] = [log.start, log.end];
  if (!start.ok || !end.ok) return unknown('where the log begins and ends is unknown');
  if (offset.value > end.value) return unknown('the commit lies beyond the end of the log');
  const from = unreadFrom(offset.value, start.value, end.value);
  return from === undefined ? absent : ages(commit, from);
}
