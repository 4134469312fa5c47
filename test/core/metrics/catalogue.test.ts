import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GroupView } from '#core/group/view.ts';
import { absent, known, unknown } from '#core/kafka/reading.ts';
import { decodeDimension, dimensionValue, METRICS, seriesPer } from '#core/metrics/catalogue.ts';
import { clusterMetrics, groupMetrics, type PollHealth } from '#core/metrics/poll-metrics.ts';
import { groupReadingOf, type Offsets, partitionOf } from '#test/support/groups/readings.ts';
import { viewedGroup } from '#test/support/groups/viewed.ts';

const health = { groupsRead: 1, groupsUnreadable: 0, kafkaRequests: 7, durationMs: 12, coverage: 1 };
const PROD = { clusterName: 'prod', alarmShards: 1 };
const metricsOf = (group: GroupView) => groupMetrics(PROD, group);
const groupOf = (offsets: readonly Offsets[]) => viewedGroup(groupReadingOf({ offsets }));
const dimensions = { ClusterName: 'prod', ConsumerGroup: 'billing' };

/** The second partition's end could not be read. */
function partial(lag: number): GroupView {
  const broken = { ...partitionOf(1, [0, 9]), logEndOffset: unknown('x') };
  return viewedGroup({ ...groupReadingOf(), partitions: [partitionOf(0, [0, lag]), broken] });
}

describe('the metrics of a group', () => {
  it('contain the ratio, and the lags of the group and of each topic with a value for each partition', () => {
    const orders = [partitionOf(0, [0, 50]), partitionOf(1, [10, 10])];
    const refunds = { ...partitionOf(0, [0, 7]), topic: 'refunds' };
    const group = { ...groupReadingOf(), partitions: [...orders, refunds] };
    const metrics = metricsOf(viewedGroup(group, { thresholds: { lag: 114 } }));

    expect(metrics).toContainEqual({ name: 'LagRatio', dimensions: { ...dimensions, AlarmShard: '1' }, values: [0.5] });
    expect(metrics).toContainEqual({ name: 'PartitionLag', dimensions, values: [50, 0, 7] });
    expect(metrics.filter((metric) => metric.name === 'TopicLag')).toEqual([
      { name: 'TopicLag', dimensions: { ...dimensions, Topic: 'orders' }, values: [50, 0] },
      { name: 'TopicLag', dimensions: { ...dimensions, Topic: 'refunds' }, values: [7] },
    ]);
  });

  it('publishes a ratio of a part only when the part alone is already too much', () => {
    const names = (group: GroupView) => metricsOf(group).map((metric) => metric.name);

    expect(names(partial(50))).not.toContain('LagRatio');
    expect(names(partial(150))).toContain('LagRatio');
  });

  it('contain no lag of a group that never committed', () => {
    const names = metricsOf(groupOf([[null, 50]])).map((metric) => metric.name);

    expect(names).not.toContain('LagRatio');
    expect(names).not.toContain('PartitionLag');
    expect(names).not.toContain('TopicLag');
  });

  it.each([
    ['known', known(1_500), [1.5]],
    ['none', known(0), [0]],
    ['unknown', unknown('was not requested'), undefined],
    ['absent', absent, undefined],
  ])('publishes an age that is %s in seconds, or not at all', (_, ageMs, values) => {
    const found = metricsOf({ ...groupOf([[0, 50]]), ageMs }).find(({ name }) => name === 'TimeLagSeconds');

    expect(found).toEqual(values && { name: 'TimeLagSeconds', dimensions, values });
  });

  it('contain both rates of a group, or neither when a partition has no rate', () => {
    const rates = (leftOut: number) => ({
      ...{ fromMs: 0, toMs: 1, samples: 2, produceRate: 3, consumeRate: 2, lagGrowthRate: 1 },
      partitions: [],
      leftOut,
    });
    const published = (leftOut: number) => {
      const group = groupOf([[0, 50]]);
      const view = { ...group, past: { ...group.past, rates: known(rates(leftOut)) } };
      return metricsOf(view).filter(({ name }) => name.endsWith('Rate'));
    };

    expect(published(0)).toEqual([
      { name: 'ProduceRate', dimensions, values: [3] },
      { name: 'ConsumeRate', dimensions, values: [2] },
    ]);
    expect(published(1)).toEqual([]);
  });

  it('have the dimensions of the catalogue and finite values', () => {
    for (const metric of [...metricsOf(groupOf([[0, 50]])), ...clusterMetrics(PROD, health)]) {
      expect(Object.keys(metric.dimensions).sort()).toEqual([...METRICS[metric.name].dimensions].sort());
      expect(metric.values.every(Number.isFinite)).toBe(true);
    }
  });
});

describe('the metrics of a cluster', () => {
  const namesOf = (change: Partial<PollHealth>) =>
    clusterMetrics(PROD, { ...health, ...change }).map((metric) => metric.name);

  it('contain a heartbeat', () => {
    expect(clusterMetrics(PROD, health)).toContainEqual({
      name: 'Heartbeat',
      dimensions: { ClusterName: 'prod' },
      values: [1],
    });
  });

  it('contain what a budget leaves out when there is one', () => {
    expect(namesOf({})).not.toContain('SeriesDropped');
    expect(namesOf({})).not.toContain('GroupsUnwatched');
    expect(namesOf({ seriesDropped: 0, groupsUnwatched: 0 })).toEqual(
      expect.arrayContaining(['SeriesDropped', 'GroupsUnwatched']),
    );
    expect(clusterMetrics(PROD, { ...health, seriesDropped: 3 })).toContainEqual({
      name: 'SeriesDropped',
      dimensions: { ClusterName: 'prod' },
      values: [3],
    });
  });

  it('contain no coverage when it is unknown', () => {
    const { coverage, ...unknownCoverage } = health;
    const names = clusterMetrics(PROD, unknownCoverage).map((metric) => metric.name);

    expect(coverage).toBe(1);
    expect(namesOf({})).toContain('Coverage');
    expect(names).not.toContain('Coverage');
  });
});

describe('seriesPer', () => {
  it.each([
    ['Heartbeat', 'cluster'],
    ['LagRatio', 'group'],
    ['PartitionLag', 'group'],
    ['TopicLag', 'topic of a group'],
  ] as const)('of %s is one series for each %s', (name, per) => {
    expect(seriesPer(name)).toBe(per);
  });
});

describe('dimensionValue', () => {
  it.each([
    ['orders-consumer', 'orders-consumer'],
    ['a b', 'a%20b'],
    ['50%', '50%25'],
    ['größe', 'gr%C3%B6%C3%9Fe'],
    ['', '%'],
  ])('of %j is %j, and decodeDimension restores the name', (name, value) => {
    expect(dimensionValue(name)).toBe(value);
    expect(decodeDimension(value)).toBe(name);
  });

  it('is printable ASCII, and decodeDimension restores every name that fits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (name) => {
        const value = dimensionValue(name);
        expect(value).toMatch(/^[!-~]{1,1024}$/);
        if (value.length < 1024) expect(decodeDimension(value)).toBe(name);
      }),
    );
  });

  it('is cut when it is too long, and keeps two long names apart', () => {
    const [a, b] = [dimensionValue(`${'x'.repeat(2000)}a`), dimensionValue(`${'x'.repeat(2000)}b`)];

    expect(a).toHaveLength(1024);
    expect(a).not.toBe(b);
    expect(decodeDimension(a)).toBeUndefined();
  });

  it('is not needed for decodeDimension, which returns other texts as they are', () => {
    expect(decodeDimension('%zz')).toBe('%zz');
  });
});
