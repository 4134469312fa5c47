/**
 * The poll function as it ships, against a real broker: it publishes even where the history is out
 * of reach.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { Kafka, logLevel } from 'kafkajs';
import { expect, it } from 'vitest';
import { MemoryCloudWatch } from '#local/cloudwatch/memory-cloudwatch.ts';
import { createTopic } from '#local/workload/create-topic.ts';
import { consumerGroups, parseOffsetRows } from '#test/stand/tools.ts';
import { runLag } from '#test/support/cli/run-lag.ts';
import { useKafka } from '#test/support/kafka/kafka.ts';
import { callBundle } from '#test/support/stack/bundles.ts';

const kafka = useKafka();

/** 30 records on one partition of which the group has read 10, and a partition with nothing. */
async function lagOf20(): Promise<void> {
  const client = new Kafka({ brokers: [kafka().bootstrap], logLevel: logLevel.NOTHING });
  await createTopic(kafka().bootstrap, 'orders', 2);
  const [producer, admin] = [client.producer(), client.admin()];
  try {
    await Promise.all([producer.connect(), admin.connect()]);
    const messages = Array.from({ length: 30 }, (_, i) => ({ value: `${i}`, partition: 0 }));
    await producer.send({ topic: 'orders', messages });
    const partitions = [0, 1].map((partition) => ({ partition, offset: partition === 0 ? '10' : '0' }));
    await admin.setOffsets({ groupId: 'billing', topic: 'orders', partitions });
  } finally {
    await Promise.all([producer.disconnect(), admin.disconnect()]);
  }
}

it('is done in time when S3 accepts and never answers, as in a VPC without its endpoint', async () => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const { bootstrap } = kafka();
  try {
    const settings = {
      clusterName: 'prod',
      bootstrapBrokers: bootstrap,
      auth: 'plaintext',
      historyBucket: 'b',
    } as const;
    const call = { name: 'poll', event: {}, settings, endpoint: `http://127.0.0.1:${port}` };
    const { result, lines } = await callBundle(call);

    expect(lines.some((line) => line.includes('Heartbeat'))).toBe(true);
    expect(result).toMatchObject({ problems: [{ id: 'history-unread' }] });
  } finally {
    silent.close();
  }
});

it('publishes EMF that CloudWatch takes, with the lag that the official tool sees', async () => {
  await lagOf20();
  const { bootstrap } = kafka();
  const settings = {
    clusterName: 'prod',
    bootstrapBrokers: bootstrap,
    auth: 'plaintext',
    historyBucket: 'bucket',
    // How old the records are by now depends on the machine.
    defaultThreshold: { ageSeconds: 'none' },
  } as const;
  const { result, lines } = await callBundle({ name: 'poll', event: {}, settings });
  const documents = lines.filter((line) => line.includes('CloudWatchMetrics'));
  const cloudwatch = new MemoryCloudWatch({ nowMs: () => Date.now() });
  for (const document of documents) cloudwatch.ingestEmf(document);
  const values = documents.map((document) => JSON.parse(document));
  const tool = parseOffsetRows(await consumerGroups(kafka(), ['--describe', '--offsets', '--group', 'billing']));

  expect(result).toMatchObject({
    groups: 1,
    coverage: 1,
    groupsUnreadable: 0,
    problems: [{ id: 'history-unread' }],
  });
  expect(values).toContainEqual(expect.objectContaining({ ConsumerGroup: 'billing', LagRatio: 20 / 100_000 }));
  expect(values).toContainEqual(
    expect.objectContaining({ ConsumerGroup: 'billing', PartitionLag: tool.map((row) => row.lag) }),
  );
  expect(tool.map((row) => row.lag)).toEqual([20, 0]);
});

it('is what lag poll prints', async () => {
  const { code, stdout, stderr } = await runLag(['poll', '--bootstrap', kafka().bootstrap, '--lag-threshold', '10']);
  const documents = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(documents).toContainEqual(
    expect.objectContaining({ ClusterName: 'local', ConsumerGroup: 'billing', LagRatio: 2 }),
  );
});
