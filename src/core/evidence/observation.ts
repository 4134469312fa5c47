/**
 * One fresh look at one group, with its rates: what the runbook decides on. Plain JSON, since it is stored as an object
 * between states; only its key travels.
 */

import { z } from 'zod';
import { forecastSchema } from '#core/forecast/model.ts';
import { lagRatio, lagRatioSchema } from '#core/group/lag-ratio.ts';
import { measureGroup } from '#core/group/measure.ts';
import { nothingKnown, pastOf } from '#core/group/past.ts';
import { type GroupThresholds, groupThresholdsSchema } from '#core/group/thresholds.ts';
import { groupPollsOf, type LagHistory, lastKnown, pollsOf, timedSampleOf } from '#core/history/history.ts';
import { topicsAssigned } from '#core/kafka/members.ts';
import { type ClusterReading, partitionKey, type RecordAge, type TopicPartition } from '#core/kafka/model.ts';
import { known, knownValue, type Reading, readingSchema, unknown } from '#core/kafka/reading.ts';
import { conditionSchema, conditionsOf } from '#core/lag/conditions.ts';
import { hidesCommits, type LagContext, lagOver, type PartitionLag } from '#core/lag/lag.ts';
import { type GroupRates, groupRatesSchema, rebalancesSchema } from '#core/lag/rates.ts';
import {
  groupStatusSchema,
  type PartitionStatus,
  partitionStatusSchema,
  unreadableStatus,
} from '#core/status/status.ts';
import { present } from '#core/text/json.ts';

const memberSchema = z.object({
  memberId: z.string(),
  clientId: z.string(),
  host: z.string(),
  /** Partitions owned. */
  partitions: z.number(),
});

const recordAgeSchema = z.object({
  atLeastMs: z.number(),
  atMostMs: z.number().exactOptional(),
  proven: z.boolean(),
} satisfies Record<keyof RecordAge, z.ZodType>);

const partitionSchema = z.object({
  topic: z.string(),
  partition: z.number(),
  lag: readingSchema(z.number()),
  lost: readingSchema(z.number()),
  /** Records up to the last stable offset. */
  stableLag: readingSchema(z.number()),
  age: readingSchema(recordAgeSchema),
  /** Member id; absent when no member owns the partition, or that is not known. */
  owner: z.string().exactOptional(),
  /**
   * The group has members that own partitions, and none of this topic: its commits are left over. What lags here no
   * consumer will ever read, so it says nothing about capacity.
   */
  abandoned: z.literal(true).exactOptional(),
  /** Absent when there was too little history for this partition. */
  produceRate: z.number().exactOptional(),
  consumeRate: z.number().exactOptional(),
  status: partitionStatusSchema,
});

export const observationSchema = z.object({
  groupId: z.string(),
  atMs: z.number(),
  /** Why nothing of the group could be read; absent when it was read. */
  unreadable: z.string().exactOptional(),
  /** What the group is; `simple` groups have no members that a broker knows. */
  kind: z.string(),
  state: readingSchema(z.string()),
  assignor: readingSchema(z.string()),
  members: readingSchema(z.array(memberSchema)),
  partitions: z.array(partitionSchema),
  /** Records; absent when no partition's lag is known. A lower bound unless `coverage` is 1. */
  sumLag: z.number().exactOptional(),
  /** At which of them the group is in alarm. */
  thresholds: groupThresholdsSchema,
  /** How far behind the group is, relative to its thresholds; absent when nothing of it is known. */
  ratio: lagRatioSchema.exactOptional(),
  /**
   * Share of the expected partitions that was measured, 0 to 1; absent when it is not known how many are expected: the group or
   * its members could not be read.
   */
  coverage: z.number().exactOptional(),
  rates: readingSchema(groupRatesSchema),
  /** Rebalances seen in the rate window. */
  rebalances: readingSchema(rebalancesSchema),
  status: groupStatusSchema,
  /** Until what the group reads is worked off; absent when nothing is unread, or lag does not fall. */
  timeToDrain: readingSchema(forecastSchema),
  /** Until retention deletes the first unread record, over the same partitions as `ageMs`; absent when it gains on none. */
  timeToDataLoss: readingSchema(forecastSchema),
  /** Of the oldest record that is not read, over all partitions but those of topics abandoned long ago, ms. */
  ageMs: readingSchema(z.number()),
  /** What is out of the ordinary. */
  conditions: z.array(conditionSchema),
  /** Requests that failed, for people. */
  problems: z.array(z.string()),
});
export type Observation = z.infer<typeof observationSchema>;
export type PartitionObservation = Observation['partitions'][number];

export interface ObservationContext extends LagContext {
  readonly groupId: string;
  readonly thresholds: GroupThresholds;
  readonly history: LagHistory;
  /** Why there is no history, when it could not be read. */
  readonly historyProblem?: string;
  /** Rates are measured from here on, epoch ms. */
  readonly ratesFromMs: number;
  /** What a status takes for a while, ms. */
  readonly windowMs: number;
}

/** Puts a fresh reading of one group together with its history. */
export function observeGroup(reading: ClusterReading, context: ObservationContext): Observation {
  const { groupId, thresholds, isolation = 'read_uncommitted' } = context;
  const group = reading.groups.find((candidate) => candidate.groupId === groupId);
  const problems = [
    ...reading.problems.map((p) => `${p.request} to ${p.broker}: ${p.reason}`),
    ...(context.historyProblem === undefined ? [] : [context.historyProblem]),
  ];
  if (group === undefined) return unreadableObservation(reading, context, problems);
  const hidden = hidesCommits(reading);
  const older = pollsOf(context.history, groupId).samples.filter((sample) => sample.atMs < reading.atMs);
  const before = lastKnown(older);
  const polls = groupPollsOf([...older, timedSampleOf(reading, group)]);
  const measured = measureGroup(group, { ...context, isolation, hidden, topics: reading.topics, polls });
  const { lag, judged, age } = measured;
  // Of the same partitions as at a poll: what the group left within the hour counts, and what it left long ago does not.
  const { timeToDataLoss } = measured.past;
  const ratio = lagRatio(group, { ...measured, hidden, thresholds, isolation, timeToDataLoss });
  // Topics that are filtered from the reading count too: members that own them alone have abandoned the others.
  const topicsRead = topicsAssigned(group);
  const isRead = (tp: TopicPartition) => topicsRead.size === 0 || topicsRead.has(tp.topic);
  const { lifeOf } = measured;
  const past = pastOf({ ...context, polls, isRead, lifeOf, lag: lagOver(lag.partitions.filter(isRead)) });
  const perPartition = new Map(knownValue(past.rates)?.partitions.map((p) => [partitionKey(p), p]));
  return {
    groupId,
    atMs: reading.atMs,
    kind: group.kind,
    state: group.state,
    assignor: group.assignor,
    members: mapReading(group.members, (members) =>
      members.map(({ memberId, clientId, host, assignment }) => ({
        memberId,
        clientId,
        host,
        partitions: assignment.length,
      })),
    ),
    partitions: lag.partitions.map((p, i) => ({
      ...partitionObservation(p, perPartition.get(partitionKey(p))),
      status: judged.partitions[i] as PartitionStatus,
      ...(isRead(p) ? {} : { abandoned: true as const }),
    })),
    ...present({ sumLag: lag.sumLag }),
    thresholds,
    ...present({ ratio, coverage: lag.coverage }),
    ...past,
    timeToDataLoss,
    status: judged.group,
    ageMs: age,
    conditions: [...conditionsOf(group, { reading, ...present({ before }) })],
    problems,
  };
}

/** The partitions that the group reads: all but those of abandoned topics. */
export const partitionsRead = (observation: Observation): PartitionObservation[] =>
  observation.partitions.filter((partition) => partition.abandoned === undefined);

/** Records of lag over the partitions that the group reads; undefined when one of them is unknown, or none is known. */
export const lagRead = (observation: Observation): number | undefined =>
  knownValue(lagOver(partitionsRead(observation)));

/** The rates of the group, when every partition it reads was followed; undefined else: a part is not the whole. */
export function wholeRates({ rates }: Observation): GroupRates | undefined {
  return rates.kind === 'known' && rates.value.leftOut === 0 ? rates.value : undefined;
}

/** Members that own at least one partition; undefined when the members are not known. */
export const activeMembers = (observation: Observation): number | undefined =>
  knownValue(observation.members)?.filter((member) => member.partitions > 0).length;

function partitionObservation(
  { topic, partition, lag, lost, stableLag, age, owner }: PartitionLag,
  rates: { produceRate: number; consumeRate: number } | undefined,
): Omit<PartitionObservation, 'status'> {
  return {
    topic,
    partition,
    lag,
    lost,
    stableLag,
    age,
    ...present({ owner }),
    ...(rates === undefined ? {} : { produceRate: rates.produceRate, consumeRate: rates.consumeRate }),
  };
}

function unreadableObservation(reading: ClusterReading, context: ObservationContext, problems: string[]): Observation {
  const listed = reading.unreadableGroups.find((group) => group.groupId === context.groupId);
  const other = reading.otherGroups.find((group) => group.groupId === context.groupId);
  const reason =
    listed?.reason ??
    (other === undefined
      ? 'the cluster does not list the group'
      : `it is no consumer group: its protocol is ${JSON.stringify(other.protocol)}`);
  return { ...observedNothing({ ...context, atMs: reading.atMs }, reason), problems };
}

/** An observation of a group of which nothing is known, and why. */
export function observedNothing(
  { groupId, atMs, thresholds }: Pick<Observation, 'groupId' | 'atMs' | 'thresholds'>,
  reason: string,
): Observation {
  return {
    groupId,
    atMs,
    unreadable: reason,
    kind: 'unknown',
    state: unknown(reason),
    assignor: unknown(reason),
    members: unknown(reason),
    partitions: [],
    thresholds,
    ...nothingKnown(reason),
    status: unreadableStatus(atMs),
    ageMs: unknown(reason),
    conditions: [],
    problems: [],
  };
}

function mapReading<T, U>(reading: Reading<T>, map: (value: T) => U): Reading<U> {
  return reading.kind === 'known' ? known(map(reading.value)) : reading;
}
