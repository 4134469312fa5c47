/**
 * Two implementations of the protocol at one real broker: where they agree, and where
 * kafkajs cannot.
 */
import { Admin, MessagesStreamModes, Consumer as NewConsumer } from '@platformatic/kafka';
import { type Consumer, Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createBatchReader } from '#adapters/kafka/batch-reader.ts';
import { DEADLINE_PASSED } from '#adapters/kafkajs/failures.ts';
import { createKafkajsReader } from '#adapters/kafkajs/kafkajs-reader.ts';
import { LIMITS } from '#adapters/kafkajs/limits.ts';
import { openSession } from '#adapters/kafkajs/session.ts';
import { systemClock } from '#adapters/system/clock.ts';
import { byPartition, type GroupReading, type Member, type PartitionReading } from '#core/kafka/model.ts';
import { known, type Reading, unknown } from '#core/kafka/reading.ts';
import type { OffsetsReader } from '#core/ports.ts';
import { protocolError } from '#test/adapters/kafkajs/scripted-session.ts';
import { type LagRun, runLag } from '#test/support/cli/run-lag.ts';
import type { DescribedGroup } from '#test/support/groups/described.ts';
import { useKafka } from '#test/support/kafka/kafka.ts';
import { waitUntil } from '#test/support/wait-until.ts';

const kafka = useKafka();
const closing: (() => Promise<unknown>)[] = [];
const TOPICS = { orders: 6, payments: 4, audit: 3, transfers: 1 };
const ODD_NAME = 'team a: fakturační – ü';
const QUIET = ['empty', 'live', 'partly committed', ODD_NAME];
let batch: OffsetsReader;
let second: OffsetsReader;

beforeAll(async () => {
  const { bootstrap } = kafka();
  const options = { bootstrapBrokers: bootstrap, auth: 'plaintext', timeoutMs: 15_000, clock: systemClock } as const;
  batch = createBatchReader(options);
  second = createKafkajsReader(options);
  closing.push(
    () => batch.close(),
    () => second.close(),
  );
  const admin = clientOf('setup').admin();
  await admin.connect();
  await admin.createTopics({
    topics: Object.entries(TOPICS).map(([topic, numPartitions]) => ({ topic, numPartitions })),
  });
  await admin.disconnect();
  await produce();
  await commitAll();
  const members = await Promise.all(['one', 'two', 'three'].map((clientId) => join(clientId)));
  await members[0]?.commitOffsets([
    { topic: 'orders', partition: 0, offset: '3' },
    { topic: 'orders', partition: 5, offset: '0' },
  ]);
  await waitUntil('three members own all partitions', async () => {
    const { groups } = await batch.read({ groupIds: ['live'] });
    const members = groups[0]?.members;
    return members?.kind === 'known' && members.value.length === 3 && members.value.every((m) => m.assignment.length);
  });
}, 90_000);

afterAll(async () => {
  await Promise.all(closing.map((close) => close()));
});

test('both readers give the same reading of a quiet broker', async () => {
  const [ours, theirs] = [await batch.read({ groupIds: QUIET }), await second.read({ groupIds: QUIET })];

  expect(theirs.groups.map(sorted)).toEqual(ours.groups.map(sorted));
  expect(ours.groups.map((group) => group.groupId)).toEqual([...QUIET].sort());
  expect(theirs.groups.map(({ state }) => state)).toEqual(['Empty', 'Stable', 'Empty', 'Empty'].map(known));
  expect(theirs.groups.map(({ partitions }) => partitions.length)).toEqual([4, 6, 4, 3]);
  expect(
    theirs.groups.flatMap((group) => group.partitions).filter((p) => p.committedOffset.kind === 'absent').length,
  ).toBe(4);
  expect({ unreadable: theirs.unreadableGroups, problems: theirs.problems }).toEqual({ unreadable: [], problems: [] });
});

test('a KIP-848 group has its commits and ends, and an unknown state where the batch reader sees it Stable', async () => {
  await joinNewProtocol('kip-848');
  const [ours, theirs] = [await batch.read({ groupIds: ['kip-848'] }), await second.read({ groupIds: ['kip-848'] })];

  const [group] = theirs.groups;
  expect(ours.groups[0]?.state).toEqual(known('Stable'));
  expect(group?.state).toEqual(unknown(LIMITS.newProtocol));
  expect(group?.members).toEqual(unknown(LIMITS.newProtocol));
  expect(group?.assignor).toEqual(unknown(LIMITS.newProtocol));
  const committed = ours.groups[0]?.partitions.filter((p) => p.committedOffset.kind === 'known');
  expect(group?.partitions.map(shared)).toEqual(committed?.map(shared));
  expect(group?.partitions.length).toBe(2);
});

test('behind an open transaction both return the same last stable offset, and kafkajs no end', async () => {
  const producer = clientOf('transfers').producer({
    transactionalId: 'transfers',
    maxInFlightRequests: 1,
    idempotent: true,
  });
  await producer.connect();
  closing.push(() => producer.disconnect());
  await producer.send({ topic: 'transfers', messages: [{ value: 'settled' }] });
  await commit('reads committed', 'transfers', { 0: 0n });
  const transaction = await producer.transaction();
  await transaction.send({ topic: 'transfers', messages: [1, 2, 3, 4].map(() => ({ value: 'open' })) });
  await commit('reads all', 'transfers', { 0: 4n });

  const groups = ['reads all', 'reads committed'];
  const ends = async (reader: OffsetsReader) =>
    (await reader.read({ groupIds: groups })).groups.map((g) => [
      g.partitions[0]?.logEndOffset,
      g.partitions[0]?.lastStableOffset,
    ]);
  const [theirs, ours] = [await ends(second), await ends(batch)];
  await transaction.abort();

  expect(ours).toEqual([
    [known(5n), known(1n)],
    [known(5n), known(1n)],
  ]);
  expect(theirs).toEqual([
    [unknown(LIMITS.stableEnd), known(1n)],
    [unknown(LIMITS.stableEnd), known(1n)],
  ]);
  const isSettled = ([, end]: readonly (Reading<bigint> | undefined)[]) => end?.kind === 'known' && end.value === 6n;
  await waitUntil('the mark of the abort is stable', async () => (await ends(second)).every(isSettled));
  expect((await ends(batch)).every(isSettled)).toBe(true);
});

test('what may pass is asked once more, and what may not is not', async () => {
  const session = await openSession({
    bootstrap: [kafka().bootstrap],
    timeoutMs: 5_000,
    clientId: 'again',
    auth: 'plaintext',
    login: async () => ({}),
  });
  const answers = ['NOT_COORDINATOR_FOR_GROUP', 'NOT_COORDINATOR_FOR_GROUP', 'TOPIC_AUTHORIZATION_FAILED'];
  const ask = () =>
    session.send(async (admin) => {
      const type = answers.shift();
      if (type !== undefined) throw protocolError(type);
      return admin.listGroups();
    });

  expect(await ask()).toMatchObject({ ok: false, again: true });
  expect(answers).toHaveLength(1);
  expect(await ask()).toMatchObject({ ok: false, again: false });
  answers.push('NOT_COORDINATOR_FOR_GROUP');
  expect(await ask()).toMatchObject({ ok: true });
  await session.close();
  expect(await ask()).toMatchObject({ ok: false, reason: 'the connection was lost' });
});

test('the deadline ends a question, and what is asked after it is not asked', async () => {
  const session = await openSession({
    bootstrap: [kafka().bootstrap],
    timeoutMs: 500,
    clientId: 'late',
    auth: 'plaintext',
    login: async () => ({}),
  });
  let asked = 0;
  const silence = () =>
    session.send(() => {
      asked++;
      return new Promise(() => {});
    });

  expect(await silence()).toEqual({ ok: false, reason: DEADLINE_PASSED, again: false });
  expect(await silence()).toEqual({ ok: false, reason: DEADLINE_PASSED, again: false });
  expect(asked).toBe(1);
  await session.close();
});

test('lag poll --reader kafkajs publishes as the batch reader does', async () => {
  const args = ['poll', '--bootstrap', kafka().bootstrap];
  const [ours, theirs] = [await runLag(args), await runLag([...args, '--reader', 'kafkajs'])];

  // Ages, and with them what LagRatio is of, are the batch reader's alone.
  const lags = ({ stdout }: LagRun) =>
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .flatMap(({ ConsumerGroup, PartitionLag }) =>
        PartitionLag === undefined ? [] : [[ConsumerGroup, PartitionLag]],
      );
  // It cannot see the members of the one group with the new protocol, so what those own is unknown.
  expect(theirs.stderr).toBe(`lag: the members of group "kip-848" could not be read: ${LIMITS.newProtocol}\n`);
  expect(theirs.code).toBe(3);
  expect(lags(theirs)).toEqual(lags(ours));
  expect(lags(theirs).length).toBeGreaterThan(QUIET.length);
  expect(theirs.stdout).toContain('LagRatio');
});

test('lag describe --reader kafkajs prints what the batch reader prints, and no warning of Node', async () => {
  const args = ['describe', '--json', '--bootstrap', kafka().bootstrap, ...QUIET.flatMap((name) => ['-g', name])];
  const [ours, theirs] = [await runLag(args), await runLag([...args, '--reader', 'kafkajs'])];

  expect(theirs.stderr).toBe('');
  expect(theirs.code).toBe(0);
  const sharedRows = ({ stdout }: LagRun) =>
    (JSON.parse(stdout) as DescribedGroup[]).map((group) => ({
      ...group,
      rows: group.rows.map(({ logEndOffset, age, ...rest }) => rest),
    }));
  expect(sharedRows(theirs)).toEqual(sharedRows(ours));
  expect(JSON.parse(theirs.stdout)).toHaveLength(QUIET.length);
});

const clientOf = (clientId: string): Kafka =>
  new Kafka({
    clientId,
    brokers: [kafka().bootstrap],
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 50, retries: 10 },
  });

/** The order of members and of what one owns means nothing. */
const sorted = (group: GroupReading) => ({
  ...group,
  members: sortedMembers(group.members),
  partitions: group.partitions.map(shared),
});

/** What both return for a partition: kafkajs has neither the log's end nor an age. */
const shared = ({ logEndOffset, age, ...rest }: PartitionReading) => rest;

const sortedMembers = (members: Reading<readonly Member[]>) =>
  members.kind !== 'known'
    ? members
    : known(
        members.value
          .map((member) => ({ ...member, assignment: [...member.assignment].sort(byPartition) }))
          .sort((a, b) => a.memberId.localeCompare(b.memberId)),
      );

/** Partition p of every topic but `transfers` holds 5 + p records. */
async function produce(): Promise<void> {
  const producer = clientOf('setup').producer();
  await producer.connect();
  for (const [topic, partitions] of Object.entries(TOPICS)) {
    if (topic === 'transfers') continue;
    const messages = Array.from({ length: partitions }, (_, partition) =>
      Array.from({ length: 5 + partition }, () => ({ partition, value: 'x' })),
    );
    await producer.send({ topic, messages: messages.flat() });
  }
  await producer.disconnect();
}

async function commitAll(): Promise<void> {
  await commit('empty', 'payments', { 0: 0n, 1: 2n, 2: 7n, 3: 8n });
  await commit('partly committed', 'payments', { 1: 4n, 3: 1n });
  await commit('partly committed', 'orders', { 0: 5n, 4: 2n });
  await commit(ODD_NAME, 'audit', { 0: 0n, 1: 1n, 2: 2n });
  await commit('kip-848', 'payments', { 0: 3n, 2: 1n });
}

async function commit(groupId: string, topic: string, offsets: Record<number, bigint>): Promise<void> {
  const admin = new Admin({ clientId: 'commits', bootstrapBrokers: [kafka().bootstrap], retries: 50, retryDelay: 200 });
  const partitionOffsets = Object.entries(offsets).map(([partition, offset]) => ({
    partition: Number(partition),
    offset,
  }));
  await admin.alterConsumerGroupOffsets({ groupId, topics: [{ name: topic, partitionOffsets }] });
  await admin.close();
}

/** A member of `live` that reads and never commits by itself; resolves when it has joined. */
async function join(clientId: string): Promise<Consumer> {
  const consumer = clientOf(clientId).consumer({ groupId: 'live', heartbeatInterval: 200, maxWaitTimeInMs: 100 });
  await consumer.connect();
  closing.push(() => consumer.disconnect());
  await consumer.subscribe({ topic: 'orders', fromBeginning: true });
  const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
  await consumer.run({ autoCommit: false, eachMessage: async () => {} });
  await joined;
  return consumer;
}

/**
 * A member under the KIP-848 protocol, which kafkajs does not speak; resolves when it owns all
 * partitions.
 */
async function joinNewProtocol(groupId: string): Promise<void> {
  const bootstrapBrokers = [kafka().bootstrap];
  const consumer = new NewConsumer({ clientId: 'new', groupId, groupProtocol: 'consumer', bootstrapBrokers });
  closing.push(() => consumer.close(true));
  await consumer.consume({ topics: ['payments'], mode: MessagesStreamModes.LATEST, autocommit: false });
  await waitUntil(
    'all partitions are assigned',
    () => consumer.assignments?.[0]?.partitions.length === TOPICS.payments,
  );
}
