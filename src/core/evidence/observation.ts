/**
 * One fresh look at one group, with its rates: what the runbook decides on. Plain JSON, since it is
 * stored as an object between states; only its key travels.
 */

import { z } from 'zod';
import { forecastSchema } from '#core/forecast/model.ts';
import { lagRatioSchema } from '#core/group/lag-ratio.ts';
import { ratesOfWhole } from '#core/group/past.ts';
import { type GroupThresholds, groupThresholdsSchema } from '#core/group/thresholds.ts';
import type { GroupView } from '#core/group/view.ts';
import { type ViewContext, viewGroup } from '#core/group/view-group.ts';
import { unknownGroup, viewedReading } from '#core/group/view-reading.ts';
import { groupPollsOf, type LagHistory, pollsOf, timedSampleOf } from '#core/history/history.ts';
import { type ClusterReading, type Member, partitionKey, type RecordAge } from '#core/kafka/model.ts';
import { known, knownValue, type Reading, readingSchema } from '#core/kafka/reading.ts';
import { requestProblems } from '#core/kafka/reading-problems.ts';
import { conditionSchema } from '#core/lag/conditions.ts';
import { lagOver } from '#core/lag/lag.ts';
import { type GroupRates, groupRatesSchema, rebalancesSchema } from '#core/lag/rates.ts';
import { groupStatusSchema, type PartitionStatus, partitionStatusSchema } from '#core/status/status.ts';
import { present } from '#core/text/json.ts';
import { type Problem, problemSchema } from '#core/text/problem.ts';

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
   * The group has members that own partitions, and none of this topic: its commits are left over.
   * What lags here no consumer will ever read, so it says nothing about capacity.
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
  /**
   * How far behind the group is, relative to its thresholds; absent when nothing of it is known.
   */
  ratio: lagRatioSchema.exactOptional(),
  /**
   * Share of the expected partitions that was measured, 0 to 1; absent when it is not known how
   * many are expected: the group or its members could not be read.
   */
  coverage: z.number().exactOptional(),
  rates: readingSchema(groupRatesSchema),
  /** Rebalances seen in the rate window. */
  rebalances: readingSchema(rebalancesSchema),
  status: groupStatusSchema,
  /**
   * Until what the group reads is worked off; absent when nothing is unread, or lag does not fall.
   */
  timeToDrain: readingSchema(forecastSchema),
  /**
   * Until retention deletes the first unread record, over the same partitions as `ageMs`; absent
   * when it gains on none.
   */
  timeToDataLoss: readingSchema(forecastSchema),
  /**
   * Of the oldest record that is not read, over all partitions but those of topics abandoned long
   * ago, ms.
   */
  ageMs: readingSchema(z.number()),
  /** What is out of the ordinary. */
  conditions: z.array(conditionSchema),
  /** Requests that failed, and problems of the history. */
  problems: z.array(problemSchema),
});
export type Observation = z.infer<typeof observationSchema>;
export type PartitionObservation = Observation['partitions'][number];

export interface ObservationContext extends Omit<ViewContext, 'polls' | 'thresholds' | 'historyProblem'> {
  readonly groupId: string;
  readonly thresholds: GroupThresholds;
  readonly history: LagHistory;
  /** Why the history is missing or starts over; empty when it is as it was stored. */
  readonly historyProblems: readonly Problem[];
}

/** Puts a fresh reading of one group together with its history. */
export function observeGroup(reading: ClusterReading, context: ObservationContext): Observation {
  const { groupId, thresholds, history, historyProblems } = context;
  const problems = [...requestProblems(reading), ...historyProblems];
  const group = reading.groups.find((candidate) => candidate.groupId === groupId);
  if (group === undefined) {
    return { ...observeNothing({ groupId, atMs: reading.atMs, thresholds }, whyUnread(reading, groupId)), problems };
  }
  const older = pollsOf(history, groupId).samples.filter((sample) => sample.atMs < reading.atMs);
  const polls = groupPollsOf([...older, timedSampleOf(reading, group)]);
  const view = viewGroup(group, viewedReading(reading), {
    ...context,
    ...present({ historyProblem: historyProblems.at(-1)?.text }),
    polls,
  });
  return { ...observationOf(view, thresholds), problems };
}

function whyUnread({ unreadableGroups, otherGroups }: ClusterReading, groupId: string): string {
  const listed = unreadableGroups.find((group) => group.groupId === groupId);
  const other = otherGroups.find((group) => group.groupId === groupId);
  if (listed !== undefined) return listed.reason;
  if (other === undefined) return 'the cluster does not list the group';
  return `it is no consumer group: its protocol is ${JSON.stringify(other.protocol)}`;
}

/** An observation of a group that nothing is known of, and why. */
export function observeNothing(
  { groupId, atMs, thresholds }: Pick<Observation, 'groupId' | 'atMs' | 'thresholds'>,
  reason: string,
): Observation {
  return { ...observationOf(unknownGroup(groupId, atMs, reason), thresholds), unreadable: reason };
}

/**
 * The view as it is stored. Time to data loss is of the counted partitions, as at a poll; rates are
 * of what is read now.
 */
function observationOf(view: GroupView, thresholds: GroupThresholds): Observation {
  const { groupId, atMs, kind, state, assignor, totals, ratio, status, ageMs, past, pastOfRead } = view;
  return {
    groupId,
    atMs,
    kind: kind.kind === 'known' ? kind.value : 'unknown',
    state,
    assignor,
    members: mapReading(view.members, (members) => members.map(memberOf)),
    partitions: observePartitions(view),
    thresholds,
    ...pastOfRead,
    timeToDataLoss: past.timeToDataLoss,
    // Always known: an observation is of a group with commits, or of one that could not be read.
    status: (status as Extract<typeof status, { kind: 'known' }>).value,
    ageMs,
    conditions: [...view.conditions()],
    problems: [],
    ...present({ sumLag: totals.sumLag, coverage: totals.coverage, ratio: knownValue(ratio) }),
  };
}

const memberOf = ({ memberId, clientId, host, assignment }: Member) => ({
  memberId,
  clientId,
  host,
  partitions: assignment.length,
});

function observePartitions({ partitions, partitionStatuses, pastOfRead, isRead }: GroupView): PartitionObservation[] {
  const rates = new Map(knownValue(pastOfRead.rates)?.partitions.map((p) => [partitionKey(p), p]));
  return partitions.map((p, i) => {
    const { topic, partition, lag, lost, stableLag, age, owner } = p;
    const rate = rates.get(partitionKey(p));
    return {
      ...{ topic, partition, lag, lost, stableLag, age, status: partitionStatuses[i] as PartitionStatus },
      ...present({ owner, produceRate: rate?.produceRate, consumeRate: rate?.consumeRate }),
      ...(isRead(p) ? {} : { abandoned: true as const }),
    };
  });
}

/** The partitions that the group reads: all but those of abandoned topics. */
export const partitionsRead = (observation: Observation): PartitionObservation[] =>
  observation.partitions.filter((partition) => partition.abandoned === undefined);

/**
 * Records of lag over the partitions that the group reads; undefined when one of them is unknown,
 * or none is known.
 */
export const lagRead = (observation: Observation): number | undefined =>
  knownValue(lagOver(partitionsRead(observation)));

/** The rates of the group, when every partition that it reads was followed. */
export const wholeRates = ({ rates }: Observation): GroupRates | undefined => knownValue(ratesOfWhole(rates));

/** Members that own at least one partition; undefined when the members are not known. */
export const activeMembers = (observation: Observation): number | undefined =>
  knownValue(observation.members)?.filter((member) => member.partitions > 0).length;

function mapReading<T, U>(reading: Reading<T>, map: (value: T) => U): Reading<U> {
  return reading.kind === 'known' ? known(map(reading.value)) : reading;
}
