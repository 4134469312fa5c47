/** Turns the answers of coordinators and leaders into groups. */

import { unreadFrom } from '#adapters/kafka/ages/age-searches.ts';
import type { AgeOf } from '#adapters/kafka/ages/read-ages.ts';
import type { Outcome } from '#adapters/kafka/protocol/failures.ts';
import { PartitionMap } from '#adapters/kafka/protocol/partition-map.ts';
import type { Description } from '#adapters/kafka/read/describe-groups.ts';
import type { Commit } from '#adapters/kafka/read/fetch-commits.ts';
import type { GroupAnswer } from '#adapters/kafka/read/read-groups.ts';
import type { LogOffsets } from '#adapters/kafka/read/read-offsets.ts';
import { groupKindOf } from '#core/kafka/group-kind.ts';
import {
  byGroupId,
  byPartition,
  type GroupReading,
  type PartitionReading,
  partitionKey,
  type RecordAge,
  type TopicPartition,
  type UnreadableGroup,
} from '#core/kafka/model.ts';
import { absent, known, knownValue, type Reading, unknown } from '#core/kafka/reading.ts';
import type { NameMatcher } from '#core/names/patterns.ts';
import { present } from '#core/text/json.ts';

/** Each partition that some group committed or owns, once; only of topics that are read. */
export function partitionsOf(answers: readonly GroupAnswer[], isRead: NameMatcher): readonly TopicPartition[] {
  const all = new PartitionMap<TopicPartition>();
  const isWanted = remembered(isRead);
  for (const answer of answers) {
    for (const partition of commitsOf(answer, isWanted)) {
      if (all.get(partition) === undefined) all.set(partition, partition);
    }
  }
  return all.values();
}

/** What is joined to the answers of coordinators. */
export interface AssemblyScope {
  /** By `partitionKey`. */
  readonly offsets: ReadonlyMap<string, LogOffsets>;
  /** Decides which topics are read. Others are left out. */
  readonly isRead: NameMatcher;
  /** Absent when the reading has no ages. */
  readonly ages?: AgeOf;
}

/** The groups with commits and offsets, and the groups whose commits could not be read. */
export function assembleGroups(
  answers: readonly GroupAnswer[],
  scope: AssemblyScope,
): { readonly groups: readonly GroupReading[]; readonly unreadable: readonly UnreadableGroup[] } {
  const groups: GroupReading[] = [];
  const unreadable: UnreadableGroup[] = [];
  const [logOf, isWanted] = [logReadings(scope.offsets), remembered(scope.isRead)];
  const assembly: Assembly = { logOf, isRead: isWanted, ...present({ ages: scope.ages }) };
  for (const answer of answers) {
    const { groupId } = answer.group;
    if (answer.commits.ok) groups.push(groupReading(answer, assembly));
    else unreadable.push({ groupId, reason: `committed offsets: ${answer.commits.reason}` });
  }
  return { groups: groups.sort(byGroupId), unreadable: unreadable.sort(byGroupId) };
}

const NOT_READ = unknown('was not read');

/** The matcher with a memory, since many groups read the same topic. */
function remembered(isRead: NameMatcher): NameMatcher {
  const results = new Map<string, boolean>();
  return (name) => {
    const known = results.get(name) ?? isRead(name);
    results.set(name, known);
    return known;
  };
}

/**
 * Commits, and an absent one for each partition that only has an owner; of topics that are read.
 */
function commitsOf({ commits, description }: GroupAnswer, isRead: NameMatcher): readonly Commit[] {
  if (!commits.ok) return [];
  const committed = commits.value.filter(({ topic }) => isRead(topic));
  const members = description.ok ? knownValue(description.value.members) : undefined;
  const owned = members?.flatMap((member) => member.assignment) ?? [];
  if (owned.length === 0) return committed;
  const all = new PartitionMap<Commit>();
  for (const { topic, partition } of owned) {
    if (isRead(topic)) all.set({ topic, partition }, { topic, partition, offset: absent });
  }
  for (const commit of committed) all.set(commit, commit);
  return all.values();
}

/** The log of a partition. All groups that read the partition share it. */
interface LogReading extends Omit<PartitionReading, 'committedOffset' | 'age'> {
  /** The leader's answer; absent when there was no request. */
  readonly answer?: LogOffsets;
}

/** Makes each log's reading once. */
function logReadings(offsets: ReadonlyMap<string, LogOffsets>): (partition: TopicPartition) => LogReading {
  const made = new PartitionMap<LogReading>();
  return (partition) => {
    const found = made.get(partition);
    if (found !== undefined) return found;
    const reading = logReading(partition, offsets.get(partitionKey(partition)));
    made.set(partition, reading);
    return reading;
  };
}

function logReading({ topic, partition }: TopicPartition, log: LogOffsets | undefined): LogReading {
  const readingOf = (outcome: Outcome<bigint> | undefined): Reading<bigint> =>
    outcome === undefined ? NOT_READ : outcome.ok ? known(outcome.value) : unknown(outcome.reason);
  const fault = log?.end.ok === false ? log.end.fault : undefined;
  return {
    topic,
    partition,
    logStartOffset: readingOf(log?.start),
    logEndOffset: readingOf(log?.end),
    lastStableOffset: readingOf(log?.stable),
    ...present({ fault, answer: log }),
  };
}

interface Assembly {
  readonly logOf: (partition: TopicPartition) => LogReading;
  readonly isRead: NameMatcher;
  readonly ages?: AgeOf;
}

function groupReading(answer: GroupAnswer, { logOf, isRead, ages }: Assembly): GroupReading {
  const { group } = answer;
  const { state, assignor, epoch, members } = describedOrUnknown(answer);
  // A Streams group may be assigned partitions that its topics do not have.
  const exists = (commit: Commit) => commit.offset.kind !== 'absent' || logOf(commit).fault !== 'no-partition';
  const commits = commitsOf(answer, isRead).filter(exists);
  const partitions = commits.map((commit) => partitionReading(commit, logOf(commit), ages));
  return {
    groupId: group.groupId,
    type: group.type,
    kind: groupKindOf(group.protocol, assignor),
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

function partitionReading(commit: Commit, log: LogReading, ages?: AgeOf): PartitionReading {
  // A coordinator leaves out commits of topics that we may not describe, so the commit may exist.
  const isHidden = commit.offset.kind === 'absent' && log.fault === 'denied';
  const committedOffset = isHidden ? log.logEndOffset : commit.offset;
  const reading: PartitionReading = {
    // The log's own text, so that memory holds a name once and not for each group.
    topic: log.topic,
    partition: log.partition,
    committedOffset,
    logStartOffset: log.logStartOffset,
    logEndOffset: log.logEndOffset,
    lastStableOffset: log.lastStableOffset,
    age: ageReading(isHidden ? { ...commit, offset: committedOffset } : commit, log.answer, ages),
  };
  return log.fault === undefined ? reading : { ...reading, fault: log.fault };
}

function ageReading(commit: Commit, log: LogOffsets | undefined, ages?: AgeOf): Reading<RecordAge> {
  const { offset } = commit;
  if (offset.kind === 'absent') return absent;
  if (ages === undefined || log === undefined) return NOT_READ;
  if (offset.kind === 'unknown') return offset;
  const [start, end] = [log.start, log.end];
  if (!start.ok || !end.ok) return unknown('where the log begins and ends is unknown');
  if (offset.value > end.value) return unknown('the commit lies beyond the end of the log');
  const from = unreadFrom(offset.value, start.value, end.value);
  return from === undefined ? absent : ages(commit, from);
}
