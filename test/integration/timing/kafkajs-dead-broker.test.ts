/**
 * What a dead broker costs the kafkajs reader: more than the batch reader, but never a wrong
 * number.
 */
import { Admin } from '@platformatic/kafka';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createKafkajsReader } from '#adapters/kafkajs/kafkajs-reader.ts';
import { LIMITS } from '#adapters/kafkajs/limits.ts';
import { systemClock } from '#adapters/system/clock.ts';
import type { ClusterReading } from '#core/kafka/model.ts';
import { known } from '#core/kafka/reading.ts';
import type { OffsetsReader } from '#core/ports.ts';
import { useKafka } from '#test/support/kafka/kafka.ts';
import { waitUntil } from '#test/support/wait-until.ts';

const TIMEOUT_MS = 9_000;
const GROUPS = ['a', 'b', 'c', 'd', 'e', 'f'];
const kafka = useKafka({ brokers: 3 });
let reader: OffsetsReader;

beforeAll(async () => {
  const { bootstrap } = kafka();
  const admin = new Admin({ clientId: 'setup', bootstrapBrokers: bootstrap.split(','), retries: 50, retryDelay: 200 });
  // `single` loses a partition with its broker, `copied` loses none.
  await admin.createTopics({ topics: ['single'], partitions: 6, replicas: 1 });
  await admin.createTopics({ topics: ['copied'], partitions: 2, replicas: 3 });
  for (const groupId of GROUPS) {
    const topics = ['copied', 'single'].map((name) => ({ name, partitionOffsets: [{ partition: 1, offset: 0n }] }));
    await admin.alterConsumerGroupOffsets({ groupId, topics });
  }
  await admin.close();
  reader = createKafkajsReader({
    bootstrapBrokers: bootstrap,
    auth: 'plaintext',
    timeoutMs: TIMEOUT_MS,
    clock: systemClock,
  });
}, 60_000);

afterAll(() => reader?.close());

test('all is read while all live', async () => {
  await waitUntil('every partition has a leader', async () => (await endsOf(reader)).every((end) => end === '0'));
  const { groups, problems, unreadableGroups } = await reader.read();

  expect(groups.map(({ groupId }) => groupId)).toEqual(GROUPS);
  expect({ problems, unreadableGroups }).toEqual({ problems: [], unreadableGroups: [] });
});

test('a dead broker: first no list, then all groups, and the topic that lost a partition is unknown as a whole', async () => {
  process.kill(kafka().pids[2] ?? 0, 'SIGKILL');
  const startedAt = performance.now();
  const during = await reader.read({ groupIds: GROUPS });

  expect(performance.now() - startedAt).toBeLessThan(TIMEOUT_MS * 1.5);
  expect(during.problems.map(({ request }) => request)).toEqual(['ListGroups']);
  expect(during.unreadableGroups.map(({ groupId }) => groupId)).toEqual(GROUPS);
  expect(during.unreadableGroups[0]?.reason).toContain(LIMITS.wholeList);

  let after = during;
  await waitUntil(
    'the cluster has taken the broker out, and the copied topic has leaders',
    async () => {
      after = await reader.read();
      return endTexts(after).filter((end) => end === '0').length === GROUPS.length;
    },
    40_000,
  );
  const reason = expect.stringContaining(LIMITS.wholeTopic);
  for (const { partitions } of after.groups) {
    expect(partitions.map((p) => p.committedOffset)).toEqual([known(0n), known(0n)]);
    expect(partitions.map((p) => p.lastStableOffset)).toEqual([known(0n), { kind: 'unknown', reason }]);
  }
}, 60_000);

const endsOf = async (from: OffsetsReader): Promise<readonly string[]> => endTexts(await from.read());

const endTexts = ({ groups }: ClusterReading): readonly string[] =>
  groups.flatMap(({ partitions }) =>
    partitions.map(({ lastStableOffset: end }) => (end.kind === 'known' ? String(end.value) : end.kind)),
  );
