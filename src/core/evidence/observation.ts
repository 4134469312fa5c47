/**
 * A new observation of one group, with its rates: the basis of the runbook's decisions. It is plain
 * JSON, since it is stored as an object between states; only its key travels.
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
  /** Member id; absent when no member owns the partition, or when the owner is unknown. */
  owner: z.string().exactOptional(),
  /**
   * The members own partitions, but none of this topic: its commits are left over. No consumer will
   * read this lag, so it says nothing about capacity.
   */
  abandoned: z.literal(true).exactOptional(),
  /** Absent when history was too short for this partition. */
  produceRate: z.number().exactOptional(),
  consumeRate: z.number().exactOptional(),
  status: partitionStatusSchema,
});

export const observationSchema = z.object({
  groupId: z.string(),
  atMs: z.number(),
  /** Why the group could not be read; absent when it was read. */
  unreadable: z.string().exactOptional(),
  /** Kind of the group. Brokers know no members of `simple` groups. */
  kind: z.string(),
  state: readingSchema(z.string()),
  assignor: readingSchema(z.string()),
  members: readingSchema(z.array(memberSchema)),
  partitions: z.array(partitionSchema),
  /** Records; absent when no partition's lag is known. A lower bound unless `coverage` is 1. */
  sumLag: z.number().exactOptional(),
  /** Thresholds of the group; LagRatio is 1 at a threshold. */
  thresholds: groupThresholdsSchema,
  /** How far behind the group is, relative to its thresholds; absent when no ratio is known. */
  ratio: lagRatioSchema.exactOptional(),
  /**
   * Share of the expected partitions that was measured, 0 to 1. Absent when the number of expected
   * partitions is unknown, since the group or its members could not be read.
   */
  coverage: z.number().exactOptional(),
  rates: readingSchema(groupRatesSchema),
  /** Rebalances seen in the rate window. */
  rebalances: readingSchema(rebalancesSchema),
  status: groupStatusSchema,
  /** Time until the lag is drained; absent when nothing is unread, or when lag does not fall. */
  timeToDrain: readingSchema(forecastSchema),
  /**
   * Time until retention deletes the first unread record, over the same partitions as `ageMs`;
   * absent when it gains on none.
   */
  timeToDataLoss: readingSchema(forecastSchema),
  /**
   * Age of the oldest unread record, ms, over all partitions except those of topics abandoned long
   * ago.
   */
  ageMs: readingSchema(z.number()),
  /** Unusual states of the offsets. */
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
  /** Why the history is missing or starts over; empty when it was loaded as stored. */
  readonly historyProblems: readonly Problem[];
}

/** Combines a new reading of one group with its history. */
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
  return `it is not a consumer group: its protocol is ${JSON.stringify(other.protocol)}`;
}

/** An observation of a group that could not be read, with the reason. */
export function observeNothing(
  { groupId, atMs, thresholds }: Pick<Observation, 'groupId' | 'atMs' | 'thresholds'>,
  reason: string,
): Observation {
  return { ...observationOf(unknownGroup(groupId, atMs, reason), thresholds), unreadable: reason };
}

/**
 * The view in stored form. As in a poll, time to data loss covers the counted partitions; rates
 * cover what is read now.
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
    // Always known: an observation is of a group with commits, or of a group that could not be
    // read.
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

/** The partitions that the group reads: all except those of abandoned topics. */
export const partitionsRead = (observation: Observation): PartitionObservation[] =>
  observation.partitions.filter((partition) => partition.abandoned === undefined);

/**
 * Records of lag over the partitions that the group reads; undefined when one lag is unknown, or
 * none is known.
 */
export const lagRead = (observation: Observation): number | undefined =>
  knownValue(lagOver(partitionsRead(observation)));

/** The rates of the group, when every partition that it reads was followed. */
export const wholeRates = ({ rates }: Observation): GroupRates | undefined => knownValue(ratesOfWhole(rates));

/** Members that own at least one partition; undefined when the members are unknown. */
export const activeMembers = (observation: Observation): number | undefined =>
  knownValue(observation.members)?.filter((member) => member.partitions > 0).length;

function mapReading<T, U>(reading: Reading<T>, map: (value: T) => U): Reading<U> {
  return reading.kind === 'known' ? known(map(reading.value)) : reading;
}
