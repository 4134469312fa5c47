/**
 * The last polls of a cluster: the input of rates, statuses and changes. Lag and coverage never
 * need a history. Losing it costs rates and statuses for a few polls, and nothing else.
 */

import { compacted } from '#core/history/columns/compaction.ts';
import { type GroupAt, type PollColumns, pollColumnsOf } from '#core/history/columns/poll-columns.ts';
import type { GroupSample, PartitionSample, TimedSample } from '#core/history/columns/samples.ts';
import type { ClusterReading, GroupReading, RecordAge } from '#core/kafka/model.ts';
import { type Reading, unknown } from '#core/kafka/reading.ts';
import { present } from '#core/text/json.ts';
import { type GroupPolls, groupPollsAt } from './group-polls.ts';
import { agesOf, groupSampleOf, sizeOf, topicIdsOf } from './samples-of-reading.ts';
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
export { timedSampleOf } from './samples-of-reading.ts';

/** Polls of a cluster, in columns because there may be half a million partitions. */
export interface LagHistory {
  /** Oldest first. */
  readonly samples: readonly PollColumns[];
  /** Kafka's id of the cluster; absent while no reading had one. */
  readonly clusterId?: string;
}

/** A history as stored. */
export interface StoredHistory {
  readonly history: LagHistory;
  /** The stored version, for the conditional write; absent when nothing is stored yet. */
  readonly version?: string;
  /** Why a stored object could not be used; absent when there was none or it could. */
  readonly lost?: string;
}

export const emptyHistory: LagHistory = { samples: [] };

/**
 * Most bytes of memory for the offsets of a history: a function holds, judges and writes it within
 * a poll, beside a reading. A history that does not fit keeps fewer polls.
 */
export const MAX_HISTORY_BYTES = 64 * 1024 ** 2;

/** How many of `keep` polls fit when each takes `bytesPerPoll`: at least 2. */
export const pollsThatFit = (keep: number, bytesPerPoll: number): number =>
  Math.max(2, Math.min(keep, Math.floor(MAX_HISTORY_BYTES / Math.max(1, bytesPerPoll))));

/**
 * The history with one more reading, thinned with age: at most `keep` samples and
 * `MAX_HISTORY_BYTES`, and at least two samples. Samples that are not older than the reading are
 * dropped: the clock was set back, so the time that passed is not known. Samples of another cluster
 * are dropped too.
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
  const samples = compacted(thinned([...older, newest], pollsThatFit(keep, bytes)));
  return { samples, ...present({ clusterId: reading.clusterId ?? history.clusterId }) };
}

/**
 * A sentence for people when history and reading are of different clusters; undefined when they are
 * of one, and when one of them has no cluster id.
 */
export function otherCluster({ clusterId: was }: LagHistory, { clusterId: is }: ClusterReading): string | undefined {
  if (was === undefined || is === undefined || was === is) return undefined;
  return `the history belongs to the Kafka cluster with id ${JSON.stringify(was)}; the brokers belong to ${JSON.stringify(is)}`;
}

function* groupSamplesOf(groups: readonly GroupReading[]): Generator<GroupSample> {
  for (const group of groups) yield groupSampleOf(group);
}

const withoutAges = ({ ages, ...poll }: PollColumns): PollColumns => poll;

/** A sentence for people when fewer than `keep` polls fit; undefined when all do. */
export function historyShortage(reading: ClusterReading, keep: number): string | undefined {
  const { partitions, bytes } = sizeOf(reading);
  const fit = pollsThatFit(keep, bytes);
  if (fit >= keep) return undefined;
  const megabytes = (count: number) => (count / 1024 ** 2).toFixed(1);
  return `history keeps ${fit} of ${keep} polls: a poll of ${partitions} partitions takes ${megabytes(bytes)} MB of at most ${megabytes(MAX_HISTORY_BYTES)} MB, so rates and statuses use fewer polls; set historySamples to ${fit}, or filter groups and topics`;
}

/**
 * The polls of each group. `get` makes them at every call: those of all groups together would be
 * many times as large as the history.
 */
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

/** The polls that read one group. */
export const pollsOf = ({ samples }: LagHistory, groupId: string): GroupPolls =>
  groupPollsAt(
    samples.flatMap((poll) => {
      const group = poll.groups.find((each) => each.groupId === groupId);
      return group === undefined ? [] : [[poll, group] as const];
    }),
  );

/** A partition at the newest poll. */
export interface NewestPartition extends PartitionSample {
  /** Age of the oldest unread record, in whole ms; absent when there was none. */
  readonly age: Reading<RecordAge>;
}

/** A group at the newest poll. */
export interface NewestSample extends TimedSample {
  readonly partitions: readonly NewestPartition[];
}

/**
 * A group at the newest poll, with the owner and the age of every partition. Undefined when that
 * poll could not read the group.
 */
export function newestOf({ samples }: LagHistory, groupId: string): NewestSample | undefined {
  const poll = samples.at(-1);
  const group = poll?.groups.find((each) => each.groupId === groupId);
  if (poll === undefined || group === undefined) return undefined;
  const sample = groupPollsAt([[poll, group]]).samples[0] as TimedSample;
  const ageAt = (i: number) => poll.ages?.get(group.first + i) ?? unknown('the history has no age of it');
  return { ...sample, partitions: sample.partitions.map((p, i) => ({ ...p, age: ageAt(i) })) };
}

/** Ids of the groups that the newest poll read. */
export const groupIdsOf = ({ samples }: LagHistory): readonly string[] =>
  samples.at(-1)?.groups.map(({ groupId }) => groupId) ?? [];
