/**
 * Logins that end: sessions that run out, passwords that change. Counted at the socket: one
 * connection, whatever happens.
 */
import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { alterUserScramCredentialsV0, Connection } from '@platformatic/kafka';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createBatchReader } from '#adapters/kafka/batch-reader.ts';
import { systemClock } from '#adapters/system/clock.ts';
import type { OffsetsReader } from '#core/ports.ts';
import { startTestKafka, type TestKafka } from '#test/stand/kafka.ts';
import { type KafkaProxy, startProxy } from '#test/support/kafka/kafka-proxy.ts';
import { waitUntil } from '#test/support/wait-until.ts';

/** The broker closes connections that have not logged in again by then. */
const SESSION_MS = 2_500;
const USER = 'watcher';
let stand: TestKafka;
let proxy: KafkaProxy;
const readers: OffsetsReader[] = [];

beforeAll(async () => {
  proxy = await startProxy({ sealed: true });
  stand = await startTestKafka({
    listeners: ['scram'],
    users: { [USER]: 'first' },
    advertised: { scram: [proxy.port] },
    settings: { 'connections.max.reauth.ms': SESSION_MS },
  });
  proxy.to(stand.bootstrapOf('scram'));
}, 180_000);

afterAll(async () => {
  await stand?.stop();
  await proxy?.close();
});

beforeEach(() => proxy.forget());

afterEach(async () => {
  await Promise.all(readers.splice(0).map((reader) => reader.close()));
  await waitUntil('no connection is left over', () => proxy.open === 0);
});

/** Loads these passwords, one after the other; the last again and again. */
function open(...passwords: readonly string[]): OffsetsReader {
  let loads = 0;
  const reader = createBatchReader({
    bootstrapBrokers: proxy.address,
    auth: 'scram',
    timeoutMs: 6_000,
    clock: systemClock,
    credentials: async () => ({
      username: USER,
      password: passwords[Math.min(loads++, passwords.length - 1)] ?? '',
      ca: stand.certificates?.ca ?? '',
    }),
  });
  readers.push(reader);
  return reader;
}

async function expectRead(reader: OffsetsReader): Promise<void> {
  expect((await reader.read()).problems).toEqual([]);
}

test('a connection outlives its session: the login is renewed on it', async () => {
  const reader = open('first');
  const startedAt = performance.now();
  let readings = 0;

  await waitUntil('two sessions have run out', async () => {
    await expectRead(reader);
    readings++;
    return performance.now() - startedAt > 2.2 * SESSION_MS;
  });

  expect(readings).toBeGreaterThan(2);
  expect(proxy.accepted).toBe(1);
});

test('a process that was frozen until its session was over reads on, over one connection', async () => {
  const reader = open('first');
  await expectRead(reader);
  // As a function is between two calls: no timer runs.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SESSION_MS + 500);

  await expectRead(reader);
  await expectRead(reader);
  expect(proxy.accepted).toBeLessThanOrEqual(2);
  await waitUntil('one connection is left', () => proxy.open === 1);
});

test('a refused login is repeated with new credentials, and leaves one connection', async () => {
  const reader = open('wrong', 'first');

  await expectRead(reader);
  await waitUntil('the refused connection is closed', () => proxy.open === 1);
  for (let i = 0; i < 3; i++) await expectRead(reader);
  expect(proxy.open).toBe(1);
  // The first one of them was refused.
  expect(proxy.accepted).toBe(2);
});

test('a password that changes during a session is loaded again when the session is renewed', async () => {
  const reader = open('first', 'second');
  await expectRead(reader);
  await changePassword('second');
  const startedAt = performance.now();

  await waitUntil('the session has run out', async () => {
    await expectRead(reader);
    return performance.now() - startedAt > 1.5 * SESSION_MS;
  });
});

/** Salts and stores it as the command-line tool does. */
async function changePassword(password: string): Promise<void> {
  const [host = '', port] = stand.bootstrap.split(':');
  const connection = new Connection('setup');
  await connection.connect(host, Number(port));
  const salt = randomBytes(16);
  const saltedPassword = pbkdf2Sync(password, salt, 4_096, 64, 'sha512');
  const sha512 = 2;
  const user = { name: USER, mechanism: sha512, iterations: 4_096, salt, saltedPassword };
  await alterUserScramCredentialsV0.api.async(connection, [], [user]);
  await connection.close();
}
