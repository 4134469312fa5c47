/**
 * `lag describe --json` against the official tool of the same Kafka, row for row, on groups of
 * every kind.
 */
import { Admin, MessagesStreamModes, Consumer as NewConsumer } from '@platformatic/kafka';
import { type Consumer, Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { consumerGroups, parseOffsetRows, parseStates, topics } from '#test/stand/tools.ts';
import { runLag } from '#test/support/cli/run-lag.ts';
import { type DescribedGroup, rowOf, rowsOf } from '#test/support/groups/described.ts';
import { useKafka } from '#test/support/kafka/kafka.ts';
import { waitUntil } from '#test/support/wait-until.ts';

const kafka = useKafka();
const closing: (() => Promise<unknown>)[] = [];
const TOPICS = { orders: 12, payments: 10, audit: 8, small: 2 };
const AGE = expect.stringMatching(/^(≥ )?\d/);
const ODD_NAME = 'team a: billing';

beforeAll(async () => {
  const client = new Kafka({
    clientId: 'oracle',
    brokers: [kafka().bootstrap],
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 50, retries: 10 },
  });
  const admin = client.admin();
  await admin.connect();
  await admin.createTopics({
    topics: Object.entries(TOPICS).map(([topic, numPartitions]) => ({ topic, numPartitions })),
  });
  await produce(client);
  await makeEmptyGroups();
  const live = await Promise.all(['one', 'two', 'three'].map((name) => join(name, 'live orders', 'orders')));
  await live[0]?.commitOffsets(commits('orders', 12, (partition) => partition % 5));
  await Promise.all(['a', 'b', 'c'].map((name) => join(name, 'more members than partitions', 'small')));
  await admin.disconnect();
  await joinNewProtocol('kip-848', 'payments');
}, 60_000);

afterAll(async () => {
  await Promise.all(closing.map((close) => close()));
});

test('describe --json equals the official tool, row for row', async () => {
  await waitUntil('the official tool sees all groups settled', async () => {
    const states = [...(await officialStates()).values()];
    return states.length === 7 && states.every((state) => state === 'Stable' || state === 'Empty');
  });
  const official = parseOffsetRows(await consumerGroups(kafka(), ['--describe', '--offsets', '--all-groups']));
  const states = await officialStates();

  const run = await runLag(['describe', '--json', '--bootstrap', kafka().bootstrap]);

  expect(run.stderr).toBe('');
  expect(run.code).toBe(0);
  const ours: DescribedGroup[] = JSON.parse(run.stdout);
  expect(ours.flatMap(rowsOf).sort()).toEqual(official.map(rowOf).sort());
  expect(new Map(ours.map((group) => [group.group, group.state]))).toEqual(states);
  expect(ours.length).toBeGreaterThanOrEqual(5);
  expect(official.filter((row) => row.partition !== undefined).length).toBeGreaterThanOrEqual(30);
});

test('describe creates no topic', async () => {
  const listed = (await topics(kafka(), ['--list'])).split('\n');

  expect(listed.sort()).toEqual(['__consumer_offsets', ...Object.keys(TOPICS)].sort());
});

test('describe --group reads that group alone, under a name with spaces and a colon', async () => {
  const run = await runLag(['describe', '--json', '--bootstrap', kafka().bootstrap, '--group', ODD_NAME]);

  const groups: DescribedGroup[] = JSON.parse(run.stdout);
  expect(run.code).toBe(0);
  expect(groups.map((group) => group.group)).toEqual([ODD_NAME]);
  expect(groups[0]?.rows.length).toBe(8);
});

test('describe prints the columns of the official tool and the state', async () => {
  const run = await runLag(['describe', '--bootstrap', kafka().bootstrap, '--group', ODD_NAME]);

  const [head, first, ...others] = run.stdout.trimEnd().split('\n');
  expect(head?.split(/\s+/).join(' ')).toBe(
    'GROUP TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG AGE CONSUMER-ID HOST CLIENT-ID STATE KIND',
  );
  expect(first?.split(/\s{2,}/)).toEqual([
    ODD_NAME,
    'audit',
    '0',
    '0',
    '7',
    '7',
    AGE,
    '-',
    '-',
    '-',
    'Empty',
    'simple',
  ]);
  expect(others.length).toBe(7);
});

test('describe names a group that does not exist, and reads the others', async () => {
  const run = await runLag(['describe', '--json', '--bootstrap', kafka().bootstrap, '-g', 'nobody', '-g', ODD_NAME]);

  const groups: DescribedGroup[] = JSON.parse(run.stdout);
  expect(run.code).toBe(3);
  expect(run.stderr).toMatch(/^lag: group "nobody" could not be read: the cluster knows no such group.*\n$/);
  expect(groups.map((group) => group.rows.length)).toEqual([0, 8]);
  expect(groups[0]?.state).toHaveProperty('unknown');
});

const officialStates = async () =>
  parseStates(await consumerGroups(kafka(), ['--describe', '--state', '--all-groups']));

/** Partition p of every topic holds 7 + p records. */
async function produce(client: Kafka): Promise<void> {
  const producer = client.producer();
  await producer.connect();
  for (const [topic, partitions] of Object.entries(TOPICS)) {
    const messages = Array.from({ length: partitions }, (_, partition) =>
      Array.from({ length: 7 + partition }, () => ({ partition, value: 'x' })),
    );
    await producer.send({ topic, messages: messages.flat() });
  }
  await producer.disconnect();
}

async function makeEmptyGroups(): Promise<void> {
  const admin = new Admin({ clientId: 'commits', bootstrapBrokers: [kafka().bootstrap], retries: 50, retryDelay: 200 });
  const commit = (groupId: string, topic: string, partitions: number[]) =>
    admin.alterConsumerGroupOffsets({
      groupId,
      topics: [
        { name: topic, partitionOffsets: partitions.map((partition) => ({ partition, offset: BigInt(partition) })) },
      ],
    });
  await commit('empty with lag', 'payments', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  await commit('partly committed', 'payments', [1, 4]);
  await commit('partly committed', 'orders', [0, 11]);
  await commit('unread', 'small', [0]);
  await commit(ODD_NAME, 'audit', [0, 1, 2, 3, 4, 5, 6, 7]);
  await admin.close();
}

const commits = (topic: string, count: number, offsetOf: (partition: number) => number) =>
  Array.from({ length: count }, (_, partition) => ({ topic, partition, offset: String(offsetOf(partition)) }));

/** A member that reads and never commits by itself; resolves when it has joined. */
async function join(clientId: string, groupId: string, topic: string): Promise<Consumer> {
  const client = new Kafka({ clientId, brokers: [kafka().bootstrap], logLevel: logLevel.NOTHING });
  const consumer = client.consumer({
    groupId,
    heartbeatInterval: 200,
    sessionTimeout: 10_000,
    maxWaitTimeInMs: 100,
    retry: { initialRetryTime: 50, retries: 10 },
  });
  await consumer.connect();
  closing.push(() => consumer.disconnect());
  await consumer.subscribe({ topic, fromBeginning: true });
  const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
  await consumer.run({ autoCommit: false, eachMessage: async () => {} });
  await joined;
  return consumer;
}

/**
 * A member under the KIP-848 protocol, which kafkajs does not speak; resolves when it owns all
 * partitions.
 */
async function joinNewProtocol(groupId: string, topic: 'payments'): Promise<void> {
  const bootstrapBrokers = [kafka().bootstrap];
  const consumer = new NewConsumer({ clientId: 'new', groupId, groupProtocol: 'consumer', bootstrapBrokers });
  closing.push(() => consumer.close(true));
  await consumer.consume({ topics: [topic], mode: MessagesStreamModes.LATEST, autocommit: false });
  await waitUntil('all partitions are assigned', () => consumer.assignments?.[0]?.partitions.length === TOPICS[topic]);
}
