/**
 * The specification of the diagnosis: every leaf of the flowchart, and the cases that lie between two leaves.
 * Changing an old case needs a reason in the commit.
 */
import type { CauseId, Confidence } from '#core/diagnosis/causes/cause.ts';
import type { Evidence } from '#core/evidence/evidence.ts';
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
  /** What the facts must say, one after the other. */
  readonly says?: RegExp;
  /** Causes that could be neither told nor refuted. */
  readonly undecided?: readonly CauseId[];
}

const hot = [9000, 20, 10, 30, 5, 15, 25, 10];
const hotArrivals = [400, 5, 5, 5, 5, 5, 5, 5];
const { coverage: _, ...withoutCoverage } = observationOf();
const hotObservation = observationOf({ lags: hot, arrivals: hotArrivals, consume: 200 });
const allRates = knownValue(observationOf().rates);
const partlyFollowed = allRates === undefined ? unknown('none') : known({ ...allRates, leftOut: 3 });
const noOwners = hotObservation.partitions.map(({ owner: _owner, ...partition }) => partition);
const noArrival = hotObservation.partitions.map(({ produceRate: _rate, ...partition }) => partition);
const [, ...behindTheTop] = hotObservation.partitions;

export const DIAGNOSIS_SCENARIOS: readonly DiagnosisScenario[] = [
  {
    title:
      'even growth, idle tasks, 2 members on 8 partitions: too few consumers, never with high confidence, since a slow downstream looks alike',
    evidence: evidenceOf(),
    cause: 'insufficient-consumers',
    confidence: 'medium',
    facts: ['rates', 'lag-even', 'members', 'load', 'downstream-alike'],
  },
  {
    title: 'the same with unknown CPU: still capacity, with low confidence, since slow processing allows the same step',
    evidence: evidenceOf({}, { cpuPercent: unknown('no data') }),
    cause: 'insufficient-consumers',
    confidence: 'low',
  },
  {
    title: 'the same without a declared service: the cause is told all the same',
    evidence: { observation: observationOf(), service: absent },
    cause: 'insufficient-consumers',
    confidence: 'low',
  },
  {
    title: 'even growth and tasks at 95 % CPU: slow processing',
    evidence: evidenceOf({}, { cpuPercent: known(95) }),
    cause: 'slow-processing',
    confidence: 'high',
    facts: ['load'],
  },
  {
    title: 'memory counts as load too',
    evidence: evidenceOf({}, { memoryPercent: known(97) }),
    cause: 'slow-processing',
  },
  {
    title: 'high memory is enough though CPU is unknown',
    evidence: evidenceOf({}, { cpuPercent: unknown('no data'), memoryPercent: known(97) }),
    cause: 'slow-processing',
  },
  {
    title: 'a member for each partition and idle tasks: neither busy nor too few, so how they fetch',
    evidence: evidenceOf({ members: 8 }),
    cause: 'fetch-config',
    facts: ['members', 'load'],
  },
  {
    title: 'at the partition limit and CPU high: slow processing, not fetch config',
    evidence: evidenceOf({ members: 8 }, { cpuPercent: known(90) }),
    cause: 'slow-processing',
  },
  {
    title: 'at the partition limit and CPU unknown: nothing can be told apart, and it says so',
    evidence: evidenceOf({ members: 8 }, { cpuPercent: unknown('no data') }),
    cause: 'unexplained',
  },
  {
    title: 'one partition has the lag and the arrival: hot',
    evidence: evidenceOf({ lags: hot, arrivals: hotArrivals, consume: 200 }),
    cause: 'hot-partition',
    confidence: 'high',
    facts: ['lag-uneven', 'top-lag', 'arrival-share'],
  },
  {
    title: 'a hot partition whose owner is not known is hot all the same',
    evidence: { observation: { ...hotObservation, partitions: noOwners }, service: absent },
    cause: 'hot-partition',
    says: /orders-0 holds 9000 records, .*; its owner is not known/,
  },
  {
    title: 'uneven lag, and of one partition it is not known what arrives: not to be told from a slow owner',
    evidence: {
      observation: { ...hotObservation, partitions: [...noArrival.slice(0, 1), ...behindTheTop] },
      service: absent,
    },
    cause: 'unexplained',
    undecided: ['hot-partition'],
  },
  {
    title:
      'one partition has the lag and no more than its share of arrival: a poison record or a slow owner, not a hot key',
    evidence: evidenceOf({ lags: hot }),
    cause: 'unexplained',
  },
  {
    title: 'of two partitions, one takes 90 % of arrival: hot, though it cannot be 2 times its share',
    evidence: evidenceOf({ lags: [9000, 10], arrivals: [180, 20], members: 1 }),
    cause: 'hot-partition',
  },
  {
    title: 'a single partition is even by nature: at its limit with one member',
    evidence: evidenceOf({ lags: [9000], arrivals: [200], members: 1 }),
    cause: 'fetch-config',
  },
  {
    title: 'the only partition of a second topic lags alone: it always has its share of arrival, so it is not hot',
    evidence: evidenceOf({ lags: [10, 10, 10, 10], second: { lags: [9000], owned: true } }),
    cause: 'unexplained',
  },
  {
    title: 'a member for each partition it reads, and commits left on a topic nobody reads: not room for more members',
    evidence: evidenceOf({ members: 8, second: { lags: Array(50).fill(100_000), owned: false } }),
    cause: 'fetch-config',
  },
  {
    title: 'lag of a topic nobody reads makes a group neither uneven nor growing',
    evidence: evidenceOf({ consume: 800, second: { lags: [900_000], owned: false } }),
    cause: 'stable',
    facts: ['abandoned'],
  },
  {
    title: 'of a topic nobody reads, only what lags is left behind',
    evidence: evidenceOf({ consume: 800, second: { lags: [700, 0], owned: false } }),
    cause: 'stable',
    says: /700 records lie in 1 topics that no member reads: control/,
  },
  {
    title: 'a trickle that is hardly read at all grows, however small its rates',
    evidence: evidenceOf({ arrivals: Array(8).fill(0.1), consume: 0.1 }),
    cause: 'insufficient-consumers',
  },
  {
    title: 'even lag while the group rebalances over and over: the storm, since capacity cannot be judged across it',
    evidence: evidenceOf({ rebalances: 4 }),
    cause: 'rebalance-storm',
    facts: ['rebalances'],
  },
  {
    title: 'uneven lag and a storm: the storm',
    evidence: evidenceOf({ lags: hot, rebalances: 3 }),
    cause: 'rebalance-storm',
  },
  {
    title: 'two rebalances are a deployment or a scaling, not a storm',
    evidence: evidenceOf({ rebalances: 2 }),
    cause: 'insufficient-consumers',
  },
  {
    title: 'uneven lag, and it is not known whether the group rebalances: the storm is not refuted',
    evidence: { observation: { ...observationOf({ lags: hot }), rebalances: unknown('new') }, service: absent },
    cause: 'unexplained',
    undecided: ['rebalance-storm'],
  },
  {
    title: 'lag above its threshold that does not grow',
    evidence: evidenceOf({ consume: 800 }),
    cause: 'stable',
  },
  {
    title: 'a slope within the tolerance is level',
    evidence: evidenceOf({ consume: 780 }),
    cause: 'stable',
  },
  {
    title: 'level because nothing arrives and nothing is read, with lag: not a group that keeps up',
    evidence: evidenceOf({ arrivals: Array(8).fill(0), consume: 0 }),
    cause: 'unexplained',
    facts: ['standing-still'],
  },
  {
    title: 'the group reads faster than records arrive: a burst that drains, with its ETA',
    evidence: evidenceOf({ consume: 1200 }),
    cause: 'producer-change',
    confidence: 'medium',
    facts: ['drain-eta'],
  },
  {
    title: 'arrival fell and the backlog drains: the producer, with high confidence',
    evidence: evidenceOf({ consume: 1200, trend: { earlierPerSecond: 1600, laterPerSecond: 400 } }),
    cause: 'producer-change',
    confidence: 'high',
    facts: ['arrival-fell'],
  },
  {
    title: 'lasting growth of arrival goes on down the chart, as a contributor',
    evidence: evidenceOf({ trend: { earlierPerSecond: 400, laterPerSecond: 1200 } }),
    cause: 'insufficient-consumers',
    contributors: ['producer-growth'],
  },
  {
    title: 'no members: before anything that needs rates',
    evidence: evidenceOf({ members: 0 }, { running: 0 }),
    cause: 'no-members',
    facts: ['members-none', 'tasks'],
  },
  {
    title: 'no members and no rates either: Empty groups need no rates',
    evidence: { observation: { ...observationOf({ members: 0 }), rates: unknown('new') }, service: absent },
    cause: 'no-members',
  },
  {
    title: 'a group that only commits: no broker knows its consumers, so their number says nothing',
    evidence: evidenceOf({ members: 0, kind: 'simple' }, { deploymentInProgress: true }),
    cause: 'deployment-in-progress',
  },
  {
    title: 'a deployment is rolling out: before lag is judged',
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
    title: 'one partition of eight could not be read: nothing is concluded from the rest',
    evidence: evidenceOf({ lags: [1000, undefined, 1000, 1000, 1000, 1000, 1000, 1000] }),
    cause: 'unreadable',
    facts: ['coverage'],
  },
  {
    title: 'a partition without a commit is not unread: it has no lag, and hides none of the others',
    evidence: evidenceOf({ lags: [1000, null, 1000, 1000, 1000, 1000, 1000, 1000] }),
    cause: 'insufficient-consumers',
  },
  {
    title: 'an assignor that is not known: the smaller cap, and it says so',
    evidence: { observation: { ...observationOf(), assignor: unknown('not told') }, service: absent },
    cause: 'insufficient-consumers',
    says: /2 members own partitions; unknown assignor can use 8 members on 8 partitions/,
  },
  {
    title: 'members unknown, however well all else was read: neither their number nor how they fetch can be judged',
    evidence: {
      observation: { ...observationOf(), members: unknown('undecodable') },
      service: evidenceOf().service,
    },
    cause: 'unexplained',
    facts: ['members-unknown'],
    undecided: ['insufficient-consumers', 'fetch-config'],
  },
  {
    title: 'its state is not known: nothing is concluded from its lag',
    evidence: { observation: { ...observationOf(), state: unknown('denied') }, service: absent },
    cause: 'unreadable',
    facts: ['state-unknown'],
  },
  {
    title: 'rates of a part of the partitions are not those of the group',
    evidence: { observation: { ...observationOf(), rates: partlyFollowed }, service: absent },
    cause: 'unreadable',
    confidence: 'medium',
    says: /6 polls; 3 partitions could not be followed/,
    undecided: ['stable', 'producer-change'],
  },
  {
    title: 'too little history for rates',
    evidence: { observation: { ...observationOf(), rates: unknown('new') }, service: absent },
    cause: 'unreadable',
    facts: ['rates-unknown'],
  },
  {
    title: 'its members could not be described: what it is assigned, and so what is missing, is unknown',
    evidence: { observation: { ...withoutCoverage, members: unknown('undecodable') }, service: absent },
    cause: 'unreadable',
    facts: ['coverage-unknown'],
  },
  {
    title: 'the group could not be read at all',
    evidence: {
      observation: { ...withoutCoverage, unreadable: 'coordinator not available' },
      service: absent,
    },
    cause: 'unreadable',
    facts: ['group-unreadable'],
  },
];
