/**
 * The specification of the diagnosis: every leaf of the flowchart, and the cases between two
 * leaves. A change of an old case needs a reason in the commit.
 */
import type { Confidence } from '#core/diagnosis/causes/cause.ts';
import type { CauseId } from '#core/diagnosis/causes/index.ts';
import type { Evidence, Fact } from '#core/evidence/evidence.ts';
import { absent, known, knownValue, unknown } from '#core/kafka/reading.ts';
import { evidenceOf, observationOf } from '#test/support/groups/evidence.ts';

export interface DiagnosisScenario {
  readonly title: string;
  readonly evidence: Evidence;
  readonly cause: CauseId;
  readonly confidence?: Confidence;
  /** Facts that the diagnosis must rest on. */
  readonly facts?: readonly string[];
  readonly contributors?: readonly string[];
  /** Values that the fact of an id must have. */
  readonly values?: Readonly<Record<string, Fact['values']>>;
  /** Causes that lack evidence, so that they neither hold nor are rejected. */
  readonly undecided?: readonly CauseId[];
}

const hot = [9000, 20, 10, 30, 5, 15, 25, 10];
const hotProduce = [400, 5, 5, 5, 5, 5, 5, 5];
const { coverage: _, ...withoutCoverage } = observationOf();
const hotObservation = observationOf({ lags: hot, produce: hotProduce, consume: 200 });
const allRates = knownValue(observationOf().rates);
const partlyFollowed = allRates === undefined ? unknown('none') : known({ ...allRates, leftOut: 3 });
const noOwners = hotObservation.partitions.map(({ owner: _owner, ...partition }) => partition);
const noProduceRate = hotObservation.partitions.map(({ produceRate: _rate, ...partition }) => partition);
const [, ...behindTheTop] = hotObservation.partitions;

export const DIAGNOSIS_SCENARIOS: readonly DiagnosisScenario[] = [
  {
    title: 'even growth, idle tasks, 2 members on 8 partitions: too few consumers, or a slow downstream system',
    evidence: evidenceOf(),
    cause: 'insufficient-consumers',
    confidence: 'medium',
    facts: ['rates', 'lag-even', 'members', 'load', 'downstream-alike'],
  },
  {
    title:
      'even growth and unknown CPU use: too few consumers with low confidence, since slow processing allows the same step',
    evidence: evidenceOf({}, { cpuPercent: unknown('no data') }),
    cause: 'insufficient-consumers',
    confidence: 'low',
  },
  {
    title: 'even growth without a declared service: too few consumers',
    evidence: { observation: observationOf(), service: absent },
    cause: 'insufficient-consumers',
    confidence: 'low',
  },
  {
    title: 'even growth and 95 % CPU use: slow processing',
    evidence: evidenceOf({}, { cpuPercent: known(95) }),
    cause: 'slow-processing',
    confidence: 'high',
    facts: ['load'],
  },
  { title: 'high memory use', evidence: evidenceOf({}, { memoryPercent: known(97) }), cause: 'slow-processing' },
  {
    title: 'high memory use and unknown CPU use: slow processing',
    evidence: evidenceOf({}, { cpuPercent: unknown('no data'), memoryPercent: known(97) }),
    cause: 'slow-processing',
  },
  {
    title: 'a member for each partition and idle tasks: fetch settings',
    evidence: evidenceOf({ members: 8 }),
    cause: 'fetch-config',
    facts: ['members', 'load'],
  },
  {
    title: 'a member for each partition and high CPU use: slow processing',
    evidence: evidenceOf({ members: 8 }, { cpuPercent: known(90) }),
    cause: 'slow-processing',
  },
  {
    title: 'a member for each partition and unknown CPU use: unexplained',
    evidence: evidenceOf({ members: 8 }, { cpuPercent: unknown('no data') }),
    cause: 'unexplained',
  },
  {
    title: 'one partition has most of the lag and of the produce rate: hot',
    evidence: evidenceOf({ lags: hot, produce: hotProduce, consume: 200 }),
    cause: 'hot-partition',
    confidence: 'high',
    facts: ['lag-uneven', 'top-lag', 'produce-share'],
  },
  {
    title: 'a hot partition with an unknown owner: hot',
    evidence: { observation: { ...hotObservation, partitions: noOwners }, service: absent },
    cause: 'hot-partition',
    values: { 'top-lag': { topic: 'orders', partition: 0, lag: 9000, owner: 'unknown' } },
  },
  {
    title: 'uneven lag and an unknown produce rate of one partition: hot partition or slow owner, so unexplained',
    evidence: {
      observation: { ...hotObservation, partitions: [...noProduceRate.slice(0, 1), ...behindTheTop] },
      service: absent,
    },
    cause: 'unexplained',
    undecided: ['hot-partition'],
  },
  {
    title:
      'one partition has the lag but only its share of the produce rate: a failing record or a slow owner, not a hot key',
    evidence: evidenceOf({ lags: hot }),
    cause: 'unexplained',
  },
  {
    title: 'one of two partitions has 90 % of the produce rate: hot, although twice its share is impossible',
    evidence: evidenceOf({ lags: [9000, 10], produce: [180, 20], members: 1 }),
    cause: 'hot-partition',
  },
  {
    title: 'a single partition with one member: even lag at the partition limit',
    evidence: evidenceOf({ lags: [9000], produce: [200], members: 1 }),
    cause: 'fetch-config',
  },
  {
    title: 'the only partition of a second topic lags alone: it always has its share, so it is not hot',
    evidence: evidenceOf({ lags: [10, 10, 10, 10], second: { lags: [9000], owned: true } }),
    cause: 'unexplained',
  },
  {
    title: 'a member for each partition that the group reads, and an abandoned topic: no room for more members',
    evidence: evidenceOf({ members: 8, second: { lags: Array(50).fill(100_000), owned: false } }),
    cause: 'fetch-config',
  },
  {
    title: 'lag of an abandoned topic makes the group neither uneven nor growing',
    evidence: evidenceOf({ consume: 800, second: { lags: [900_000], owned: false } }),
    cause: 'stable',
    facts: ['abandoned'],
  },
  {
    title: 'an abandoned topic counts with its lagging partitions',
    evidence: evidenceOf({ consume: 800, second: { lags: [700, 0], owned: false } }),
    cause: 'stable',
    values: { abandoned: { lag: 700, topics: 1 } },
  },
  {
    title: 'tiny rates of which the group reads little: lag grows',
    evidence: evidenceOf({ produce: Array(8).fill(0.1), consume: 0.1 }),
    cause: 'insufficient-consumers',
  },
  {
    title: 'even lag and a rebalance storm: the storm, since it hides the capacity',
    evidence: evidenceOf({ rebalances: 4 }),
    cause: 'rebalance-storm',
    facts: ['rebalances'],
  },
  {
    title: 'uneven lag and a rebalance storm: the storm',
    evidence: evidenceOf({ lags: hot, rebalances: 3 }),
    cause: 'rebalance-storm',
  },
  {
    title: 'two rebalances, as after a deployment or a scaling: no storm',
    evidence: evidenceOf({ rebalances: 2 }),
    cause: 'insufficient-consumers',
  },
  {
    title: 'uneven lag and unknown rebalances: a storm is not refuted',
    evidence: { observation: { ...observationOf({ lags: hot }), rebalances: unknown('new') }, service: absent },
    cause: 'unexplained',
    undecided: ['rebalance-storm'],
  },
  {
    title: 'lag above its threshold does not grow: stable',
    evidence: evidenceOf({ consume: 800 }),
    cause: 'stable',
  },
  {
    title: 'lag grows within the tolerance: stable',
    evidence: evidenceOf({ consume: 780 }),
    cause: 'stable',
  },
  {
    title: 'nothing is produced and nothing is read, with lag: the group does not keep up, so it is not stable',
    evidence: evidenceOf({ produce: Array(8).fill(0), consume: 0 }),
    cause: 'unexplained',
    facts: ['standing-still'],
  },
  {
    title: 'the consume rate is above the produce rate: a burst that drains',
    evidence: evidenceOf({ consume: 1200 }),
    cause: 'producer-change',
    confidence: 'medium',
    facts: ['time-to-drain'],
  },
  {
    title: 'the produce rate fell and the backlog drains: the producer, with high confidence',
    evidence: evidenceOf({ consume: 1200, trend: { earlierPerSecond: 1600, laterPerSecond: 400 } }),
    cause: 'producer-change',
    confidence: 'high',
    facts: ['produce-rate-fell'],
  },
  {
    title: 'the produce rate grows: a contributor beside the cause',
    evidence: evidenceOf({ trend: { earlierPerSecond: 400, laterPerSecond: 1200 } }),
    cause: 'insufficient-consumers',
    contributors: ['produce-rate-grew'],
  },
  {
    title: 'no members: comes before every cause that needs rates',
    evidence: evidenceOf({ members: 0 }, { running: 0 }),
    cause: 'no-members',
    facts: ['members-none', 'tasks'],
  },
  {
    title: 'no members and no rates: an Empty group needs no rates',
    evidence: { observation: { ...observationOf({ members: 0 }), rates: unknown('new') }, service: absent },
    cause: 'no-members',
  },
  {
    title: 'a simple group: brokers do not know its consumers, so it may have some',
    evidence: evidenceOf({ members: 0, kind: 'simple' }, { deploymentInProgress: true }),
    cause: 'deployment-in-progress',
  },
  {
    title: 'a deployment is rolling out: comes before any judgement of lag',
    evidence: evidenceOf({}, { deploymentInProgress: true }),
    cause: 'deployment-in-progress',
  },
  {
    title: 'tasks are still starting',
    evidence: evidenceOf({}, { desired: 4, running: 2, pending: 2 }),
    cause: 'deployment-in-progress',
    facts: ['tasks-starting'],
  },
  {
    title: 'one of eight partitions could not be read: unreadable',
    evidence: evidenceOf({ lags: [1000, undefined, 1000, 1000, 1000, 1000, 1000, 1000] }),
    cause: 'unreadable',
    facts: ['coverage'],
  },
  {
    title: 'a partition without a commit has no lag, and the others still count',
    evidence: evidenceOf({ lags: [1000, null, 1000, 1000, 1000, 1000, 1000, 1000] }),
    cause: 'insufficient-consumers',
  },
  {
    title: 'an unknown assignor counts with the smaller member limit',
    evidence: { observation: { ...observationOf(), assignor: unknown('not described') }, service: absent },
    cause: 'insufficient-consumers',
    values: { members: { active: 2, memberLimit: 8, partitions: 8, assignor: 'unknown' } },
  },
  {
    title: 'unknown members: neither their number nor their fetching can be judged',
    evidence: {
      observation: { ...observationOf(), members: unknown('undecodable') },
      service: evidenceOf().service,
    },
    cause: 'unexplained',
    facts: ['members-unknown'],
    undecided: ['insufficient-consumers', 'fetch-config'],
  },
  {
    title: 'an unknown state of the group: unreadable',
    evidence: { observation: { ...observationOf(), state: unknown('denied') }, service: absent },
    cause: 'unreadable',
    facts: ['state-unknown'],
  },
  {
    title: 'rates of only some partitions: unreadable',
    evidence: { observation: { ...observationOf(), rates: partlyFollowed }, service: absent },
    cause: 'unreadable',
    confidence: 'medium',
    values: { rates: { samples: 6, leftOut: 3 } },
    undecided: ['stable', 'producer-change'],
  },
  {
    title: 'too little history for rates: unreadable',
    evidence: { observation: { ...observationOf(), rates: unknown('new') }, service: absent },
    cause: 'unreadable',
    facts: ['rates-unknown'],
  },
  {
    title: 'members that could not be described: the number of partitions is unknown',
    evidence: { observation: { ...withoutCoverage, members: unknown('undecodable') }, service: absent },
    cause: 'unreadable',
    facts: ['coverage-unknown'],
  },
  {
    title: 'the group could not be read: unreadable',
    evidence: {
      observation: { ...withoutCoverage, unreadable: 'coordinator not available' },
      service: absent,
    },
    cause: 'unreadable',
    facts: ['group-unreadable'],
  },
];
