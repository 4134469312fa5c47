/**
 * What every MetricsPublisher does: the numbers that CloudWatch has in the end are those of the
 * metrics.
 */
import { describe, expect, it } from 'vitest';
import { type Metric, type MetricName, NAMESPACE } from '#core/metrics/catalogue.ts';
import type { MetricsPublisher } from '#core/ports.ts';
import type { MemoryCloudWatch } from '#local/cloudwatch/memory-cloudwatch.ts';
import { readMetric } from '#local/cloudwatch/series.ts';

/** A publisher, and the CloudWatch behind it, which is empty at first. */
export interface PublisherWorld {
  readonly publisher: MetricsPublisher;
  readonly cloudWatch: MemoryCloudWatch;
}

/**
 * Time of the metrics: recent, because EMF's writer warns of times that CloudWatch would not take.
 */
export const AT_MS = Math.floor(Date.now() / 60_000) * 60_000 - 61_234;

const cluster = { ClusterName: 'prod' };
const group = { ...cluster, ConsumerGroup: 'orders' };
const watched = { ...group, AlarmShard: '1' };
const topic = { ...group, Topic: 't' };

export const STATISTICS = ['Sum', 'Maximum', 'Minimum', 'SampleCount', 'Average'] as const;

/**
 * Statistics of one series over the minute of `AT_MS`, by its name and encoded dimensions;
 * undefined: no data.
 */
export function statisticsOf(cloudWatch: MemoryCloudWatch, name: MetricName, dimensions: Record<string, string>) {
  const range = { periodMs: 60_000, first: Math.floor(AT_MS / 60_000), count: 1 };
  const series = { kind: 'metric', namespace: NAMESPACE, name, dimensions } as const;
  return Object.fromEntries(
    STATISTICS.map((statistic) => [statistic, readMetric(cloudWatch, { ...series, statistic }, range)[0]]),
  );
}

/** A metric of many values: some equal, most not, and none whose sum depends on the order. */
export const lagsOf = (partitions: number, distinct: number): Metric => ({
  name: 'TopicLag',
  dimensions: topic,
  values: Array.from({ length: partitions }, (_, i) => i % distinct),
});

/** Runs the contract; each call of `make` gives a world in which nothing is published. */
export function metricsPublisherContract(name: string, make: () => Promise<PublisherWorld>): void {
  describe(`MetricsPublisher: ${name}`, () => {
    valuesContract(make);
    namesContract(make);
    refusalContract(make);
  });
}

function valuesContract(make: () => Promise<PublisherWorld>): void {
  it('keeps each metric apart by its name and dimensions', async () => {
    const { publisher, cloudWatch } = await make();

    await publisher.publish(
      [
        { name: 'LagRatio', dimensions: watched, values: [1.5] },
        { name: 'LagRatio', dimensions: { ...watched, ConsumerGroup: 'billing' }, values: [0.1] },
        { name: 'TimeLagSeconds', dimensions: group, values: [0] },
        { name: 'Heartbeat', dimensions: cluster, values: [1] },
      ],
      AT_MS,
    );

    expect(statisticsOf(cloudWatch, 'LagRatio', watched).Sum).toBe(1.5);
    expect(statisticsOf(cloudWatch, 'TimeLagSeconds', group).Sum).toBe(0);
    expect(statisticsOf(cloudWatch, 'LagRatio', { ...watched, ConsumerGroup: 'billing' }).Sum).toBe(0.1);
    expect(statisticsOf(cloudWatch, 'Heartbeat', cluster)).toMatchObject({ Sum: 1, SampleCount: 1 });
    expect(statisticsOf(cloudWatch, 'GroupsRead', cluster).Sum).toBeUndefined();
  });

  it.each([
    [1, 1],
    [99, 99],
    [100, 1],
    [101, 101],
    [150, 150],
    [151, 151],
    [1_000, 7],
    [2_000, 1_501],
  ])('carries %i partitions of %i different lags as one metric', async (partitions, distinct) => {
    const { publisher, cloudWatch } = await make();
    const metric = lagsOf(partitions, distinct);

    await publisher.publish([metric], AT_MS);

    const sum = metric.values.reduce((total, value) => total + value, 0);
    expect(statisticsOf(cloudWatch, 'TopicLag', topic)).toEqual({
      Sum: sum,
      Maximum: distinct - 1,
      Minimum: 0,
      SampleCount: partitions,
      Average: sum / partitions,
    });
  });

  it('publishes thousands of metrics, each once', async () => {
    const { publisher, cloudWatch } = await make();
    const nameOf = (i: number) => `group-${i}`;
    const metrics = Array.from(
      { length: 2_345 },
      (_, i): Metric => ({ name: 'LagRatio', dimensions: { ...watched, ConsumerGroup: nameOf(i) }, values: [i] }),
    );

    await publisher.publish(metrics, AT_MS);

    const found = metrics.map((_, i) => statisticsOf(cloudWatch, 'LagRatio', { ...watched, ConsumerGroup: nameOf(i) }));
    expect(found.map(({ Sum }) => Sum)).toEqual(metrics.map((_, i) => i));
    expect(new Set(found.map(({ SampleCount }) => SampleCount))).toEqual(new Set([1]));
  });

  it.each([2 ** 53 - 1, -3, 1e-9, 2 ** 360])('keeps the value %d as it is', async (value) => {
    const { publisher, cloudWatch } = await make();

    await publisher.publish([{ name: 'ConsumeRate', dimensions: group, values: [value] }], AT_MS);

    expect(statisticsOf(cloudWatch, 'ConsumeRate', group).Maximum).toBe(value);
  });

  it('publishes nothing of nothing', async () => {
    const { publisher, cloudWatch } = await make();

    await publisher.publish([], AT_MS);

    expect(cloudWatch.find({ namespace: NAMESPACE, name: 'Heartbeat', dimensionNames: ['ClusterName'] })).toEqual([]);
  });
}

function namesContract(make: () => Promise<PublisherWorld>): void {
  it.each([
    ['a\n{"_aws":1} ö', 'a%0A{"_aws":1}%20%C3%B6'],
    ['', '%'],
    ['50%', '50%25'],
    ['\u202e👻', '%E2%80%AE%F0%9F%91%BB'],
    [' ', '%20'],
  ])('encodes the name %j as %j', async (name, encoded) => {
    const { publisher, cloudWatch } = await make();

    await publisher.publish([{ name: 'TopicLag', dimensions: { ...topic, Topic: name }, values: [7] }], AT_MS);

    expect(statisticsOf(cloudWatch, 'TopicLag', { ...topic, Topic: encoded }).Sum).toBe(7);
  });
}

function refusalContract(make: () => Promise<PublisherWorld>): void {
  it.each([
    ['a value that is no number', { name: 'LagRatio', dimensions: group, values: [1, Number.NaN] }, /LagRatio.*NaN/],
    ['an infinite value', { name: 'LagRatio', dimensions: group, values: [-1 / 0] }, /LagRatio.*-Infinity/],
    ['a value beyond 2^360', { name: 'LagRatio', dimensions: group, values: [2 ** 361] }, /LagRatio.*2\^360/],
    ['no values', { name: 'LagRatio', dimensions: group, values: [] }, /LagRatio has no values/],
    ['a dimension too few', { name: 'LagRatio', dimensions: cluster, values: [1] }, /ClusterName; the catalogue has/],
    ['a dimension too many', { name: 'Heartbeat', dimensions: group, values: [1] }, /the catalogue has ClusterName$/],
  ] satisfies [string, Metric, RegExp][])('refuses %s, and publishes nothing of the lot', async (_, wrong, message) => {
    const { publisher, cloudWatch } = await make();

    const published = publisher.publish([{ name: 'GroupsRead', dimensions: cluster, values: [1] }, wrong], AT_MS);

    await expect(published).rejects.toThrow(message);
    expect(statisticsOf(cloudWatch, 'GroupsRead', cluster).Sum).toBeUndefined();
  });
}
