import { describe, expect, it } from 'vitest';
import { createEmfPublisher } from '#adapters/cloudwatch/emf-publisher.ts';
import type { Metric } from '#core/metrics/catalogue.ts';

/** A recent time: CloudWatch does not accept old ones. */
const atMs = Date.now() - 61_234;
const cluster = { ClusterName: 'prod' };
const group = { ...cluster, ConsumerGroup: 'orders' };

async function publish(metrics: readonly Metric[], at = atMs) {
  const lines: string[] = [];
  await createEmfPublisher({ write: (line) => lines.push(line) }).publish(metrics, at);
  return lines;
}

const documents = async (metrics: readonly Metric[], at?: number) =>
  (await publish(metrics, at)).map((line) => JSON.parse(line));

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('createEmfPublisher', () => {
  it('writes one document per set of dimensions, and adds no dimension', async () => {
    const written = await documents([
      { name: 'TimeLagSeconds', dimensions: group, values: [1.5] },
      { name: 'GroupsRead', dimensions: cluster, values: [3] },
      { name: 'Heartbeat', dimensions: cluster, values: [1] },
    ]);

    const aws = (Dimensions: string[], Metrics: object[]) => ({
      Timestamp: atMs,
      CloudWatchMetrics: [{ Namespace: 'MskLagWatcher', Dimensions: [Dimensions], Metrics }],
    });
    expect(written).toStrictEqual([
      {
        _aws: aws(['ClusterName', 'ConsumerGroup'], [{ Name: 'TimeLagSeconds', Unit: 'Seconds' }]),
        ClusterName: 'prod',
        ConsumerGroup: 'orders',
        TimeLagSeconds: 1.5,
      },
      {
        _aws: aws(
          ['ClusterName'],
          [
            { Name: 'GroupsRead', Unit: 'Count' },
            { Name: 'Heartbeat', Unit: 'Count' },
          ],
        ),
        ClusterName: 'prod',
        GroupsRead: 3,
        Heartbeat: 1,
      },
    ]);
  });

  it.each([1, 99, 100, 101, 250])(
    'publishes %i values of one metric with one time, at most 100 in a document',
    async (n) => {
      const dimensions = { ...group, Topic: 't' };

      const written = await documents([{ name: 'TopicLag', dimensions, values: range(n) }]);

      const values = written.map((document) => [document.TopicLag].flat());
      expect(values.flat()).toEqual(range(n));
      expect(values.map((part) => part.length)).toEqual(
        [...Array(Math.floor(n / 100)).fill(100), n % 100].filter(Boolean),
      );
      for (const document of written) expect(document).toMatchObject({ _aws: { Timestamp: atMs }, ...dimensions });
    },
  );

  it('encodes hostile names, so that no line ends early and no dimension is empty', async () => {
    const dimensions = { ClusterName: 'prod', ConsumerGroup: 'a\n{"_aws":1} ö', Topic: '' };

    const lines = await publish([{ name: 'TopicLag', dimensions, values: [1] }]);

    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain('\n');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ ConsumerGroup: 'a%0A{"_aws":1}%20%C3%B6', Topic: '%' });
  });

  it('separates groups that differ in one dimension, for any order of the keys', async () => {
    const written = await documents([
      { name: 'TimeLagSeconds', dimensions: { ConsumerGroup: 'a', ClusterName: 'prod' }, values: [1] },
      { name: 'TimeLagSeconds', dimensions: { ClusterName: 'prod', ConsumerGroup: 'b' }, values: [2] },
      { name: 'ProduceRate', dimensions: { ClusterName: 'prod', ConsumerGroup: 'a' }, values: [3] },
    ]);

    expect(written).toMatchObject([
      { ConsumerGroup: 'a', TimeLagSeconds: 1, ProduceRate: 3 },
      { ConsumerGroup: 'b', TimeLagSeconds: 2 },
    ]);
  });

  it('writes nothing for no metrics, and a whole number of milliseconds', async () => {
    expect(await publish([])).toEqual([]);
    expect(await documents([{ name: 'Heartbeat', dimensions: cluster, values: [1] }], atMs + 0.7)).toMatchObject([
      { _aws: { Timestamp: atMs } },
    ]);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses the value %s and writes none of the metrics',
    async (value) => {
      const lines: string[] = [];
      const publisher = createEmfPublisher({ write: (line) => lines.push(line) });

      const published = publisher.publish(
        [
          { name: 'Heartbeat', dimensions: cluster, values: [1] },
          { name: 'TimeLagSeconds', dimensions: group, values: [value] },
        ],
        atMs,
      );

      await expect(published).rejects.toThrow(/TimeLagSeconds/);
      expect(lines).toEqual([]);
    },
  );

  it('publishes the same metrics again without traces of the first time', async () => {
    const lines: string[] = [];
    const publisher = createEmfPublisher({ write: (line) => lines.push(line) });
    const metrics: Metric[] = [{ name: 'TopicLag', dimensions: { ...group, Topic: 't' }, values: range(100) }];

    await publisher.publish(metrics, atMs);
    await publisher.publish(metrics, atMs);

    expect(lines).toHaveLength(2);
    expect(lines[0]).toBe(lines[1]);
  });
});
