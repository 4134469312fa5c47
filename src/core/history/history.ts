/**
 * The last polls of a cluster, for rates, for statuses and for what changed. Lag and coverage never need it: losing it costs
 * rates and statuses for a few polls and nothing else.
 */

import { compacted } from '#core/history/columns/compaction.ts';
import { type GroupAt, groupSampleAt, type PollColumns, pollColumnsOf } from '#core/history/columns/poll-columns.ts';
import type { GroupSample, PartitionSample, PollSample, TimedSample } from '#core/history/columns/samples.ts';
import type { ClusterReading, GroupReading, RecordAge } from '#core/kafka/model.ts';
import { type Reading, unknown } from '#core/kafka/reading.ts';
import { present } from '#core/text/json.ts';
import { type GroupPolls, groupPollsAt } from './group-polls.ts';
import { agesOf, groupSampleOf, sizeOf, topicIdsOf } from './of-reading.ts';
import { thinned } from './thinning.ts';

export {
  type GroupSample,
  type PartitionOwner,
  type PartitionSample,
  type PollSample,
  type TimedSample,
  topicIdIn,
} from '#core/history/columns/samples.ts';
export { chosenPolls, type GroupPolls, groupPollsOf } from './group-polls.ts';
export { type LastKnownPartitions, lastKnown, lastKnownPartitions } from './last-known.ts';
export { timedSampleOf } from './of-reading.ts';

/** Oldest first. By columns, since it may be of half a million partitions: `pollsOf` tells of one group. */
export interface LagHistory {
  readonly samples: readonly PollColumns[];
  /** Kafka's id of the cluster that was read; absent while no reading has told it. */
  readonly clusterId?: string;
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
 * Most bytes of memory that the offsets of a history may take: what a function holds, judges and writes within a poll, beside a
 * reading. A history that does not fit keeps fewer polls.
 */
export const MAX_HISTORY_BYTES = 64 * 1024 ** 2;

/** Polls that are kept of `keep`, when each takes so many bytes: 2 at the least. */
export const pollsThatFit = (keep: number, bytes: number): number =>
  Math.max(2, Math.min(keep, Math.floor(MAX_HISTORY_BYTES / Math.max(1, bytes))));

/**
 * The history with one more reading: at most `keep` samples and `MAX_HISTORY_BYTES`, but two at least, thinned with age.
 * What is not older than the reading is dropped: the clock was set back, and what time passed since is not known. So is all that is
 * of another cluster.
 */
export function appendReading(history: LagHistory, reading: ClusterReading, keep: number): LagHistory {
  const isOther = otherCluster(history, reading) !== undefined;
  const older = isOther ? [] : history.samples.filter((sample) => sample.atMs < reading.atMs).map(withoutAges);
  const before = older.at(-1);
  const { partitions, bytes } = sizeOf(reading);
  const groups = groupSamplesOf(reading.groups);
  const ids = topicIdsOf(reading, before?.topicIds);
  const sample = pollColumnsOf({ atMs: reading.atMs, ...ids, groups, partitions }, before);
  const newest = { ...sample, ages: agesOf(reading, partitions) };
  const clusterId = reading.clusterId ?? history.clusterId;
  const samples = compacted(thinned([...older, newest], pollsThatFit(keep, bytes)));
  return clusterId === undefined ? { samples } : { samples, clusterId };
}

/** That a history is of another cluster than a reading, for people; undefined when it is not, and when one of them does not tell. */
export function otherCluster({ clusterId: was }: LagHistory, { clusterId: is }: ClusterReading): string | undefined {
  if (was === undefined || is === undefined || was === is) return undefined;
  return `the history is of the Kafka cluster with id ${JSON.stringify(was)}, and the brokers that were asked are of ${JSON.stringify(is)}`;
}

function* groupSamplesOf(groups: readonly GroupReading[]): Generator<GroupSample> {
  for (const group of groups) yield groupSampleOf(group);
}

const withoutAges = ({ ages, ...poll }: PollColumns): PollColumns => poll;

/** That fewer polls fit than are to be kept, for people; undefined when all do. */
export function historyShortage(reading: ClusterReading, keep: number): string | undefined {
  const { partitions, bytes } = sizeOf(reading);
  const fit = pollsThatFit(keep, bytes);
  if (fit >= keep) return undefined;
  const megabytes = (of: number) => (of / 1024 ** 2).toFixed(1);
  return `history keeps ${fit} of ${keep} polls: one of ${partitions} partitions takes ${megabytes(bytes)} MB, and all may take ${megabytes(MAX_HISTORY_BYTES)} MB, so rates and statuses rest on fewer; set historySamples to ${fit}, or filter groups and topics`;
}

/** The polls of each group, made anew each time they are asked for: all at once would be many times as large as the history. */
export function pollsByGroup({ samples }: LagHistory): Pick<ReadonlyMap<string, GroupPolls>, 'get' | 'keys'> {
  const polls = new Map<string, GroupAt[]>();
  for (const poll of samples) {
    for (const group of poll.groups) {
      const ofGroup = polls.get(group.groupId);
      if (ofGroup === undefined) polls.set(group.groupId, [[poll, group]]);
      else ofGroup.push([poll, group]);
    }
  }
  return {
    get: (groupId) => {
      const ofGroup = polls.get(groupId);
      return ofGroup && groupPollsAt(ofGroup);
    },
    keys: () => polls.keys(),
  };
}

/** The polls of one group; polls in which it could not be read are left out. */
export const pollsOf = ({ samples }: LagHistory, groupId: string): GroupPolls =>
  groupPollsAt(
    samples.flatMap((poll) => {
      const group = poll.groups.find((each) => each.groupId === groupId);
      return group === undefined ? [] : [[poll, group] as const];
    }),
  );

/** Every poll in full; for a cluster of many partitions that is many times as large as the history. */
export const pollSamplesOf = (history: LagHistory): PollSample[] =>
  history.samples.map((poll) => {
    const { atMs, topicIds, groups } = poll;
    return {
      atMs,
      ...present({ topicIds }),
      groups: groups.map((group) => groupSampleAt(poll, group)),
    };
  });

/** The history of polls, oldest first; ages are unknown. */
export function historyOf(polls: readonly PollSample[]): LagHistory {
  const samples: PollColumns[] = [];
  for (const poll of polls) {
    const partitions = poll.groups.reduce((sum, group) => sum + group.partitions.length, 0);
    samples.push(pollColumnsOf({ ...poll, partitions }, samples.at(-1)));
  }
  return { samples };
}

/** A partition at the newest poll. */
export interface NewestPartition extends PartitionSample {
  /** Of the oldest record that the group had not read then, in whole ms; absent when there was none. */
  readonly age: Reading<RecordAge>;
}

/** A group at the newest poll. */
export interface NewestSample extends TimedSample {
  readonly partitions: readonly NewestPartition[];
}

/** A group as the newest poll saw it, with ages: lag, owner and age of every partition, no broker asked. Undefined when that poll could not read the group. */
export function newestOf({ samples }: LagHistory, groupId: string): NewestSample | undefined {
  const poll = samples.at(-1);
  const group = poll?.groups.find((each) => each.groupId === groupId);
  if (poll === undefined || group === undefined) return undefined;
  const sample = groupPollsAt([[poll, group]]).samples[0] as TimedSample;
  const ageAt = (i: number) => poll.ages?.get(group.first + i) ?? unknown('the history keeps no age of it');
  return { ...sample, partitions: sample.partitions.map((p, i) => ({ ...p, age: ageAt(i) })) };
}

/** Ids of the groups that the newest poll read. */
export const groupIdsOf = ({ samples }: LagHistory): readonly string[] =>
  samples.at(-1)?.groups.map(({ groupId }) => groupId) ?? [];
