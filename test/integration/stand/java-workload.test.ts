/**
 * Kafka's own clients as the stand runs them: what they do that the clients for Node cannot, and
 * that they end.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTopic } from '#local/workload/create-topic.ts';
import { startJavaConsumer, startJavaProducer } from '#test/stand/start-java.ts';
import { consumerGroups, parseStates } from '#test/stand/tools.ts';
import { useKafka } from '#test/support/kafka/kafka.ts';
import { ROOT } from '#test/support/root.ts';
import { waitUntil } from '#test/support/wait-until.ts';

const kafka = useKafka();
const started: { stop(): Promise<void> }[] = [];
let admin: Admin;

beforeAll(async () => {
  admin = new Kafka({ clientId: 'test', brokers: [kafka().bootstrap], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((program) => program.stop()));
});
afterAll(async () => {
  await admin?.disconnect();
});

async function track<T extends { readonly ready: Promise<void>; stop(): Promise<void> }>(starting: Promise<T>) {
  const program = await starting;
  started.push(program);
  await program.ready;
  return program;
}

/** Sums over the partitions; kafkajs returns the last stable offset as the end. */
const stableEnd = async (topic: string): Promise<number> =>
  (await admin.fetchTopicOffsets(topic)).reduce((sum, { high }) => sum + Number(high), 0);
const committed = async (groupId: string): Promise<number> =>
  (await admin.fetchOffsets({ groupId })).flatMap((t) => t.partitions).reduce((sum, p) => sum + Number(p.offset), 0);
const stateOf = async (group: string) =>
  parseStates(await consumerGroups(kafka(), ['--describe', '--state', '--group', group])).get(group);

test('a consumer reads each partition as far as it may, stays a member, and leaves when it is stopped', async () => {
  const bootstrap = kafka().bootstrap;
  await createTopic(bootstrap, 'until', 2);
  await track(startJavaProducer({ bootstrap, topic: 'until', records: 20 }));
  const membership = { protocol: 'consumer' } as const;
  const options = { bootstrap, topic: 'until', group: 'until: ü', clientId: 'one', membership, until: 4 };
  const consumer = await track(startJavaConsumer(options));

  await waitUntil('that is committed', async () => (await committed('until: ü')) === 8);
  expect(await stateOf('until: ü')).toBe('Stable');

  await consumer.stop();
  expect(await consumer.exited).toEqual({ code: 0, signal: null });
  expect(await stateOf('until: ü')).toBe('Empty');
  expect(await committed('until: ü')).toBe(8);
});

test('a consumer ends with its parent, even one that was killed', async () => {
  const bootstrap = kafka().bootstrap;
  await createTopic(bootstrap, 'orphan', 1);
  const start = pathToFileURL(join(ROOT, 'test/stand/start-java.ts'));
  const membership = { protocol: 'classic', assignor: 'range' } as const;
  const options = { bootstrap, topic: 'orphan', group: 'orphan', clientId: 'orphan', membership };
  const script = `import { startJavaConsumer } from ${JSON.stringify(start.href)};
    const consumer = await startJavaConsumer(${JSON.stringify(options)});
    await consumer.ready;
    console.log('ready');`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.push({ stop: async () => void parent.kill('SIGKILL') });
  await once(createInterface({ input: parent.stdout }), 'line');
  expect(await stateOf('orphan')).toBe('Stable');

  parent.kill('SIGKILL');

  // Well below the session timeout: it left by itself.
  await waitUntil('the group is Empty', async () => (await stateOf('orphan')) === 'Empty');
});

test('a consumer that its client refuses reports why it was never ready', async () => {
  const membership = { protocol: 'consumer' } as const;
  const settings = { 'session.timeout.ms': 10_000 };
  const options = { bootstrap: '127.0.0.1:1', topic: 't', group: 'g', clientId: 'lost', membership, settings };
  const consumer = await startJavaConsumer(options);
  started.push(consumer);

  await expect(consumer.ready).rejects.toThrow(
    /Java consumer lost ended before it was ready: exit code 1\n.*session.timeout.ms cannot be set/s,
  );
});

test('a transaction is committed, aborted, or left open until its producer is stopped', async () => {
  const bootstrap = kafka().bootstrap;
  await createTopic(bootstrap, 'transfers', 1);
  const produce = (end: 'commit' | 'abort' | 'open') =>
    track(startJavaProducer({ bootstrap, topic: 'transfers', records: 3, transaction: { id: end, end } }));

  // Each ends with a mark in the log, which the broker writes after it has answered.
  await produce('commit');
  await waitUntil('the commit is marked', async () => (await stableEnd('transfers')) === 4);
  await produce('abort');
  await waitUntil('the abort is marked', async () => (await stableEnd('transfers')) === 8);
  const open = await produce('open');
  expect(await stableEnd('transfers')).toBe(8);
  for (const isolation of ['read_committed', 'read_uncommitted'] as const) {
    const member = { group: isolation, clientId: isolation, isolation, membership: { protocol: 'none' } } as const;
    await track(startJavaConsumer({ bootstrap, topic: 'transfers', ...member }));
  }
  // The one commits behind the last record of a transaction that was committed, the other behind
  // the last of all.
  await waitUntil('both have read', async () => (await committed('read_uncommitted')) === 11);
  await waitUntil('both have read', async () => (await committed('read_committed')) === 3);

  await open.stop();
  await waitUntil('the open transaction is aborted', async () => (await stableEnd('transfers')) === 12);
  expect(await committed('read_committed')).toBe(3);
}, 40_000);

test('a producer stamps its records with the given timestamps', async () => {
  const bootstrap = kafka().bootstrap;
  await createTopic(bootstrap, 'stamped', 1);
  const stamps = [1_700_000_000_000, 1_700_000_060_000, 1_700_000_030_000];
  await track(startJavaProducer({ bootstrap, topic: 'stamped', records: stamps }));

  const firstFrom = async (timestamp: number) =>
    (await admin.fetchTopicOffsetsByTimestamp('stamped', timestamp)).map(({ offset }) => offset);
  expect(await firstFrom(1_700_000_000_000)).toEqual(['0']);
  expect(await firstFrom(1_700_000_000_001)).toEqual(['1']);
  expect(await stableEnd('stamped')).toBe(3);
});
