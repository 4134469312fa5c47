/** What a history keeps of a reading. */
import { AgeColumn } from './history-ages.ts';
import {
  type GroupSample,
  type PartitionOwner,
  type PartitionSample,
  type PollSample,
  type TimedSample,
  type TopicIds,
  topicIdIn,
} from './history-samples.ts';
import {
  type ClusterReading,
  type GroupReading,
  knownValue,
  partitionKey,
  type Reading,
  type TopicPartition,
} from './kafka.ts';
import { textDigest } from './text-digest.ts';

/** What a history keeps of one group of a reading. */
export const timedSampleOf = (reading: ClusterReading, group: GroupReading): TimedSample => ({
  atMs: reading.atMs,
  ...topicIdsOf(reading, undefined),
  ...groupSampleOf(group),
});

/** Partitions over all groups, and bytes of the columns that hold them: 8 for each offset, those of one log once. */
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

/** Ages of all partitions, group after group. */
export function agesOf({ groups }: ClusterReading, partitions: number): AgeColumn {
  const ages = new AgeColumn(partitions);
  let at = 0;
  for (const group of groups) for (const { age } of group.partitions) ages.set(at++, age);
  return ages;
}

/** Ids seldom change: polls share one record of them while they do not. */
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
    ...field('state', knownValue(group.state)),
    ...field('assignment', assignmentText(group)),
    ...field('members', knownValue(group.members)?.length),
    ...field('epoch', knownValue(group.epoch)),
    partitions: group.partitions.map((p) => ({
      topic: p.topic,
      partition: p.partition,
      ...offset('committedOffset', p.committedOffset),
      ...(p.committedOffset.kind === 'absent' ? { uncommitted: true as const } : {}),
      ...offset('logEndOffset', p.logEndOffset),
      ...offset('logStartOffset', p.logStartOffset),
      ...ownerOf(p),
    })),
  };
}

/** Who owns what; nothing while the members are unknown, and where whoever reads assigns partitions to himself and is no member. */
function ownersOf({ kind, members }: GroupReading): (tp: TopicPartition) => Pick<PartitionSample, 'owner' | 'unowned'> {
  if (members.kind !== 'known' || kind === 'simple') return () => ({});
  const owners = new Map<string, PartitionOwner>();
  for (const { clientId, host, assignment } of members.value) {
    const owner = { clientId, host };
    for (const tp of assignment) owners.set(partitionKey(tp), owner);
  }
  return (tp) => {
    const owner = owners.size === 0 ? undefined : owners.get(partitionKey(tp));
    return owner === undefined ? { unowned: true } : { owner };
  };
}

function field<K extends keyof GroupSample>(name: K, value: GroupSample[K] | undefined): Partial<Pick<GroupSample, K>> {
  return value === undefined ? {} : ({ [name]: value } as Pick<GroupSample, K>);
}

type OffsetField = 'committedOffset' | 'logEndOffset' | 'logStartOffset';

function offset(name: OffsetField, reading: Reading<bigint>): Partial<PartitionSample> {
  const value = knownValue(reading);
  return value === undefined ? {} : { [name]: value };
}

function assignmentText(group: GroupReading): string | undefined {
  const members = knownValue(group.members);
  if (members === undefined) return undefined;
  const owned = members.map((m) => `${m.memberId}=${m.assignment.map((tp) => `${tp.topic}/${tp.partition}`).sort()}`);
  return textDigest(owned.sort().join(';'));
}
