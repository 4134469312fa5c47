import { describe, expect, it } from 'vitest';
import {
  lagRead,
  type Observation,
  observationSchema,
  observeGroup,
  partitionsRead,
  wholeRates,
} from '#core/evidence/observation.ts';
import { appendReading, emptyHistory, type LagHistory } from '#core/history/history.ts';
import type { GroupReading } from '#core/kafka/model.ts';
import { absent, known, unknown } from '#core/kafka/reading.ts';
import { clusterReadingOf, groupReadingOf, partitionOf } from '#test/support/groups/readings.ts';

const AT_MS = 100_000;
const context = {
  groupId: 'billing',
  history: emptyHistory,
  thresholds: { lag: 100 },
  ratesFromMs: 0,
  windowMs: 300_000,
  isolation: 'read_uncommitted' as const,
  historyProblems: [],
};

/** A group that reads `orders` and has old commits on `old`, which no member owns. */
function withLeftover(end: number): GroupReading {
  const group = groupReadingOf({ offsets: [[0, end]] });
  return { ...group, partitions: [{ ...partitionOf(0, [0, 5 * end]), topic: 'old' }, ...group.partitions] };
}
const polled = (group: GroupReading): LagHistory =>
  appendReading(emptyHistory, clusterReadingOf(AT_MS - 10_000, [group]), 5);
const look = (group: GroupReading, history: LagHistory = emptyHistory): Observation =>
  observeGroup(clusterReadingOf(AT_MS, [group]), { ...context, history });

/** The observation after an hour of polls, with rates over the last minute. */
function afterAnHour(readAt: (minute: number) => GroupReading, ratesFrom = 0): Observation {
  const history = Array.from({ length: 60 }, (_, m) => m).reduce<LagHistory>(
    (past, m) => appendReading(past, clusterReadingOf(m * 60_000, [readAt(m)]), 120),
    emptyHistory,
  );
  const thresholds = { lag: 100_000, dataLossHorizonSeconds: 7_200 };
  const changed = { history, thresholds, ratesFromMs: ratesFrom * 60_000 };
  return observeGroup(clusterReadingOf(60 * 60_000, [readAt(60)]), { ...context, ...changed });
}

describe('observeGroup', () => {
  it('measures lag at once, rates with an earlier poll', () => {
    const group = groupReadingOf({ offsets: [[10, 100]] });
    const earlier = polled(groupReadingOf({ offsets: [[0, 50]] }));

    expect(look(group)).toMatchObject({ sumLag: 90, coverage: 1, rates: { kind: 'unknown' } });
    expect(wholeRates(look(group, earlier))).toMatchObject({ produceRate: 5, consumeRate: 1 });
  });

  it('judges each partition and the group by the past, and forecasts', () => {
    const readAt = (m: number) =>
      groupReadingOf({
        offsets: [
          [Math.min(m, 10) * 60, 10_000 + m * 120],
          [m * 60, m * 60],
        ],
      });
    const past = Array.from({ length: 20 }, (_, m) => m).reduce<LagHistory>(
      (history, m) => appendReading(history, clusterReadingOf(m * 60_000, [readAt(m)]), 60),
      emptyHistory,
    );
    const reading = clusterReadingOf(20 * 60_000, [readAt(20)]);
    const observation = observeGroup(reading, { ...context, history: past, ratesFromMs: 15 * 60_000 });

    expect(observation.status).toEqual({
      kind: 'error',
      rule: 'stalled',
      sinceMs: 10 * 60_000,
      partitions: { stalled: 1, ok: 1 },
    });
    expect(observation.partitions.map((p) => p.status.rule)).toEqual(['stalled', 'caught-up']);
    expect(observation).toMatchObject({
      timeToDrain: { kind: 'absent' },
      timeToDataLoss: { kind: 'unknown', reason: expect.stringContaining('less than an hour') },
      rebalances: { kind: 'known', value: { count: 0, samples: 6 } },
    });
  });

  it('makes no forecast for an unknown lag', () => {
    const group = groupReadingOf({
      offsets: [
        [0, 50],
        [0, 50],
      ],
    });
    const [first, second] = group.partitions;
    const broken = { ...group, partitions: [first, { ...second, logEndOffset: unknown('no leader') }] } as GroupReading;

    expect(look(broken, polled(group)).timeToDrain).toMatchObject({
      kind: 'unknown',
      reason: expect.stringContaining('no leader'),
    });
    expect(look(broken, polled(group)).status).toMatchObject({ kind: 'unknown' });
  });

  it('names an unreadable history as the reason for unknown rates', () => {
    const problem = { id: 'history-unread' as const, text: 'the history could not be read: access denied' };
    const changed = { ...context, historyProblems: [problem] };
    const observation = observeGroup(clusterReadingOf(AT_MS, [groupReadingOf({ offsets: [[0, 5]] })]), changed);

    expect(observation.rates).toEqual(unknown(problem.text));
    expect(observation.problems).toEqual([problem]);
  });

  it('marks a topic that no member reads as abandoned and excludes it from rates', () => {
    const observation = look(withLeftover(100), polled(withLeftover(50)));

    expect(partitionsRead(observation).map((p) => p.topic)).toEqual(['orders']);
    expect(lagRead(observation)).toBe(100);
    expect(observation.sumLag).toBe(600);
    expect(wholeRates(observation)?.produceRate).toBe(5);
  });

  it('marks topics as abandoned even if the other topics of the members are filtered', () => {
    const group = withLeftover(100);
    const filtered = { ...group, partitions: group.partitions.filter((p) => p.topic === 'old') };

    expect(look(filtered).partitions).toMatchObject([{ topic: 'old', abandoned: true }]);
  });

  it.each([
    ['no member is assigned a partition for the moment', []],
    ['other partitions are assigned', [{ topic: 'orders', partition: 0 }]],
  ])('sees no loss ahead on a topic that was left alone long ago while %s', (_, assignment) => {
    const members = known([{ memberId: 'm', clientId: 'c', host: 'h', assignment }]);
    const readAt = (m: number): GroupReading => {
      const group = groupReadingOf({ offsets: [[m, m]] });
      return { ...group, members, partitions: [{ ...partitionOf(0, [5, 99, 50]), topic: 'old' }, ...group.partitions] };
    };
    const observation = afterAnHour(readAt);

    expect(observation.ratio).toEqual({ value: 0, by: 'lag', complete: true });
    expect(observation.timeToDataLoss).toEqual(absent);
  });

  it('forecasts data loss on a topic that was abandoned within the hour, as the alarm does', () => {
    const readAt = (m: number): GroupReading => {
      const group = groupReadingOf({ offsets: [[m, m]] });
      const left = { ...partitionOf(0, [Math.min(m, 30) * 100, 20_000 + 60 * m, 30 * m]), topic: 'old' };
      return { ...group, partitions: [left, ...group.partitions] };
    };
    const observation = afterAnHour(readAt, 55);

    expect(observation.timeToDataLoss).toMatchObject({ kind: 'known', value: { seconds: 2_400 } });
    expect(observation.ratio).toMatchObject({ value: 3, by: 'loss' });
    expect(wholeRates(observation)?.partitions.map(({ topic }) => topic)).toEqual(['orders']);
  });

  it('forecasts data loss by the retention of the topic, without an hour of history', () => {
    const age = known({ atLeastMs: 3_000_000, atMostMs: 3_000_000, proven: true });
    const group = groupReadingOf({ offsets: [[10, 100]] });
    const aged = { ...group, partitions: group.partitions.map((p) => ({ ...p, age })) };
    const retention = known({ ms: 3_600_000 });
    const reading = { ...clusterReadingOf(AT_MS, [aged]), topics: new Map([['orders', { partitions: 1, retention }]]) };
    const history = appendReading(emptyHistory, clusterReadingOf(AT_MS - 60_000, [aged]), 60);
    const observation = observeGroup(reading, { ...context, history });

    expect(observation.timeToDataLoss).toEqual(known({ seconds: 600, samples: 2, by: 'retention' }));
    expect(observationSchema.parse(JSON.parse(JSON.stringify(observation)))).toEqual(observation);
  });

  it('omits coverage but keeps the lag when the members are unknown', () => {
    const observation = look({ ...groupReadingOf({ offsets: [[10, 100]] }), members: unknown('undecodable') });

    expect(observation).not.toHaveProperty('coverage');
    expect(observation).toMatchObject({ sumLag: 90, members: { kind: 'unknown' } });
  });

  it('counts lag to the last stable offset for a read_committed group', () => {
    const group = groupReadingOf({ offsets: [[10, 100]] });
    const held = { ...group, partitions: group.partitions.map((p) => ({ ...p, lastStableOffset: known(40n) })) };
    const reading = clusterReadingOf(AT_MS, [held]);

    expect(observeGroup(reading, { ...context, isolation: 'read_committed' }).sumLag).toBe(30);
    expect(observeGroup(reading, context).sumLag).toBe(90);
  });

  it('marks nothing as abandoned while no member owns a partition, as in a rebalance', () => {
    const rebalancing = { ...withLeftover(100), members: known([]), state: known('PreparingRebalance' as const) };

    expect(partitionsRead(look(rebalancing))).toHaveLength(2);
  });

  it('has no total lag when one partition is unknown', () => {
    const group = groupReadingOf({
      offsets: [
        [0, 5],
        [0, 5],
      ],
    });
    const broken = { ...partitionOf(1, [0, 5]), logEndOffset: unknown('no leader') };

    expect(lagRead(look({ ...group, partitions: [partitionOf(0, [0, 5]), broken] }))).toBeUndefined();
    expect(lagRead(look(groupReadingOf({ offsets: [[null, 5]] })))).toBeUndefined();
  });

  it.each([
    [
      'listed as unreadable',
      { unreadableGroups: [{ groupId: 'billing', reason: 'coordinator loads' }] },
      /coordinator loads/,
    ],
    [
      'one of Kafka Connect',
      {
        otherGroups: [
          { groupId: 'billing', type: 'classic', protocol: 'connect', state: known('Stable'), lag: absent },
        ],
      },
      /not a consumer group: its protocol is "connect"/,
    ],
    ['not listed at all', {}, /does not list/],
  ])('is completely unknown when the group is %s', (_, change, reason) => {
    const problem = { broker: 'b1:9092', request: 'ListGroups', reason: 'timed out' };
    const observation = observeGroup({ ...clusterReadingOf(AT_MS, []), problems: [problem], ...change }, context);

    expect(observation).toMatchObject({
      unreadable: expect.stringMatching(reason),
      state: { kind: 'unknown' },
      status: { kind: 'unknown', rule: 'unreadable' },
      timeToDataLoss: { kind: 'unknown' },
    });
    expect(observation).not.toHaveProperty('coverage');
    expect(observation).not.toHaveProperty('sumLag');
    expect(observation.problems).toEqual([{ id: 'request-failed', text: 'ListGroups failed at b1:9092: timed out' }]);
  });

  it('reports a log that was truncated while a poll could not read its end', () => {
    const blind = { ...groupReadingOf(), partitions: [{ ...partitionOf(0, [5, 9]), logEndOffset: unknown('x') }] };
    const history = appendReading(
      polled(groupReadingOf({ offsets: [[5, 9]] })),
      clusterReadingOf(AT_MS - 1, [blind]),
      5,
    );

    expect(look(groupReadingOf({ offsets: [[5, 6]] }), history).conditions).toEqual([
      { id: 'log-truncated', topic: 'orders', partitions: [0] },
    ]);
  });

  it('is equal after it was stored and loaded', () => {
    const group = { ...withLeftover(100), assignor: absent };
    const observation = look(group, polled(withLeftover(50)));

    expect(observationSchema.parse(JSON.parse(JSON.stringify(observation)))).toEqual(observation);
  });
});
