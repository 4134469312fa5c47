import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { type BatchReaderOptions, createBatchReader } from '#adapters/kafka/batch-reader.ts';
import { createKafkajsReader } from '#adapters/kafkajs/kafkajs-reader.ts';
import { systemClock } from '#adapters/system/clock.ts';
import type { Credentials } from '#core/msk/credentials.ts';
import type { AuthKind } from '#core/msk/logins.ts';
import type { OffsetsReader } from '#core/ports.ts';
import { clientOf, encrypted, type Listener, MATRIX, REFUSED } from '#test/scenarios/login.scenarios.ts';
import type { TestKafka } from '#test/stand/kafka.ts';
import type { ListenerKind, StandCertificates } from '#test/stand/listeners.ts';
import { runLag } from '#test/support/cli/run-lag.ts';
import { useKafka } from '#test/support/kafka/kafka.ts';
import { unsignedToken } from '#test/support/kafka/tokens.ts';

const kafka = useKafka({
  listeners: ['scram', 'mtls', 'tls', 'oauthbearer'],
  users: { watcher: 'correct-horse' },
});
const readers: OffsetsReader[] = [];

afterEach(async () => {
  await Promise.all(readers.splice(0).map((reader) => reader.close()));
});

const bootstrapOf = (stand: TestKafka, listener: Listener): string =>
  listener === 'plaintext' ? stand.bootstrap : stand.bootstrapOf(listener);

function certificates(): StandCertificates {
  const { certificates: made } = kafka();
  if (made === undefined) throw new Error('the cluster was started without TLS');
  return made;
}

const PASSWORD: Credentials = { username: 'watcher', password: 'correct-horse' };

/** Credentials that are good for any kind of login, and what a test changes about them. */
const credentialsWith = (changes: Credentials): Credentials => ({
  ...PASSWORD,
  ...clientOf(certificates(), 'client'),
  ca: certificates().ca,
  ...changes,
});

function open(listener: Listener, auth: AuthKind, changes: Partial<BatchReaderOptions> = {}): OffsetsReader {
  const reader = createBatchReader({
    bootstrapBrokers: bootstrapOf(kafka(), listener),
    auth,
    timeoutMs: 10_000,
    clock: systemClock,
    credentials: async () => credentialsWith({}),
    ...(auth === 'iam' ? { token: async () => unsignedToken('watcher', 600) } : {}),
    ...changes,
  });
  readers.push(reader);
  return reader;
}

const CELLS = MATRIX.flatMap(([auth, row]) =>
  Object.entries(row).map(([listener, result]) => [auth, listener as Listener, result] as const),
);

test.each(CELLS)('auth %s at a listener of %s: %s', async (auth, listener, result) => {
  const reading = open(listener, auth).read();

  if (result === 'ok') expect((await reading).problems).toEqual([]);
  else await expect(reading).rejects.toThrow(result);
});

test.each(REFUSED)('%s at auth %s says so', async (_, auth, change, name, words) => {
  const credentials = async () => credentialsWith(change(certificates()));
  const listener = auth === 'scram' || auth === 'mtls' ? auth : 'tls';
  const error = await open(listener, auth, { credentials })
    .read()
    .then(fail, (thrown: unknown) => thrown);

  expect(error).toMatchObject({ name, message: expect.stringContaining(words) });
  expect(String(error)).not.toMatch(/correct-horse|PRIVATE KEY/);
});

test('an encrypted key is taken with its passphrase', async () => {
  const key = { privateKey: encrypted(clientOf(certificates(), 'client').privateKey, 'sesame'), passphrase: 'sesame' };

  expect((await open('mtls', 'mtls', { credentials: async () => credentialsWith(key) }).read()).problems).toEqual([]);
});

test('every refusal has words of its own', () => {
  const words = REFUSED.map((row) => row[4]);

  expect(new Set(words).size).toBe(words.length);
});

test('an expired certificate that our clock takes for valid is refused by the broker', async () => {
  const clock = { nowMs: () => Date.now() - 7_200_000 };
  const credentials = async () => credentialsWith(clientOf(certificates(), 'expiredClient'));

  await expect(open('mtls', 'mtls', { clock, credentials }).read()).rejects.toThrow(
    'does not accept the client certificate',
  );
});

test('without the authority of the cluster the broker is not trusted', async () => {
  await expect(open('tls', 'tls', { credentials: async () => ({}) }).read()).rejects.toThrow(
    'give the CA of the cluster',
  );
});

test('a broker that is reached by a name its certificate does not hold is not trusted', async () => {
  const bootstrapBrokers = kafka().bootstrapOf('tls').replaceAll('127.0.0.1', 'localhost');

  await expect(open('tls', 'tls', { bootstrapBrokers }).read()).rejects.toThrow(
    'its TLS certificate is for another host name',
  );
});

test('a token that has expired is refused', async () => {
  await expect(
    open('oauthbearer', 'iam', { token: async () => unsignedToken('watcher', -600) }).read(),
  ).rejects.toThrow('refused the login: the token is not taken: invalid_token');
});

describe('credentials that change', () => {
  const sourceOf = (...each: readonly (() => Credentials)[]) => {
    let loads = 0;
    return {
      load: async () => credentialsWith(each[Math.min(loads++, each.length - 1)]?.() ?? {}),
      count: () => loads,
    };
  };

  test('are loaded once for many readings', async () => {
    const source = sourceOf(() => ({}));
    const reader = open('scram', 'scram', { credentials: source.load });

    await reader.read();
    await reader.read();

    expect(source.count()).toBe(1);
  });

  test.each([
    ['a password', 'scram', () => ({ password: 'old' })],
    ['a client certificate', 'mtls', () => clientOf(certificates(), 'strangeClient')],
  ] as const)('%s that was refused is loaded again, and the same reading goes on', async (_, auth, old) => {
    const source = sourceOf(old, () => ({}));

    const reading = await open(auth, auth, { credentials: source.load }).read();

    expect(reading.problems).toEqual([]);
    expect(source.count()).toBe(2);
  });

  test('a client certificate that has expired is loaded again by the next reading', async () => {
    const source = sourceOf(
      () => clientOf(certificates(), 'expiredClient'),
      () => ({}),
    );
    const reader = open('mtls', 'mtls', { credentials: source.load });

    await expect(reader.read()).rejects.toThrow('the client certificate expired');

    expect((await reader.read()).problems).toEqual([]);
    expect(source.count()).toBe(2);
  });

  test('that stay wrong are loaded twice and no more in a reading', async () => {
    const source = sourceOf(() => ({ password: 'wrong' }));

    await expect(open('scram', 'scram', { credentials: source.load }).read()).rejects.toThrow('password is wrong');

    expect(source.count()).toBe(2);
  });
});

describe('over kafkajs', () => {
  const openKafkajs = (listener: ListenerKind, auth: AuthKind, changes: Credentials = {}): OffsetsReader =>
    createKafkajsReader({
      bootstrapBrokers: kafka().bootstrapOf(listener),
      auth,
      timeoutMs: 10_000,
      clock: systemClock,
      credentials: async () => credentialsWith(changes),
    });

  test.each(['scram', 'mtls', 'tls'] as const)('auth %s is taken', async (auth) => {
    expect((await openKafkajs(auth, auth).read()).problems).toEqual([]);
  });

  test.each([
    ['scram', 'scram', { password: 'wrong' }, /refused the login: .*invalid credentials/],
    ['oauthbearer', 'scram', {}, /UNSUPPORTED_SASL_MECHANISM/],
    ['tls', 'mtls', { privateKey: '' }, /auth mtls needs privateKey/],
  ] as const)('at %s, auth %s with %j is refused', async (listener, auth, changes, words) => {
    await expect(openKafkajs(listener, auth, changes).read()).rejects.toThrow(words);
  });

  test('an authority that did not sign the broker is said to be that', async () => {
    const reading = openKafkajs('tls', 'tls', { ca: certificates().strangeCa }).read();

    await expect(reading).rejects.toThrow('its TLS certificate is not trusted');
  });
});

describe('lag describe', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lag-auth-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };

  const describeAt = (auth: ListenerKind & AuthKind, options: readonly string[], env = {}) =>
    runLag(
      [
        'describe',
        '--bootstrap',
        kafka().bootstrapOf(auth),
        '--auth',
        auth,
        '--ca',
        file('ca', certificates().ca),
        ...options,
      ],
      env,
    );

  test('takes user and password from a file', async () => {
    const run = await describeAt('scram', ['--username', 'watcher', '--password-file', file('pw', 'correct-horse\n')]);

    expect([run.code, run.stderr]).toEqual([0, '']);
  });

  test('takes user and password from the environment, and shows neither when they are refused', async () => {
    const run = await describeAt('scram', [], { MSK_USERNAME: 'watcher', MSK_PASSWORD: 'wrong-horse' });

    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(/^lag: .*the password is wrong for this user.*\n$/);
    expect(run.stderr).not.toContain('wrong-horse');
  });

  test('takes certificate and key from files', async () => {
    const { certificatePem, privateKeyPem } = certificates().client;
    const run = await describeAt('mtls', ['--cert', file('cert', certificatePem), '--key', file('key', privateKeyPem)]);

    expect([run.code, run.stderr]).toEqual([0, '']);
  });
});

function fail(): never {
  throw new Error('the login was taken');
}
