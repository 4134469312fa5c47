/**
 * The last polls of a cluster, for rates, for statuses and for what changed. Lag and coverage never need it: losing it costs
 * rates and statuses for a few polls and nothing else.
 */
import { thinned } from './history-thinning.ts';
import { type ClusterReading, type GroupReading, knownValue, partitionKey, type Reading } from './kafka.ts';
import { textDigest } from './text-digest.ts';

/** Offsets of one partition at one poll; an offset is absent when it could not be read. */
export interface PartitionSample {
  readonly topic: string;
  readonly partition: number;
  readonly committedOffset?: bigint;
  /** The group had no commit here, which is not the same as a commit that could not be read. */
  readonly uncommitted?: true;
  readonly logEndOffset?: bigint;
  readonly logStartOffset?: bigint;
}

/** One group at one poll. */
export interface GroupSample {
  readonly groupId: string;
  /** Kafka's group state; absent when it could not be read. */
  readonly state?: string;
  /** Names who owned what: equal texts mean the same assignment. Absent when it could not be read. */
  readonly assignment?: string;
  /** How many there were; absent when they could not be read. */
  readonly members?: number;
  /** Absent under the classic protocol, and when it could not be read. */
  readonly epoch?: number;
  readonly partitions: readonly PartitionSample[];
}

export interface PollSample {
  readonly atMs: number;
  /** Ids of topics, by name, where they were told: another id is another topic. */
  readonly topicIds?: Readonly<Record<string, string>>;
  readonly groups: readonly GroupSample[];
}

/** Oldest first. */
export interface LagHistory {
  readonly samples: readonly PollSample[];
}

/** A history as stored. */
export interface StoredHistory {
  readonly history: LagHistory;
  /** Names the stored version, for the conditional write; absent when nothing is stored yet. */
  readonly version?: string;
  /** Why an existing object could not be used, if so. */
  readonly lost?: string;
}

export const emptyHistory: LagHistory = { samples: [] };

/**
 * Most partition samples kept, over all polls: what a function can hold and write within a poll. A history that does not
 * fit keeps fewer polls.
 */
export const MAX_PARTITION_SAMPLES = 400_000;

/** Polls that are kept of `keep`, when each has so many partitions: 2 at the least. */
export const pollsThatFit = (keep: number, partitions: number): number =>
  Math.max(2, Math.min(keep, Math.floor(MAX_PARTITION_SAMPLES / Math.max(1, partitions))));

/**
 * The history with one more reading: at most `keep` samples and `MAX_PARTITION_SAMPLES`, but two at least, thinned with age.
 * What is not older than the reading is dropped: the clock was set back, and what time passed since is not known.
 */
export function appendReading(history: LagHistory, reading: ClusterReading, keep: number): LagHistory {
  const older = history.samples.filter((sample) => sample.atMs < reading.atMs);
  const ids = topicIdsOf(reading, older.at(-1)?.topicIds);
  const sample = { atMs: reading.atMs, ...ids, groups: reading.groups.map(groupSampleOf) };
  return { samples: thinned([...older, sample], pollsThatFit(keep, sizeOf(reading))) };
}

/** That fewer polls fit than are to be kept, for people; undefined when all do. */
export function historyShortage(reading: ClusterReading, keep: number): string | undefined {
  const partitions = sizeOf(reading);
  const fit = pollsThatFit(keep, partitions);
  if (fit >= keep) return undefined;
  return `history keeps ${fit} of ${keep} polls: ${partitions} partitions at ${keep} polls are more than the ${MAX_PARTITION_SAMPLES} samples that fit, so rates and statuses rest on fewer; set historySamples to ${fit}, or filter groups and topics`;
}

/** One group at one poll, with what the poll knew of its topics. */
export type TimedSample = GroupSample & Pick<PollSample, 'atMs' | 'topicIds'>;

/** The samples of each group, oldest first; polls in which it could not be read are left out. */
export function samplesByGroup(history: LagHistory): Map<string, TimedSample[]> {
  const byGroup = new Map<string, TimedSample[]>();
  for (const { groups, ...poll } of history.samples) {
    for (const group of groups) {
      const samples = byGroup.get(group.groupId) ?? [];
      samples.push({ ...group, ...poll });
      byGroup.set(group.groupId, samples);
    }
  }
  return byGroup;
}

/** The samples of one group. */
export const samplesOf = (history: LagHistory, groupId: string): readonly TimedSample[] =>
  samplesByGroup(history).get(groupId) ?? [];

/**
 * The newest of the samples of a group, oldest first; the ids of topics and the ends of logs that it lacks are as they were last
 * told. Undefined when there is none.
 */
export function lastTold(samples: readonly TimedSample[]): TimedSample | undefined {
  let told: TimedSample | undefined;
  let ids: TopicIds | undefined;
  for (const sample of samples) {
    told = told === undefined ? sample : filledFrom(told, sample, sample.topicIds === ids);
    ids = sample.topicIds;
  }
  return told;
}

/** `hasSameIds`: the newer was told the ids that the sample before it was, which the older has then. */
function filledFrom(older: TimedSample, newer: TimedSample, hasSameIds: boolean): TimedSample {
  const partitions = newer.partitions.every(hasEnd) ? newer.partitions : endsFrom(older, newer);
  const topicIds = hasSameIds ? older.topicIds : { ...older.topicIds, ...newer.topicIds };
  return { ...newer, ...(topicIds === undefined ? {} : { topicIds }), partitions };
}

const hasEnd = ({ logEndOffset }: PartitionSample): boolean => logEndOffset !== undefined;

function endsFrom(older: TimedSample, newer: TimedSample): PartitionSample[] {
  const ends = new Map(older.partitions.map((p) => [partitionKey(p), p.logEndOffset]));
  const isSame = (topic: string) => [undefined, topicIdIn(older, topic)].includes(topicIdIn(newer, topic));
  return newer.partitions.map((p) => {
    const end = isSame(p.topic) ? ends.get(partitionKey(p)) : undefined;
    return hasEnd(p) || end === undefined ? p : { ...p, logEndOffset: end };
  });
}

/** Id of a topic, which may have the name of something that every object has; undefined when it was not told. */
export const topicIdIn = (sample: Pick<PollSample, 'topicIds'> | undefined, topic: string): string | undefined =>
  sample?.topicIds !== undefined && Object.hasOwn(sample.topicIds, topic) ? sample.topicIds[topic] : undefined;

/** What a history keeps of one group of a reading. */
export const timedSampleOf = (reading: ClusterReading, group: GroupReading): TimedSample => ({
  atMs: reading.atMs,
  ...topicIdsOf(reading, undefined),
  ...groupSampleOf(group),
});

const sizeOf = ({ groups }: ClusterReading): number => groups.reduce((sum, group) => sum + group.partitions.length, 0);

type TopicIds = Readonly<Record<string, string>>;

/** Ids seldom change: polls share one record of them while they do not. */
function topicIdsOf({ topics }: ClusterReading, before: TopicIds | undefined): Pick<PollSample, 'topicIds'> {
  const ids = [...topics].flatMap(([topic, { id }]) => (id === undefined ? [] : [[topic, id] as const]));
  if (ids.length === 0) return {};
  const isSame =
    before !== undefined &&
    Object.keys(before).length === ids.length &&
    ids.every(([name, id]) => topicIdIn({ topicIds: before }, name) === id);
  return { topicIds: isSame ? before : Object.fromEntries(ids) };
}

function groupSampleOf(group: GroupReading): GroupSample {
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
    })),
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
