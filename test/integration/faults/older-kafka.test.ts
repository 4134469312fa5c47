/**
 * A cluster of Kafka 2.8.2, the protocol of MSK Serverless, against the official tool of that
 * Kafka, row for row.
 */
import { Admin, Producer } from '@platformatic/kafka';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createBatchReader } from '#adapters/kafka/batch-reader.ts';
import type { Check } from '#adapters/kafka/check/check.ts';
import { systemClock } from '#adapters/system/clock.ts';
import type { GroupReading } from '#core/kafka/model.ts';
import { knownValue } from '#core/kafka/reading.ts';
import type { OffsetsReader } from '#core/ports.ts';
import { createTopic } from '#local/workload/create-topic.ts';
import type { WorkloadProcess } from '#local/workload/program.ts';
import { startConsumer } from '#local/workload/start.ts';
import { consumerGroups, parseOffsetRows, parseStates } from '#test/stand/tools.ts';
import { runLag } from '#test/support/cli/run-lag.ts';
import { type DescribedGroup, rowOf, rowsOf } from '#test/support/groups/described.ts';
import { useKafka } from '#test/support/kafka/kafka.ts';
import { waitUntil } from '#test/support/wait-until.ts';

const BROKERS = 3;
const PARTITIONS = 6;
/** More than are asked about at once. */
const EMPTY_GROUPS = 60;
const ODD_NAME = 'team a: billing';
/** With the odd one, the one that committed in part, and the one with members. */
const GROUPS = EMPTY_GROUPS + 3;

const kafka = useKafka({ brokers: BROKERS, version: '2.8.2' });
const running: WorkloadProcess[] = [];
let reader: OffsetsReader;

beforeAll(async () => {
  const { bootstrap } = kafka();
  const bootstrapBrokers = bootstrap.split(',');
  await createTopic(bootstrap, 'orders', PARTITIONS);
  const producer = new Producer({ clientId: 'setup', bootstrapBrokers });
  // Partition p holds 7 + p records.
  const messages = Array.from({ length: PARTITIONS }, (_, partition) =>
    Array.from({ length: 7 + partition }, () => ({ topic: 'orders', partition, value: Buffer.from('x') })),
  );
  await producer.send({ messages: messages.flat(), acks: -1 });
  await producer.close();
  const admin = new Admin({ clientId: 'setup', bootstrapBrokers, retries: 50, retryDelay: 200 });
  const commit = (groupId: string, partitions: readonly number[]) => {
    const partitionOffsets = partitions.map((partition) => ({ partition, offset: BigInt(partition) }));
    return admin.alterConsumerGroupOffsets({ groupId, topics: [{ name: 'orders', partitionOffsets }] });
  };
  const all = Array.from({ length: PARTITIONS }, (_, partition) => partition);
  for (let index = 0; index < EMPTY_GROUPS; index++) await commit(`empty-${index}`, all);
  await commit(ODD_NAME, all);
  await commit('partly', [1, 4]);
  await admin.close();
  reader = createBatchReader({ bootstrapBrokers: bootstrap, auth: 'plaintext', timeoutMs: 10_000, clock: systemClock });
  for (const clientId of ['task-1', 'task-2']) {
    running.push(startConsumer({ bootstrap, group: 'live', topic: 'orders', clientId, msPerRecord: 1 }));
  }
  await waitUntil('the live group has two members and has read all', async () => {
    const live = (await reader.read({ groupIds: ['live'] })).groups[0];
    return live !== undefined && isSettled(live) && isRead(live);
  });
}, 120_000);

afterAll(async () => {
  await Promise.all(running.map((child) => child.stop()));
  await reader?.close();
});

test('describe --json equals the official tool, row for row', async () => {
  const tool = { bootstrap: kafka().bootstrap, version: '2.8.2' } as const;
  const official = parseOffsetRows(await consumerGroups(tool, ['--describe', '--offsets', '--all-groups']));
  const states = parseStates(await consumerGroups(tool, ['--describe', '--state', '--all-groups']));

  const run = await runLag(['describe', '--json', '--bootstrap', kafka().bootstrap]);

  expect(run.stderr).toBe('');
  expect(run.code).toBe(0);
  const ours: DescribedGroup[] = JSON.parse(run.stdout);
  expect(ours.flatMap(rowsOf).sort()).toEqual(official.map(rowOf).sort());
  expect(new Map(ours.map((group) => [group.group, group.state]))).toEqual(states);
  expect(states.size).toBe(GROUPS);
  expect(official).toHaveLength((GROUPS - 1) * PARTITIONS + 2);
});

test('a reading takes one request more for each group, and a bounded number for each broker', async () => {
  const reading = await reader.read();

  expect(kafka().kafkaVersion).toBe('2.8.2');
  expect(reading.problems).toEqual([]);
  expect(reading.unreadableGroups).toEqual([]);
  expect(reading.groups).toHaveLength(GROUPS);
  // DescribeCluster, Metadata twice; of each broker groups, descriptions, ends, last stable offsets
  // and starts.
  expect(reading.requests).toBe(GROUPS + 3 + 5 * BROKERS);
});

test('check reports the old version of the brokers, and which requests they do not support', async () => {
  const { code, stdout } = await runLag(['check', '--json', '--bootstrap', kafka().bootstrap]);
  const checks: Check[] = JSON.parse(stdout);

  expect(code).toBe(3);
  expect(checks.map(({ name, result }) => [name.split(' ')[0], result])).toEqual([
    ['login', 'ok'],
    ...Array.from({ length: BROKERS }, () => ['broker', 'ok']),
    ['cluster', 'ok'],
    ['groups', 'ok'],
    ['topics', 'ok'],
    ['topic', 'ok'],
    ['transactional', 'unknown'],
  ]);
  expect(checks[1]?.detail).toBe('answers; speaks the protocol of Kafka 2.8 or later');
  expect(checks.at(-1)?.detail).toContain('ListTransactions needs Kafka 3.0');
});

test('a group that committed in part has those partitions alone, and its state', async () => {
  const { groups, unreadableGroups } = await reader.read({ groupIds: ['partly', 'nobody'] });

  expect(groups).toMatchObject([
    {
      groupId: 'partly',
      type: 'classic',
      state: { kind: 'known', value: 'Empty' },
      members: { kind: 'known', value: [] },
      partitions: [1, 4].map((partition) => ({
        topic: 'orders',
        partition,
        committedOffset: { kind: 'known', value: BigInt(partition) },
        logStartOffset: { kind: 'known', value: 0n },
        logEndOffset: { kind: 'known', value: BigInt(7 + partition) },
      })),
    },
  ]);
  expect(unreadableGroups).toEqual([
    { groupId: 'nobody', reason: 'the cluster knows no such group, or an ACL hides it' },
  ]);
});

test('a dead broker is named, and its groups are found again at another', async () => {
  const dead = kafka().bootstrap.split(',')[BROKERS - 1];
  process.kill(kafka().pids[BROKERS - 1] ?? 0, 'SIGKILL');

  const during = await reader.read();

  expect(during.problems.map(({ broker }) => broker)).toContain(dead);
  await waitUntil(
    'all groups but the live one, which may still rebalance, are read again',
    async () => (await reader.read()).groups.filter(({ groupId }) => groupId !== 'live').length === GROUPS - 1,
    60_000,
  );
}, 80_000);

const isSettled = ({ state, members }: GroupReading) =>
  knownValue(state) === 'Stable' &&
  knownValue(members)
    ?.map((member) => member.assignment.length)
    .join() === [PARTITIONS / 2, PARTITIONS / 2].join();
const isRead = ({ partitions }: GroupReading) =>
  partitions.length === PARTITIONS &&
  partitions.every(({ committedOffset, logEndOffset }) => knownValue(committedOffset) === knownValue(logEndOffset));
