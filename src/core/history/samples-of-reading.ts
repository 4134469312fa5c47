/** What a history keeps of a reading. */

import { AgeColumn } from '#core/history/columns/age-column.ts';
import { type OffsetCell, UNCOMMITTED } from '#core/history/columns/offset-column.ts';
import {
  type GroupSample,
  type OwnerCell,
  type PartitionOwner,
  type PollSample,
  partitionSample,
  type TimedSample,
  type TopicIds,
  topicIdIn,
} from '#core/history/columns/samples.ts';
import type { ClusterReading, GroupReading, PartitionReading, TopicPartition } from '#core/kafka/model.ts';
import { knownValue } from '#core/kafka/reading.ts';
import { textDigest } from '#core/text/digest.ts';
import { present } from '#core/text/json.ts';

/** What a history keeps of one group, with the time and the topic ids of the reading. */
export const timedSampleOf = (reading: ClusterReading, group: GroupReading): TimedSample => ({
  atMs: reading.atMs,
  ...topicIdsOf(reading, undefined),
  ...groupSampleOf(group),
});

/**
 * Count of partitions over all groups, and bytes of the columns that hold them: 8 for each offset.
 * The offsets of a log count once.
 */
export function sizeOf({ groups }: ClusterReading): { readonly partitions: number; readonly bytes: number } {
  const logs = new Map<string, Set<number>>();
  let partitions = 0;
  for (const group of groups) {
    partitions += group.partitions.length;
    for (const { topic, partition } of group.partitions) {
      const ofTopic = logs.get(topic);
      if (ofTopic === undefined) logs.set(topic, new Set([partition]));
      else ofTopic.add(partition);
    }
  }
  const distinct = [...logs.values()].reduce((sum, ofTopic) => sum + ofTopic.size, 0);
  return { partitions, bytes: 8 * (partitions + 2 * distinct) };
}

/** Ages of all partitions, in the order of groups. */
export function agesOf({ groups }: ClusterReading, partitions: number): AgeColumn {
  const ages = new AgeColumn(partitions);
  let at = 0;
  for (const group of groups) for (const { age } of group.partitions) ages.set(at++, age);
  return ages;
}

/** Topic ids of a reading. Ids seldom change: polls share one record while they stay the same. */
export function topicIdsOf({ topics }: ClusterReading, before: TopicIds | undefined): Pick<PollSample, 'topicIds'> {
  const ids = [...topics].flatMap(([topic, { id }]) => (id === undefined ? [] : [[topic, id] as const]));
  if (ids.length === 0) return {};
  const isSame =
    before !== undefined &&
    Object.keys(before).length === ids.length &&
    ids.every(([name, id]) => topicIdIn({ topicIds: before }, name) === id);
  return { topicIds: isSame ? before : Object.fromEntries(ids) };
}

/** One group, as a history keeps it. */
export function groupSampleOf(group: GroupReading): GroupSample {
  const ownerOf = ownersOf(group);
  return {
    groupId: group.groupId,
    ...present({
      state: knownValue(group.state),
      assignment: assignmentDigest(group),
      members: knownValue(group.members)?.length,
      epoch: knownValue(group.epoch),
    }),
    partitions: group.partitions.map((p) =>
      partitionSample(p, [commitOf(p), knownValue(p.logEndOffset), knownValue(p.logStartOffset)], ownerOf(p)),
    ),
  };
}

const commitOf = ({ committedOffset: commit }: PartitionReading): OffsetCell =>
  commit.kind === 'absent' ? UNCOMMITTED : knownValue(commit);

/**
 * Returns the owner of a partition. It is unknown when the members are, and for consumers that
 * assign partitions to themselves: they are not members.
 */
function ownersOf({ kind, members }: GroupReading): (tp: TopicPartition) => OwnerCell {
  if (members.kind !== 'known' || kind === 'simple') return () => 'unknown';
  if (members.value.length === 0) return () => 'nobody';
  const owners = new Map<string, Map<number, PartitionOwner>>();
  for (const { clientId, host, assignment } of members.value) {
    const owner = { clientId, host };
    for (const { topic, partition } of assignment) {
      const ofTopic = owners.get(topic);
      if (ofTopic === undefined) owners.set(topic, new Map([[partition, owner]]));
      else ofTopic.set(partition, owner);
    }
  }
  return ({ topic, partition }) => owners.get(topic)?.get(partition) ?? 'nobody';
}

/** Digest of who owns what; undefined when the members are not known. */
function assignmentDigest(group: GroupReading): string | undefined {
  const members = knownValue(group.members);
  if (members === undefined) return undefined;
  const owned = members.map((m) => `${m.memberId}=${m.assignment.map((tp) => `${tp.topic}/${tp.partition}`).sort()}`);
  return textDigest(owned.sort().join(';'));
}
