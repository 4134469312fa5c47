import { describe, expect, it } from 'vitest';
import { type ViewContext, type ViewedReading, viewGroup } from '#core/group/view-group.ts';
import { viewedReading } from '#core/group/view-reading.ts';
import { appendReading, emptyHistory, type LagHistory, pollsOf } from '#core/history/history.ts';
import type { GroupReading } from '#core/kafka/model.ts';
import { absent, known, unknown } from '#core/kafka/reading.ts';
import type { Metric } from '#core/metrics/catalogue.ts';
import { groupMetrics } from '#core/metrics/poll-metrics.ts';
import { clusterReadingOf, groupReadingOf, type Offsets, partitionOf } from '#test/support/groups/readings.ts';

const MINUTE_MS = 60_000;

/** The view of the group at the last of several polls, one minute apart. */
function viewAfter(readings: readonly GroupReading[], change: Partial<ViewContext & ViewedReading> = {}) {
  const history = readings.reduce<LagHistory>(
    (past, group, minute) => appendReading(past, clusterReadingOf(minute * MINUTE_MS, [group]), 120),
    emptyHistory,
  );
  const group = readings.at(-1) as GroupReading;
  const reading = viewedReading(clusterReadingOf((readings.length - 1) * MINUTE_MS, [group]));
  return viewGroup(
    group,
    { ...reading, ...change },
    {
      thresholds: { lag: 1_000, dataLossHorizonSeconds: 7_200 },
      isolation: 'read_uncommitted',
      polls: pollsOf(history, group.groupId),
      windowMs: 5 * MINUTE_MS,
      ...change,
    },
  );
}
const minutes = (count: number, at: (minute: number) => Offsets) =>
  Array.from({ length: count }, (_, minute) => groupReadingOf({ offsets: [at(minute)] }));

/** Values by metric name. */
const published = (readings: readonly GroupReading[], change?: Partial<ViewContext & ViewedReading>) => {
  const metrics = groupMetrics({ clusterName: 'prod', alarmShards: 1 }, viewAfter(readings, change));
  return Object.fromEntries(metrics.map(({ name, values }) => [name, values])) as Partial<
    Record<Metric['name'], number[]>
  >;
};

describe('the view of a group at a poll', () => {
  it('has only lag at the first poll, nothing that needs a past', () => {
    const names = Object.keys(published(minutes(1, () => [0, 50])));

    expect(names).toEqual(['LagRatio', 'PartitionLag', 'TopicLag', 'LostRecords', 'Members', 'UnassignedPartitions']);
  });

  it('has a time to drain only while lag falls', () => {
    const falling = published(minutes(6, (m) => [m * 120, 1_200 + m * 60]));
    const growing = published(minutes(6, (m) => [m * 60, 1_200 + m * 120]));

    expect(falling.TimeToDrainSeconds).toEqual([900]);
    expect(growing).not.toHaveProperty('TimeToDrainSeconds');
  });

  it('is in alarm when retention will overtake it soon, even with little lag', () => {
    // Retention deletes 60 records a minute, 300 records away from a standing commit.
    const row = minutes(70, (m) => [10_000, 10_100 + m, 9_700 - 69 * 60 + m * 60]);

    expect(published(row).TimeToDataLossSeconds).toEqual([300]);
    expect(viewAfter(row).ratio).toEqual(known({ value: 24, by: 'loss', complete: true }));
  });

  it('is not in alarm for data loss without a horizon, or when nothing is unread', () => {
    const row = minutes(70, (m) => [10_000, 10_100 + m, 9_700 - 69 * 60 + m * 60]);
    const read = minutes(70, (m) => [10_000 + m, 10_000 + m, 9_700 - 69 * 60 + m * 60]);

    expect(viewAfter(row, { thresholds: { lag: 1_000 } }).ratio).toMatchObject(known({ by: 'lag' }));
    expect(viewAfter(read)).toMatchObject({ past: { timeToDataLoss: absent }, ratio: known({ value: 0 }) });
  });

  it('is in alarm from the second poll on when unread records are nearly as old as the retention', () => {
    const topics = new Map([['orders', { partitions: 1, retention: known({ ms: 3_600_000 }) }]]);
    const age = known({ atLeastMs: 3_000_000, atMostMs: 3_000_000, proven: true });
    const readAt = (m: number): GroupReading => {
      const group = groupReadingOf({ offsets: [[10, 100 + m]] });
      return { ...group, partitions: group.partitions.map((p) => ({ ...p, age })) };
    };
    const [first, second] = [readAt(0), readAt(1)];

    expect(viewAfter([first, second], { topics })).toMatchObject({
      past: { timeToDataLoss: known({ seconds: 600, samples: 2, by: 'retention' }) },
      ratio: known({ value: 12, by: 'loss' }),
    });
    expect(viewAfter([first], { topics }).past.timeToDataLoss).toMatchObject({
      reason: expect.stringMatching(/two polls/),
    });
    expect(viewAfter([first, second])).toMatchObject({
      past: {
        timeToDataLoss: {
          kind: 'unknown',
          reason: expect.stringMatching(/^orders\/0: .*hour, and .* was not requested$/),
        },
      },
    });
  });

  it('is not in alarm for data loss while its commit pauses no longer than usual', () => {
    const topics = new Map([['orders', { partitions: 1, retention: known({ ms: 3_600_000 }) }]]);
    const readAt = (m: number): GroupReading => {
      // Commits every ten minutes, up to the log end.
      const committed = 10_000 + Math.floor(Math.min(m, 30) / 10) * 6_000;
      const group = groupReadingOf({ offsets: [[committed, 10_000 + m * 600]] });
      const ageMs = (m % 10) * 60_000 + Math.max(0, m - 39) * 60_000;
      const age = ageMs === 0 ? absent : known({ atLeastMs: ageMs, atMostMs: ageMs, proven: true });
      return { ...group, partitions: group.partitions.map((p) => ({ ...p, age })) };
    };
    const lossAt = (minute: number) =>
      viewAfter(
        Array.from({ length: minute + 1 }, (_, m) => readAt(m)),
        { topics },
      ).past.timeToDataLoss;

    expect(lossAt(38)).toMatchObject({ kind: 'unknown', reason: expect.stringContaining('stands still') });
    // The commit of minute 40 and all later ones are missing.
    expect(lossAt(55)).toMatchObject({ kind: 'known', value: { by: 'retention' } });
  });

  it('counts lost records unless some of them are unknown', () => {
    const group = groupReadingOf({ offsets: [[2, 10, 6]] });
    const broken = { ...partitionOf(1, [0, 9]), logStartOffset: unknown('x') };

    expect(published([group]).LostRecords).toEqual([4]);
    expect(published([{ ...group, partitions: [...group.partitions, broken] }])).not.toHaveProperty('LostRecords');
  });

  it.each<[string, Partial<GroupReading>, number[] | undefined, number[] | undefined]>([
    ['all partitions without members', { members: known([]) }, [0], [2]],
    ['what no member owns', { members: known([owning(0)]) }, [1], [1]],
    ['nothing when the members are unknown', { members: unknown('denied') }, undefined, undefined],
    ['nothing when consumers assign partitions to themselves', { members: known([]), kind: 'simple' }, [0], undefined],
  ])('counts as unassigned %s', (_, change, members, unassigned) => {
    const group = groupReadingOf({
      offsets: [
        [0, 5],
        [0, 5],
      ],
    });
    const metrics = published([{ ...group, ...change }]);

    expect([metrics.Members, metrics.UnassignedPartitions]).toEqual([members, unassigned]);
  });

  it('reports a rebalance since the previous poll once', () => {
    const [two, three] = [2, 3].map((members) =>
      groupReadingOf({
        offsets: [
          [0, 5],
          [0, 5],
          [0, 5],
        ],
        members,
      }),
    );
    const rebalances = (readings: readonly (GroupReading | undefined)[]) =>
      published(readings as readonly GroupReading[]).Rebalances;

    expect(rebalances([two, three])).toEqual([1]);
    expect(rebalances([two, three, three])).toEqual([0]);
  });

  it('omits a topic that was abandoned long ago from ratio and age', () => {
    const old = { ...partitionOf(0, [0, 90_000]), topic: 'old', age: known({ atLeastMs: 9e9, proven: true }) };
    const group = groupReadingOf({ offsets: [[40, 50]] });
    const read = group.partitions.map((p) => ({ ...p, age: known({ atLeastMs: 500, atMostMs: 500, proven: true }) }));
    const polled = viewAfter([{ ...group, partitions: [old, ...read] }]);

    expect(polled).toMatchObject({ ratio: known({ value: 0.01, complete: true }), ageMs: known(500) });
    expect(polled.totals.sumLag).toBe(90_010);
  });
});

const owning = (partition: number) => ({
  memberId: 'm',
  clientId: 'c',
  host: 'h',
  assignment: [{ topic: 'orders', partition }],
});

describe('a group that has read all that counts, with lag on a topic that it abandoned', () => {
  const old = { ...partitionOf(0, [0, 90_000]), topic: 'old' };
  const group = groupReadingOf({ offsets: [[50, 50]] });
  const both = { ...group, partitions: [old, ...group.partitions] };

  it('has no forecast without a past: only a group that has read everything needs none', () => {
    const thresholds = { dataLossHorizonSeconds: 3_600 };

    expect(viewAfter([both], { thresholds })).toMatchObject({
      past: { timeToDrain: { kind: 'unknown' }, timeToDataLoss: { kind: 'unknown' } },
      ratio: { kind: 'unknown' },
    });
  });
});
