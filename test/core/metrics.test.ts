import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { absent, known, unknown } from '../../src/core/kafka.ts';
import { type GroupLag, measureLag } from '../../src/core/lag.ts';
import { decodeDimension, dimensionValue, METRICS, seriesPer } from '../../src/core/metrics.ts';
import { ageMetrics, rateMetrics, toMetrics } from '../../src/core/poll-metrics.ts';
import { groupReadingOf, type Offsets, partitionOf } from '../support/readings.ts';

const health = { groupsRead: 1, groupsUnreadable: 0, kafkaRequests: 7, durationMs: 12, coverage: 1 };
const metricsOf = (group: GroupLag) => toMetrics('prod', [group], health);
const lagOf = (offsets: readonly Offsets[], threshold = 100) => measureLag(groupReadingOf({ offsets }), { threshold });

/** The second partition's end could not be read. */
function partial(lag: number, threshold: number): GroupLag {
  const broken = { ...partitionOf(1, [0, 9]), logEndOffset: unknown('x') };
  return measureLag({ ...groupReadingOf(), partitions: [partitionOf(0, [0, lag]), broken] }, { threshold });
}

describe('toMetrics', () => {
  it('publishes the ratio, and the lag of the group and of each topic with a value per partition', () => {
    const orders = [partitionOf(0, [0, 50]), partitionOf(1, [10, 10])];
    const refunds = { ...partitionOf(0, [0, 7]), topic: 'refunds' };
    const group = { ...groupReadingOf(), partitions: [...orders, refunds] };
    const dimensions = { ClusterName: 'prod', ConsumerGroup: 'billing' };
    const metrics = metricsOf(measureLag(group, { threshold: 114 }));

    expect(metrics).toContainEqual({ name: 'LagRatio', dimensions, values: [0.5] });
    expect(metrics).toContainEqual({ name: 'PartitionLag', dimensions, values: [50, 0, 7] });
    expect(metrics.filter((metric) => metric.name === 'TopicLag')).toEqual([
      { name: 'TopicLag', dimensions: { ...dimensions, Topic: 'orders' }, values: [50, 0] },
      { name: 'TopicLag', dimensions: { ...dimensions, Topic: 'refunds' }, values: [7] },
    ]);
    expect(metrics).toContainEqual(expect.objectContaining({ name: 'Heartbeat', values: [1] }));
  });

  it('publishes a ratio of a part only when the part alone is already too much', () => {
    const names = (group: GroupLag) => metricsOf(group).map((metric) => metric.name);

    expect(names(partial(50, 100))).not.toContain('LagRatio');
    expect(names(partial(150, 100))).toContain('LagRatio');
  });

  it('publishes nothing for a group that never committed', () => {
    const names = metricsOf(lagOf([[null, 50]])).map((metric) => metric.name);

    expect(names).not.toContain('LagRatio');
    expect(names).not.toContain('PartitionLag');
    expect(names).not.toContain('TopicLag');
  });

  it('tells what a budget leaves out, where there is one', () => {
    const names = metricsOf(lagOf([])).map((metric) => metric.name);

    expect(names).not.toContain('SeriesDropped');
    expect(toMetrics('prod', [], { ...health, seriesDropped: 3 })).toContainEqual({
      name: 'SeriesDropped',
      dimensions: { ClusterName: 'prod' },
      values: [3],
    });
  });

  it('leaves coverage out when it is unknown', () => {
    const { coverage, ...unknownCoverage } = health;
    const names = toMetrics('prod', [], unknownCoverage).map((metric) => metric.name);

    expect(coverage).toBe(1);
    expect(names).not.toContain('Coverage');
  });

  it('uses only names, dimensions and finite values of the catalogue', () => {
    for (const metric of metricsOf(lagOf([[0, 50]]))) {
      expect(Object.keys(metric.dimensions).sort()).toEqual([...METRICS[metric.name].dimensions].sort());
      expect(metric.values.every(Number.isFinite)).toBe(true);
    }
  });
});

describe('ageMetrics', () => {
  it('are in seconds, and nothing for a group whose age is unknown or that has none', () => {
    const ages = new Map([
      ['billing', known(1_500)],
      ['read', known(0)],
      ['unknown', unknown('was not asked')],
      ['uncommitted', absent],
    ]);
    const metric = (ConsumerGroup: string, seconds: number) => ({
      name: 'TimeLagSeconds',
      dimensions: { ClusterName: 'prod', ConsumerGroup },
      values: [seconds],
    });

    expect(ageMetrics('prod', ages)).toEqual([metric('billing', 1.5), metric('read', 0)]);
  });
});

describe('rateMetrics', () => {
  const rates = {
    fromMs: 0,
    toMs: 1,
    samples: 2,
    arrivalPerSecond: 3,
    consumePerSecond: 2,
    lagVelocityPerSecond: 1,
    partitions: [],
  };
  const of = (leftOut: number) => rateMetrics('prod', new Map([['billing', { ...rates, leftOut }]]));

  it('are both rates of a group, or nothing when a part of it could not be followed', () => {
    const dimensions = { ClusterName: 'prod', ConsumerGroup: 'billing' };

    expect(of(0)).toEqual([
      { name: 'ProduceRate', dimensions, values: [3] },
      { name: 'ConsumeRate', dimensions, values: [2] },
    ]);
    expect(of(1)).toEqual([]);
  });
});

describe('seriesPer', () => {
  it.each([
    ['Heartbeat', 'cluster'],
    ['LagRatio', 'group'],
    ['PartitionLag', 'group'],
    ['TopicLag', 'topic of a group'],
  ] as const)('of %s is one for each %s', (name, per) => {
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
  ])('encodes %j as %j, and back', (name, value) => {
    expect(dimensionValue(name)).toBe(value);
    expect(decodeDimension(value)).toBe(name);
  });

  it('gives back every name that fits, and only printable ASCII', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (name) => {
        const value = dimensionValue(name);
        expect(value).toMatch(/^[!-~]{1,1024}$/);
        if (value.length < 1024) expect(decodeDimension(value)).toBe(name);
      }),
    );
  });

  it('cuts what is too long, and keeps two long names apart', () => {
    const [a, b] = [dimensionValue(`${'x'.repeat(2000)}a`), dimensionValue(`${'x'.repeat(2000)}b`)];

    expect(a).toHaveLength(1024);
    expect(a).not.toBe(b);
    expect(decodeDimension(a)).toBeUndefined();
  });

  it('leaves a text that it never makes as it is', () => {
    expect(decodeDimension('%zz')).toBe('%zz');
  });
});
