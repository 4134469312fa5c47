import { describe, expect, it } from 'vitest';
import { createEmfPublisher } from '#adapters/cloudwatch/emf-publisher.ts';
import type { Metric } from '#core/metrics/catalogue.ts';
import { MemoryCloudWatch } from '#local/cloudwatch/memory-cloudwatch.ts';

// The real time: the publisher warns of data that is older than two weeks.
const NOW = Date.now();
const DAY_MS = 86_400_000;
const newCloudWatch = () => new MemoryCloudWatch({ nowMs: () => NOW });

const directive = {
  Namespace: 'MskLagWatcher',
  Dimensions: [['ClusterName', 'AlarmShard', 'ConsumerGroup']],
  Metrics: [{ Name: 'LagRatio', Unit: 'None' }],
};
const emf = (directives: unknown[], fields: Record<string, unknown>, atMs: unknown = NOW): string =>
  JSON.stringify({ _aws: { Timestamp: atMs, CloudWatchMetrics: directives }, ...fields });
const fields = { ClusterName: 'c', AlarmShard: '1', ConsumerGroup: 'g', LagRatio: 2 };
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

const ratio = {
  namespace: 'MskLagWatcher',
  name: 'LagRatio',
  dimensionNames: ['ConsumerGroup', 'AlarmShard', 'ClusterName'],
};
const thisMinute = { periodMs: 60_000, first: Math.floor(NOW / 60_000), count: 1 };

describe('MemoryCloudWatch.ingestEmf', () => {
  it('stores a value for each dimension set, and lists of values', () => {
    const cloudWatch = newCloudWatch();
    const line = emf(
      [{ ...directive, Dimensions: [['ClusterName'], ['ClusterName', 'AlarmShard', 'ConsumerGroup']] }],
      {
        ...fields,
        LagRatio: [1, 2, 3],
      },
    );
    expect(cloudWatch.ingestEmf(line)).toBe(2);
    const [series, ...more] = cloudWatch.find(ratio);
    expect(more).toEqual([]);
    expect(series?.dimensions).toEqual({ ClusterName: 'c', AlarmShard: '1', ConsumerGroup: 'g' });
    expect(series && cloudWatch.observations(series, thisMinute)).toEqual([[1, 2, 3]]);
  });

  it('stores the documents of the real publisher as the metrics themselves', async () => {
    const group = { ClusterName: 'c', ConsumerGroup: 'größe:1' };
    const metrics: Metric[] = [
      { name: 'LagRatio', dimensions: { ...group, AlarmShard: '1' }, values: [2] },
      { name: 'TopicLag', dimensions: { ...group, Topic: 't' }, values: numbers(250) },
      { name: 'Heartbeat', dimensions: { ClusterName: 'c' }, values: [1] },
    ];
    const [written, published] = [newCloudWatch(), newCloudWatch()];
    await createEmfPublisher({ write: (line) => void written.ingestEmf(line) }).publish(metrics, NOW);
    await published.publish(metrics, NOW);
    const contents = (cloudWatch: MemoryCloudWatch) =>
      metrics.flatMap(({ name, dimensions }) =>
        cloudWatch
          .find({ namespace: 'MskLagWatcher', name, dimensionNames: Object.keys(dimensions) })
          .map((series) => [series, cloudWatch.observations(series, thisMinute)]),
      );
    expect(contents(written)).toHaveLength(3);
    expect(contents(written)).toEqual(contents(published));
  });

  it.each([
    ['100 values', emf([directive], { ...fields, LagRatio: numbers(100) }), 1],
    ['a value of 1024 characters', emf([directive], { ...fields, ConsumerGroup: 'g'.repeat(1024) }), 1],
    ['fields that are no metrics', emf([directive], { ...fields, requestId: 'r' }), 1],
    ['two directives', emf([directive, directive], fields), 2],
  ])('stores %s', (_, line, expected) => {
    expect(newCloudWatch().ingestEmf(line)).toBe(expected);
  });

  it.each([
    ['text', 'plain log line'],
    ['two documents in one event', `${emf([directive], fields)}\n${emf([directive], fields)}`],
    ['a log line without metadata', JSON.stringify({ level: 'INFO' })],
    ['a missing metric', emf([directive], { ClusterName: 'c', AlarmShard: '1', ConsumerGroup: 'g' })],
    ['a missing dimension', emf([directive], { ClusterName: 'c', LagRatio: 2 })],
    ['a dimension that is a number', emf([directive], { ...fields, ConsumerGroup: 7 })],
    ['an empty dimension', emf([directive], { ...fields, ConsumerGroup: '' })],
    ['a blank dimension', emf([directive], { ...fields, ConsumerGroup: ' ' })],
    ['a dimension of 1025 characters', emf([directive], { ...fields, ConsumerGroup: 'g'.repeat(1025) })],
    ['a dimension that is not ASCII', emf([directive], { ...fields, ConsumerGroup: 'größe' })],
    ['a control character', emf([directive], { ...fields, ConsumerGroup: 'a\tb' })],
    ['101 values', emf([directive], { ...fields, LagRatio: numbers(101) })],
    ['no value', emf([directive], { ...fields, LagRatio: [] })],
    ['a text for a value', emf([directive], { ...fields, LagRatio: '2' })],
    ['NaN, which JSON writes as null', emf([directive], { ...fields, LagRatio: Number.NaN })],
    ['a number beyond all bounds', emf([directive], fields).replace('"LagRatio":2', '"LagRatio":1e999')],
    [
      '101 metrics',
      emf([{ ...directive, Metrics: numbers(101).map((i) => ({ Name: `m${i}` })) }], {
        ...fields,
        ...Object.fromEntries(numbers(101).map((i) => [`m${i}`, 1])),
      }),
    ],
    ['31 dimensions', emf([{ ...directive, Dimensions: [numbers(31).map((i) => `d${i}`)] }], fields)],
    ['a unit that it does not know', emf([{ ...directive, Metrics: [{ Name: 'LagRatio', Unit: 'Records' }] }], fields)],
    ['no time', emf([directive], fields, 'now')],
    ['a time 15 days ago', emf([directive], fields, NOW - 15 * DAY_MS)],
    ['a time tomorrow', emf([directive], fields, NOW + DAY_MS)],
    ['more than a megabyte', emf([directive], { ...fields, note: 'x'.repeat(1_100_000) })],
  ])('refuses %s, and stores nothing of it', (_, line) => {
    const cloudWatch = newCloudWatch();
    expect(() => cloudWatch.ingestEmf(line)).toThrow(/^metric data refused: /);
    expect(cloudWatch.find(ratio)).toEqual([]);
  });
});

describe('MemoryCloudWatch.publish', () => {
  const metric: Metric = {
    name: 'LagRatio',
    dimensions: { ClusterName: 'c', AlarmShard: '1', ConsumerGroup: 'größe' },
    values: [1.5],
  };

  it('stores encoded dimensions', async () => {
    const cloudWatch = newCloudWatch();
    await cloudWatch.publish([metric], NOW);
    expect(cloudWatch.find(ratio).map((series) => series.dimensions)).toEqual([
      { ClusterName: 'c', AlarmShard: '1', ConsumerGroup: 'gr%C3%B6%C3%9Fe' },
    ]);
  });

  it.each([
    ['no value', { ...metric, values: [] }],
    ['NaN', { ...metric, values: [1, Number.NaN] }],
    ['infinity', { ...metric, values: [Number.POSITIVE_INFINITY] }],
    ['a dimension that the catalogue does not have', { ...metric, dimensions: { ...metric.dimensions, Topic: 't' } }],
    ['a missing dimension', { ...metric, dimensions: { ClusterName: 'c' } }],
  ])('refuses %s', async (_, wrong) => {
    await expect(newCloudWatch().publish([wrong], NOW)).rejects.toThrow(/^metric LagRatio has /);
  });

  it('finds only series with exactly the wanted dimensions', async () => {
    const cloudWatch = newCloudWatch();
    await cloudWatch.publish([metric, { name: 'Heartbeat', dimensions: { ClusterName: 'c' }, values: [1] }], NOW);
    expect(cloudWatch.find({ ...ratio, dimensionNames: ['ClusterName'] })).toEqual([]);
    expect(cloudWatch.find({ ...ratio, namespace: 'Other' })).toEqual([]);
    expect(cloudWatch.find(ratio)).toHaveLength(1);
  });
});
