import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alarmShardOf, shardProblems, shardsFor } from '#core/metrics/alarm-shards.ts';
import type { Metric } from '#core/metrics/catalogue.ts';

const ratios = (count: number, value: number, AlarmShard = '1'): Metric[] =>
  Array.from({ length: count }, (_, i) => ({
    name: 'LagRatio',
    dimensions: { ClusterName: 'prod', AlarmShard, ConsumerGroup: `g${i}` },
    values: [value],
  }));

describe('alarmShardOf', () => {
  it('is a number from 1 to that of the shards, and depends on the name alone', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 200 }), (groupId, shards) => {
        const shard = alarmShardOf(groupId, shards);
        expect(shard).toBeGreaterThanOrEqual(1);
        expect(shard).toBeLessThanOrEqual(shards);
        expect(alarmShardOf(groupId, shards)).toBe(shard);
      }),
    );
  });

  it.each([2, 3, 5, 25])('shares the groups among %i alarms so that none comes near the limit', (shards) => {
    const groups = Array.from({ length: 400 * shards }, (_, i) => `team-${i % 7}.orders-consumer-${i}`);
    const sizes = [...Map.groupBy(groups, (group) => alarmShardOf(group, shards)).values()].map((own) => own.length);

    expect(sizes).toHaveLength(shards);
    expect(Math.max(...sizes)).toBeLessThan(500);
  });

  it('is one that stays: a group moves only when the number of shards is changed', () => {
    expect(['orders', 'billing', 'größe', ''].map((group) => alarmShardOf(group, 4))).toEqual([1, 1, 3, 2]);
  });
});

it.each([
  [0, 1],
  [400, 1],
  [401, 2],
  [1_000, 3],
])('shardsFor %i groups are %i', (groups, shards) => {
  expect(shardsFor(groups)).toBe(shards);
});

describe('shardProblems', () => {
  it.each([
    ['none far from the limits', ratios(400, 0.5), 1, []],
    ['none of groups in other alarms', [...ratios(300, 0.5), ...ratios(300, 0.5, '2')], 2, []],
    [
      'too many groups of the only alarm',
      ratios(401, 0.5),
      1,
      ['the lag alarm watches 401 groups, and CloudWatch takes 500: set alarmShards to 2'],
    ],
    [
      'too many groups of one of several, which more shards always relieve',
      [...ratios(3, 0.5), ...ratios(450, 0.5, '2')],
      2,
      ['lag alarm 2 of 2 watches 450 groups, and CloudWatch takes 500: set alarmShards to 3'],
    ],
    [
      'that there is no room for more alarms',
      ratios(401, 0.5, '200'),
      200,
      [
        'lag alarm 200 of 200 watches 401 groups, and CloudWatch takes 500: filter groups, or watch them from another Region or account',
      ],
    ],
    ['none of 80 groups in alarm', [...ratios(80, 1), ...ratios(10, 0.99)], 1, []],
    [
      'too many groups in alarm',
      ratios(81, 1),
      1,
      [
        '81 groups of the lag alarm are above their thresholds, and CloudWatch names 100 in alarm: the others start no run; raise alarmShards, or the thresholds',
      ],
    ],
    ['none of other metrics', ratios(900, 5).map((metric) => ({ ...metric, name: 'TimeLagSeconds' as const })), 1, []],
  ])('names %s', (_, metrics, shards, problems) => {
    expect(shardProblems(metrics, shards)).toEqual(problems);
  });
});
