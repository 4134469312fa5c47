/**
 * Both sinks against a CloudWatch of another project: it returns what was published.
 *
 * moto takes no log events, so EMF documents are read by the stand's parser and handed over as
 * CloudWatch Logs would.
 */
import { CloudWatchClient, GetMetricStatisticsCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEmfPublisher } from '#adapters/cloudwatch/emf-publisher.ts';
import { createPutMetricPublisher } from '#adapters/cloudwatch/put-metric-publisher.ts';
import { dimensionValue, type Metric, NAMESPACE } from '#core/metrics/catalogue.ts';
import type { MetricsPublisher } from '#core/ports.ts';
import { parseEmf } from '#local/cloudwatch/emf.ts';
import { type Moto, startMoto } from './moto.ts';

const AT_MS = Math.floor(Date.now() / 60_000) * 60_000 - 61_234;
const STATISTICS = ['Sum', 'Maximum', 'Minimum', 'SampleCount', 'Average'] as const;

const group = (ConsumerGroup: string) => ({ ClusterName: 'prod', ConsumerGroup });
const lags = (Topic: string, partitions: number, distinct: number): Metric => ({
  name: 'TopicLag',
  dimensions: { ...group('orders'), Topic },
  values: Array.from({ length: partitions }, (_, i) => i % distinct),
});

/** Whole numbers and halves, so that no sum depends on the order. */
const METRICS_OF_A_POLL: readonly Metric[] = [
  ...Array.from(
    { length: 150 },
    (_, i): Metric => ({ name: 'LagRatio', dimensions: { ...group(`group-${i}`), AlarmShard: '1' }, values: [i / 2] }),
  ),
  { name: 'TimeLagSeconds', dimensions: group('a\n{"_aws":1} ö'), values: [12.5] },
  lags('one', 1, 1),
  lags('equal', 500, 1),
  lags('many', 1_000, 333),
  { name: 'Heartbeat', dimensions: { ClusterName: 'prod' }, values: [1] },
];

/** What was published, worked out from the metrics themselves. */
const expected = METRICS_OF_A_POLL.map(({ values }) => {
  const sum = values.reduce((total, value) => total + value, 0);
  const [maximum, minimum] = [Math.max(...values), Math.min(...values)];
  return { Sum: sum, Maximum: maximum, Minimum: minimum, SampleCount: values.length, Average: sum / values.length };
});

const SINKS: readonly [string, (moto: Moto, client: CloudWatchClient) => MetricsPublisher][] = [
  ['put-metric-data', ({ config }) => createPutMetricPublisher({ client: config })],
  ['emf', (_, client) => emfOver(client)],
];

describe.each(SINKS)('sink %s', (_, publisherOf) => {
  let moto: Moto;
  let client: CloudWatchClient;

  beforeAll(async () => {
    moto = await startMoto();
    client = new CloudWatchClient(moto.config);
  });
  afterAll(async () => {
    client?.destroy();
    await moto?.stop();
  });

  it('gives moto the numbers of every metric, each once', async () => {
    await publisherOf(moto, client).publish(METRICS_OF_A_POLL, AT_MS);

    const read = [];
    for (const metric of METRICS_OF_A_POLL) read.push(await statisticsOf(client, metric));
    expect(read).toEqual(expected);
  });
});

function emfOver(client: CloudWatchClient): MetricsPublisher {
  return {
    async publish(metrics, atMs) {
      const lines: string[] = [];
      await createEmfPublisher({ write: (line) => void lines.push(line) }).publish(metrics, atMs);
      for (const datum of lines.flatMap(parseEmf)) {
        const Dimensions = Object.entries(datum.dimensions).map(([Name, Value]) => ({ Name, Value }));
        const Timestamp = new Date(datum.atMs);
        const MetricData = [{ MetricName: datum.name, Dimensions, Timestamp, Values: [...datum.values] }];
        await client.send(new PutMetricDataCommand({ Namespace: datum.namespace, MetricData }));
      }
    },
  };
}

async function statisticsOf(client: CloudWatchClient, { name, dimensions }: Metric) {
  const minute = Math.floor(AT_MS / 60_000) * 60_000;
  const { Datapoints } = await client.send(
    new GetMetricStatisticsCommand({
      Namespace: NAMESPACE,
      MetricName: name,
      Dimensions: Object.entries(dimensions).map(([Name, value]) => ({ Name, Value: dimensionValue(value) })),
      StartTime: new Date(minute),
      EndTime: new Date(minute + 60_000),
      Period: 60,
      Statistics: [...STATISTICS],
    }),
  );
  const [point] = Datapoints ?? [];
  expect(Datapoints, `${name} of ${JSON.stringify(dimensions)}`).toHaveLength(1);
  return Object.fromEntries(STATISTICS.map((statistic) => [statistic, point?.[statistic]]));
}
