/**
 * A reading of a real cluster of three brokers: whole while they live, and less one part when one
 * hangs or dies.
 */
import { Admin, Producer } from '@platformatic/kafka';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createBatchReader } from '#adapters/kafka/batch-reader.ts';
import type { ClusterReading, PartitionReading } from '#core/kafka/model.ts';
import type { OffsetsReader } from '#core/ports.ts';
import { useKafka } from '#test/support/kafka/kafka.ts';
import { waitUntil } from '#test/support/wait-until.ts';

const GROUPS = 40;
const PARTITIONS = 6;
/**
 * DescribeCluster, Metadata twice; and of each broker groups, commits, descriptions, ends, last
 * stable offsets, starts.
 */
const MOST_REQUESTS = 3 + 3 * 6;
const TIMEOUT_MS = 6_000;

const kafka = useKafka({ brokers: 3 });
let reader: OffsetsReader;
let leaders: readonly number[];

beforeAll(async () => {
  const bootstrapBrokers = kafka().bootstrap.split(',');
  const admin = new Admin({ clientId: 'setup', bootstrapBrokers, retries: 50, retryDelay: 200 });
  // One replica, so that a partition dies with its broker.
  await admin.createTopics({ topics: ['single'], partitions: PARTITIONS, replicas: 1 });
  await waitUntil('all partitions have a leader', async () => {
    const { topics } = await admin.metadata({ topics: ['single'], forceUpdate: true });
    leaders = (topics.get('single')?.partitions ?? []).map((partition) => partition.leader);
    return leaders.length === PARTITIONS && leaders.every((leader) => leader > 0);
  });
  const partitionOffsets = Array.from({ length: PARTITIONS }, (_, partition) => ({ partition, offset: 1n }));
  for (let index = 0; index < GROUPS; index++) {
    await admin.alterConsumerGroupOffsets({
      groupId: `group-${index}`,
      topics: [{ name: 'single', partitionOffsets }],
    });
  }
  await admin.close();
  const producer = new Producer({ clientId: 'setup', bootstrapBrokers });
  const records = Array.from({ length: 3 * PARTITIONS }, (_, index) => index % PARTITIONS);
  const value = Buffer.from('x');
  await producer.send({ messages: records.map((partition) => ({ topic: 'single', partition, value })), acks: -1 });
  await producer.close();
  const clock = { nowMs: () => Date.now() };
  reader = createBatchReader({ bootstrapBrokers: kafka().bootstrap, auth: 'plaintext', timeoutMs: TIMEOUT_MS, clock });
}, 60_000);

afterAll(() => reader?.close());

test('a whole cluster is read with a number of requests bound by its brokers', async () => {
  const reading = await reader.read();

  expect(reading.problems).toEqual([]);
  expect(reading.unreadableGroups).toEqual([]);
  expect(reading.groups.length).toBe(GROUPS);
  expect(reading.requests).toBeLessThanOrEqual(MOST_REQUESTS);
  const offsets = reading.groups.flatMap((group) => group.partitions.map(offsetsOf));
  expect(new Set(offsets)).toEqual(new Set(['1 0 3']));
  expect(offsets.length).toBe(GROUPS * PARTITIONS);
});

test('a broker that hangs costs its own part within the deadline, and is whole again in a later reading', async () => {
  const hanging = 2;
  const pid = kafka().pids[hanging - 1] ?? 0;
  process.kill(pid, 'SIGSTOP');
  const startedAt = performance.now();
  const during = await reader.read().finally(() => process.kill(pid, 'SIGCONT'));

  expect(performance.now() - startedAt).toBeLessThan(TIMEOUT_MS + 1_000);
  expect(during.problems.map(({ broker }) => broker)).toContain(kafka().bootstrap.split(',')[hanging - 1]);
  expect(during.groups.length).toBeGreaterThan(0);
  expect(during.groups.length).toBeLessThan(GROUPS);
  await waitUntil(
    'a whole reading',
    async () => {
      const { groups, problems } = await reader.read();
      const known = groups.flatMap((group) => group.partitions.map(offsetsOf)).filter((text) => text === '1 0 3');
      return problems.length === 0 && groups.length === GROUPS && known.length === GROUPS * PARTITIONS;
    },
    30_000,
  );
}, 60_000);

test('a dead broker costs its own partitions, and is named', async () => {
  const dead = 3;
  const address = kafka().bootstrap.split(',')[dead - 1];
  process.kill(kafka().pids[dead - 1] ?? 0, 'SIGKILL');

  const startedAt = performance.now();
  const during = await reader.read();

  expect(performance.now() - startedAt).toBeLessThan(TIMEOUT_MS);
  expect(during.problems.map(({ broker }) => broker)).toContain(address);
  expect(during.groups.length).toBeGreaterThan(0);
  expectOnlyPartitionsOf(dead, during);

  // Its groups are found again when another broker has taken over their offsets.
  let after = during;
  await waitUntil(
    'all groups have a coordinator again',
    async () => {
      after = await reader.read();
      return after.groups.length === GROUPS;
    },
    40_000,
  );
  expectOnlyPartitionsOf(dead, after);
}, 60_000);

const offsetsOf = ({ committedOffset, logStartOffset, logEndOffset }: PartitionReading): string =>
  [committedOffset, logStartOffset, logEndOffset].map((r) => (r.kind === 'known' ? r.value : r.kind)).join(' ');

/** Ends are unknown where the dead broker led, and only there; commits are known everywhere. */
function expectOnlyPartitionsOf(dead: number, reading: ClusterReading): void {
  for (const group of reading.groups) {
    for (const partition of group.partitions) {
      const expected = leaders[partition.partition] === dead ? '1 unknown unknown' : '1 0 3';
      expect(offsetsOf(partition)).toBe(expected);
    }
  }
  expect(leaders).toContain(dead);
}
