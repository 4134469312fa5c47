import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createEmfPublisher } from '#adapters/cloudwatch/emf-publisher.ts';
import { createPutMetricPublisher } from '#adapters/cloudwatch/put-metric-publisher.ts';
import { type Metric, NAMESPACE } from '#core/metrics/catalogue.ts';
import { PublishError } from '#core/metrics/publish-error.ts';
import { parseSettings } from '#core/settings.ts';
import { metricsOf } from '#functions/support/aws.ts';
import { MemoryCloudWatch } from '#local/cloudwatch/memory-cloudwatch.ts';
import { type CloudWatchDouble, startCloudWatchDouble } from '#test/support/aws/cloudwatch-double.ts';
import { AT_MS, lagsOf, metricsPublisherContract, statisticsOf } from './metrics-publisher.contract.ts';

const newCloudWatch = () => new MemoryCloudWatch({ nowMs: () => AT_MS + 60_000 });

function emfWorld() {
  const cloudWatch = newCloudWatch();
  return { cloudWatch, publisher: createEmfPublisher({ write: (line) => void cloudWatch.ingestEmf(line) }) };
}

metricsPublisherContract('as the twin', async () => {
  const cloudWatch = newCloudWatch();
  return { cloudWatch, publisher: cloudWatch };
});
metricsPublisherContract('EMF', async () => emfWorld());

describe('over HTTP', () => {
  let cloudWatch: MemoryCloudWatch;
  let double: CloudWatchDouble;

  beforeEach(async () => {
    cloudWatch = newCloudWatch();
    double = await startCloudWatchDouble(cloudWatch);
  });
  afterEach(() => double?.stop());

  const publisher = () => createPutMetricPublisher({ client: double.config });
  const publish = (metrics: readonly Metric[]) => publisher().publish(metrics, AT_MS);

  metricsPublisherContract('PutMetricData', async () => ({ cloudWatch, publisher: publisher() }));

  const ratios = (count: number, from = 0): Metric[] =>
    Array.from({ length: count }, (_, i) => ({
      name: 'ConsumeRate',
      dimensions: { ClusterName: 'prod', ConsumerGroup: `g${from + i}` },
      values: [from + i + 1],
    }));
  const ofGroup = (i: number) =>
    statisticsOf(cloudWatch, 'ConsumeRate', { ClusterName: 'prod', ConsumerGroup: `g${i}` }).SampleCount;
  const topic = (name: string, values: readonly number[]): Metric => ({
    name: 'TopicLag',
    dimensions: { ClusterName: 'prod', ConsumerGroup: 'g', Topic: name },
    values,
  });
  const range = (count: number) => Array.from({ length: count }, (_, i) => i);
  const failureOf = async (published: Promise<void>): Promise<PublishError> => {
    const thrown = await published.then(
      () => undefined,
      (error: unknown) => error,
    );
    if (thrown instanceof PublishError) return thrown;
    throw new Error(`expected a PublishError, got ${String(thrown)}`);
  };

  it('gives CloudWatch the same numbers as EMF does', async () => {
    const emf = emfWorld();
    const metrics = [...ratios(20), lagsOf(500, 333), topic('hostile\u0000ö', range(151))];

    await emf.publisher.publish(metrics, AT_MS);
    await publish(metrics);

    for (const { name, dimensions } of metrics) {
      const stored = Object.fromEntries(
        Object.entries(dimensions).map(([key, value]) => [
          key,
          value === 'hostile\u0000ö' ? 'hostile%00%C3%B6' : value,
        ]),
      );
      const read = statisticsOf(cloudWatch, name, stored);
      expect(read).toEqual(statisticsOf(emf.cloudWatch, name, stored));
      expect(read.SampleCount).toBeGreaterThan(0);
    }
  });

  it.each([
    ['emf', 0, 1],
    ['put-metric-data', 1, 0],
  ] as const)('is what the functions use when their settings say so: %s', async (metricsSink, calls, lines) => {
    const { endpoint, region, credentials } = double.config;
    vi.stubEnv('AWS_ENDPOINT_URL', endpoint);
    vi.stubEnv('AWS_REGION', region);
    vi.stubEnv('AWS_ACCESS_KEY_ID', credentials.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey);
    const stdout = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    onTestFinished(() => void vi.unstubAllEnvs());
    onTestFinished(() => stdout.mockRestore());

    const settings = parseSettings({ clusterName: 'prod', bootstrapBrokers: 'b:9098', metricsSink });
    await metricsOf(settings).publish(ratios(1), AT_MS);

    const written = stdout.mock.calls.filter(([text]) => String(text).includes('ConsumeRate'));
    expect([double.calls.length, written.length]).toEqual([calls, lines]);
  });

  describe('keeps to the limits of a call', () => {
    it('sends 1,000 data a call, and at most 150 different values a datum', async () => {
      await publish([...ratios(998), topic('t', range(301)), ...ratios(2, 998)]);

      expect(double.calls.map(({ distinctValues }) => distinctValues.length)).toEqual([998, 5]);
      expect(double.calls[1]?.distinctValues).toEqual([150, 150, 1, 1, 1]);
    });

    it('sends no body above 1 MB', async () => {
      const metrics = Array.from({ length: 900 }, (_, i) =>
        topic(
          `topic-${i}`,
          range(150).map((value) => value + 1e9 + i),
        ),
      );

      await publish(metrics);

      expect(double.calls.length).toBe(2);
      for (const { bytes } of double.calls) expect(bytes).toBeLessThanOrEqual(1_000_000);
      expect(double.calls[0]?.bytes).toBeGreaterThan(900_000);
    });

    it('spreads over calls the one metric that is more than a call takes', async () => {
      const values = range(150_001).map((value) => value * 8);

      await publish([topic('t', values)]);

      expect(double.calls.length).toBeGreaterThan(1);
      const { SampleCount, Maximum } = statisticsOf(cloudWatch, 'TopicLag', topic('t', []).dimensions);
      expect({ SampleCount, Maximum }).toEqual({ SampleCount: 150_001, Maximum: 1_200_000 });
    });

    it('compresses what is longer than 10 KB', async () => {
      await publish(ratios(10));
      await publish(ratios(500));

      const [small, large] = double.calls;
      expect(small).toMatchObject({ encoding: undefined });
      expect(large).toMatchObject({ encoding: 'gzip' });
      expect(large?.sentBytes).toBeLessThan((large?.bytes ?? 0) / 10);
    });
  });

  describe('counts nothing twice', () => {
    it('does not send again what was taken without an answer', async () => {
      double.troubles.push('lose');

      const { message, uncertain, unpublished } = await failureOf(publish(ratios(3)));

      expect(double.calls).toHaveLength(1);
      expect(ofGroup(0)).toBe(1);
      expect(uncertain).toHaveLength(3);
      expect(unpublished).toEqual([]);
      expect(message).toMatch(
        /^of 3 metrics 0 were published, 3 may have been \(3 ConsumeRate\): \S+: .*(hang up|reset)/i,
      );
    });

    it('would, with a client that repeats by itself', async () => {
      double.troubles.push('lose');
      const client = new CloudWatchClient(double.config);
      const Dimensions = [{ Name: 'ClusterName', Value: 'prod' }];
      const datum = { MetricName: 'Heartbeat', Dimensions, Timestamp: new Date(AT_MS), Values: [1], Counts: [1] };
      const MetricData = [{ ...datum, Unit: 'Count' as const }];
      await client.send(new PutMetricDataCommand({ Namespace: NAMESPACE, MetricData }));
      client.destroy();

      expect(statisticsOf(cloudWatch, 'Heartbeat', { ClusterName: 'prod' }).SampleCount).toBe(2);
    });

    it.each([500, 502, 503, 504])('does not send again what the server failed at with %i', async (status) => {
      double.troubles.push({ answer: [status, 'InternalServiceFault'] });

      const { uncertain } = await failureOf(publish(ratios(2)));

      expect(double.calls).toHaveLength(1);
      expect(uncertain).toHaveLength(2);
    });

    it.each([
      [400, 'ThrottlingException'],
      [400, 'Throttling'],
      [429, 'TooManyRequestsException'],
    ])('sends again what was throttled (%i %s)', async (status, type) => {
      double.troubles.push({ answer: [status, type] }, { answer: [status, type] });

      await publish(ratios(2));

      expect(double.calls).toHaveLength(3);
      expect([ofGroup(0), ofGroup(1)]).toEqual([1, 1]);
    });

    it('opens a connection for each call, since one that ended meanwhile looks like a call that was lost', async () => {
      await publish(ratios(1_001));

      expect(double.calls.map(({ connection }) => connection)).toEqual(['close', 'close']);
    });
  });

  describe('reports what was not published', () => {
    it('goes on after a call that was refused, and names how many metrics it held', async () => {
      double.troubles.push(undefined, { answer: [400, 'InvalidParameterValueException'] });

      const { message, unpublished } = await failureOf(
        publish([...ratios(1_500), lagsOf(400, 400), ...ratios(600, 1_500)]),
      );

      expect(double.calls).toHaveLength(3);
      expect(unpublished).toHaveLength(1_000 - 2);
      expect(message).toMatch(
        /^of 2101 metrics 1103 were published, 998 were not \(997 ConsumeRate, 1 TopicLag\): InvalidParameterValueException: /,
      );
      expect([ofGroup(999), ofGroup(1_000), ofGroup(2_099)]).toEqual([1, undefined, 1]);
    });

    it('stops after three attempts that were throttled', async () => {
      const throttled = { answer: [400, 'ThrottlingException'] } as const;
      double.troubles.push(undefined, throttled, throttled, throttled);

      const { message, unpublished, uncertain } = await failureOf(publish(ratios(2_500)));

      expect(double.calls).toHaveLength(4);
      expect([unpublished.length, uncertain.length]).toEqual([1_500, 0]);
      expect(message).toMatch(
        /^of 2500 metrics 1000 were published, 1500 were not \(1500 ConsumeRate\): ThrottlingException/,
      );
    });

    it('stops after a call without an answer, and keeps the three kinds apart', async () => {
      double.troubles.push(undefined, 'lose');

      const { message, uncertain } = await failureOf(publish(ratios(2_100)));

      expect(double.calls).toHaveLength(2);
      expect(uncertain[0]?.dimensions.ConsumerGroup).toBe('g1000');
      expect(message).toMatch(/1000 were published, 1000 may have been \(.*\), 100 were not/);
    });

    it('says what a function in a VPC may lack when CloudWatch cannot be reached', async () => {
      await double.stop();

      const { message } = await failureOf(publish(ratios(1)));

      expect(message).toMatch(
        /0 were published, 1 were not .*ECONNREFUSED.*; from a VPC this needs an interface endpoint/,
      );
      double = await startCloudWatchDouble(cloudWatch);
    });

    it('sends nothing without credentials, and says so', async () => {
      const client = { ...double.config, credentials: () => Promise.reject(new Error('no credentials here')) };
      const error = await failureOf(createPutMetricPublisher({ client }).publish(ratios(1), AT_MS));

      expect(double.calls).toEqual([]);
      expect(error.message).toMatch(
        /^of 1 metrics 0 were published, 1 were not \(1 ConsumeRate\): \S+: no credentials here$/,
      );
    });
  });
});
