import { AuthenticationError, type Connection } from '@platformatic/kafka';
import { expect, it } from 'vitest';
import type { Connections } from '../../../src/adapters/kafka/connections.ts';
import { beginInquiry } from '../../../src/adapters/kafka/inquiry.ts';
import type { KafkaRequest } from '../../../src/adapters/kafka/requests.ts';
import { ERROR_NAMES } from '../../../src/core/errors.ts';

const good = { host: 'good', port: 9098 };
const bad = { host: 'bad', port: 9098 };

/** A broker that answers, and one that refuses the login, as MSK does when it is short of connections. */
const connections: Connections = {
  isOpen: () => false,
  open: async ({ host }) => {
    if (host === 'bad')
      throw new AuthenticationError('SASL authentication failed', { serverErrorMessage: 'Too many connects' });
    return { connection: {} as Connection, versions: new Map([[1, { minVersion: 0, maxVersion: 9 }]]), reused: false };
  },
  forgetLogin: () => false,
  close: async () => {},
};
const request = {
  name: 'Ask',
  since: '2.4',
  versions: [{ key: 1, version: 5, async: async () => 'told' }],
} as unknown as KafkaRequest<[], string>;
const begin = () => beginInquiry({ connections, auth: 'iam', timeoutMs: 5_000 });

it('a login that is refused before any broker has answered ends the reading', async () => {
  await expect(begin().ask(bad, request)).rejects.toMatchObject({
    name: ERROR_NAMES.kafkaAuth,
    message: expect.stringMatching(/bad:9098 refused the login: Too many connects/),
  });
});

it('a login that one broker refuses after another took it costs that broker alone', async () => {
  const inquiry = begin();

  expect(await inquiry.ask(good, request)).toEqual({ ok: true, value: 'told' });
  expect(await inquiry.ask(bad, request)).toMatchObject({
    ok: false,
    reason: expect.stringMatching(/Too many connects/),
  });
  expect(await inquiry.ask(good, request)).toEqual({ ok: true, value: 'told' });
});

/** Brokers that take the login once it was forgotten `times` times. */
function renewable(times: number, loaded = true) {
  let forgotten = 0;
  let opened = 0;
  const those: Connections = {
    isOpen: () => false,
    open: async () => {
      opened++;
      if (forgotten >= times) return connections.open(good);
      throw new AuthenticationError('SASL authentication failed', { serverErrorMessage: 'invalid credentials' });
    },
    forgetLogin: () => {
      forgotten++;
      return loaded;
    },
    close: async () => {},
  };
  return {
    inquiry: beginInquiry({ connections: those, auth: 'scram', timeoutMs: 5_000 }),
    counts: () => [forgotten, opened],
  };
}

it('a login that is refused is tried once more with credentials that are loaded anew', async () => {
  const { inquiry, counts } = renewable(1);

  expect(await inquiry.ask(bad, request)).toEqual({ ok: true, value: 'told' });
  expect(counts()).toEqual([1, 2]);
});

it('credentials are loaded anew once in a reading, however many brokers refuse', async () => {
  const { inquiry, counts } = renewable(2);

  const outcomes = await Promise.allSettled([good, bad].map((broker) => inquiry.ask(broker, request)));

  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(counts()).toEqual([1, 4]);
});

it('a login is not tried again where nothing can be loaded', async () => {
  const { inquiry, counts } = renewable(1, false);

  await expect(inquiry.ask(bad, request)).rejects.toMatchObject({ name: ERROR_NAMES.kafkaAuth });
  expect(counts()).toEqual([1, 1]);
});

it('a request that the broker does not speak is not sent, and says which Kafka it needs', async () => {
  const newer = { name: 'AskMany', since: '3.0', versions: [{ key: 1, version: 10 }] };
  const unknown = { name: 'AskNew', since: '3.7', versions: [{ key: 69, version: 0 }] };
  const inquiry = begin();

  const outcomes = await Promise.all([newer, unknown].map((r) => inquiry.ask(good, r as unknown as typeof request)));

  expect(outcomes.map((outcome) => !outcome.ok && [outcome.unspoken, outcome.reason])).toEqual([
    [true, 'AskMany needs Kafka 3.0: it is asked in a version from 10 to 10, and the broker speaks 0 to 9'],
    [true, 'AskNew needs Kafka 3.7: it is asked in a version from 0 to 0, and the broker does not know it'],
  ]);
  expect(inquiry.requests).toBe(0);
  expect(await inquiry.askAny([good], newer as unknown as typeof request)).toMatchObject({ unspoken: true });
  expect(await inquiry.ask(good, request)).toEqual({ ok: true, value: 'told' });
});
