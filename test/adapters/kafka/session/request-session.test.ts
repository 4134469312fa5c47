import { AuthenticationError, type Broker, type Connection, NetworkError, TimeoutError } from '@platformatic/kafka';
import { describe, expect, it } from 'vitest';
import type { Connections } from '#adapters/kafka/connection/connections.ts';
import type { KafkaRequest } from '#adapters/kafka/protocol/requests.ts';
import { beginSession } from '#adapters/kafka/session/request-session.ts';
import { ERROR_NAMES } from '#core/errors.ts';

const good = { host: 'good', port: 9098 };
const bad = { host: 'bad', port: 9098 };

/**
 * A broker that answers, and one that refuses the login, as MSK does when it is short of
 * connections.
 */
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
const begin = () => beginSession({ connections, auth: 'iam', timeoutMs: 5_000 });

it('a login that is refused before any broker has answered ends the reading', async () => {
  await expect(begin().send(bad, request)).rejects.toMatchObject({
    name: ERROR_NAMES.kafkaAuth,
    message: expect.stringMatching(/bad:9098 refused the login: Too many connects/),
  });
});

it('a login that one broker refuses after another took it costs that broker alone', async () => {
  const session = begin();

  expect(await session.send(good, request)).toEqual({ ok: true, value: 'told' });
  expect(await session.send(bad, request)).toMatchObject({
    ok: false,
    reason: expect.stringMatching(/Too many connects/),
  });
  expect(await session.send(good, request)).toEqual({ ok: true, value: 'told' });
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
    session: beginSession({ connections: those, auth: 'scram', timeoutMs: 5_000 }),
    counts: () => [forgotten, opened],
  };
}

it('a login that is refused is tried once more with credentials that are loaded anew', async () => {
  const { session, counts } = renewable(1);

  expect(await session.send(bad, request)).toEqual({ ok: true, value: 'told' });
  expect(counts()).toEqual([1, 2]);
});

it('credentials are loaded anew once in a reading, however many brokers refuse', async () => {
  const { session, counts } = renewable(2);

  const outcomes = await Promise.allSettled([good, bad].map((broker) => session.send(broker, request)));

  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(counts()).toEqual([1, 4]);
});

it('a login is not tried again where nothing can be loaded', async () => {
  const { session, counts } = renewable(1, false);

  await expect(session.send(bad, request)).rejects.toMatchObject({ name: ERROR_NAMES.kafkaAuth });
  expect(counts()).toEqual([1, 1]);
});

it('a request that the broker does not speak is not sent, and says which Kafka it needs', async () => {
  const newer = { name: 'AskMany', since: '3.0', versions: [{ key: 1, version: 10 }] };
  const unknown = { name: 'AskNew', since: '3.7', versions: [{ key: 69, version: 0 }] };
  const session = begin();

  const outcomes = await Promise.all([newer, unknown].map((r) => session.send(good, r as unknown as typeof request)));

  expect(outcomes.map((outcome) => !outcome.ok && [outcome.unsupported, outcome.reason])).toEqual([
    [true, 'AskMany needs Kafka 3.0: we speak versions 10 to 10, and the broker speaks 0 to 9'],
    [true, 'AskNew needs Kafka 3.7: we speak versions 0 to 0, and the broker does not know it'],
  ]);
  expect(session.requests).toBe(0);
  expect(await session.sendToAny([good], newer as unknown as typeof request)).toMatchObject({ unsupported: true });
  expect(await session.send(good, request)).toEqual({ ok: true, value: 'told' });
});

/** Connections that come about at once; an answer is what `respond` makes of it. */
function brokersThat(respond: (broker: Broker, asks: number) => Promise<string> | string, timeoutMs = 5_000) {
  const up = new Set<string>();
  const opened: string[] = [];
  const asked: string[] = [];
  const those: Connections = {
    isOpen: ({ host }) => up.has(host),
    open: async (broker) => {
      const reused = up.has(broker.host);
      if (!reused) opened.push(broker.host);
      up.add(broker.host);
      return { connection: broker as unknown as Connection, versions: VERSIONS, reused };
    },
    forgetLogin: () => true,
    close: async () => {},
  };
  const answer = async (at: unknown) => {
    const broker = at as Broker;
    asked.push(broker.host);
    try {
      return await respond(broker, asked.filter((host) => host === broker.host).length);
    } catch (error) {
      up.delete(broker.host);
      throw error;
    }
  };
  const ask = { ...request, versions: [{ key: 1, version: 5, async: answer }] } as unknown as typeof request;
  return { session: beginSession({ connections: those, auth: 'scram', timeoutMs }), ask, up, opened, asked };
}
const VERSIONS = new Map([[1, { minVersion: 0, maxVersion: 9 }]]);
const [a, b] = ['a', 'b'].map((host) => ({ host, port: 9098 })) as [Broker, Broker];
const told = { ok: true, value: 'told' };
const reset = () => new NetworkError('Connection closed');
const never = () => new Promise<string>(() => {});

describe('a connection that breaks', () => {
  it('is made again for all requests that were under way', async () => {
    const { session, ask, opened } = brokersThat((_, asks) => (asks <= 2 ? Promise.reject(reset()) : 'told'));

    expect(await Promise.all([session.send(a, ask), session.send(a, ask)])).toEqual([told, told]);
    expect(opened).toEqual(['a', 'a']);
  });

  it('is made again once in a reading', async () => {
    const { session, ask, opened } = brokersThat((_, asks) => (asks === 2 ? 'told' : Promise.reject(reset())));

    expect(await session.send(a, ask)).toEqual(told);
    expect(await session.send(a, ask)).toMatchObject({ ok: false, reason: expect.stringContaining('closed') });
    expect(await session.send(a, ask)).toMatchObject({ ok: false });
    expect(opened).toEqual(['a', 'a']);
  });

  it('and whose login is then refused is made once more with credentials that are loaded anew', async () => {
    const refused = new AuthenticationError('SASL authentication failed', {
      serverErrorMessage: 'invalid credentials',
    });
    const failures = [reset(), refused];
    const { session, ask } = brokersThat((_, asks) =>
      failures[asks - 1] ? Promise.reject(failures[asks - 1]) : 'told',
    );

    expect(await session.send(a, ask)).toEqual(told);
  });
});

it('a broker that did not answer in time is not asked again, on a new connection neither', async () => {
  const { session, ask, asked } = brokersThat(() => Promise.reject(new TimeoutError('Request timed out')));

  const reason = expect.stringContaining('did not answer');
  expect(await session.send(a, ask)).toMatchObject({ ok: false, reason });
  expect(await session.send(a, ask)).toMatchObject({ ok: false, reason });
  expect(asked).toEqual(['a']);
});

it('a request whose connection is broken off because another one waited too long has that reason', async () => {
  const { session, ask, asked } = brokersThat(async (_, asks) => {
    if (asks === 1) throw new TimeoutError('Request timed out');
    await new Promise((resolve) => setImmediate(resolve));
    throw reset();
  });
  const outcomes = await Promise.all([session.send(a, ask), session.send(a, ask)]);

  expect(outcomes).toMatchObject(Array(2).fill({ ok: false, reason: expect.stringContaining('did not answer') }));
  expect(asked).toEqual(['a', 'a']);
});

describe('any broker', () => {
  it('is asked after one that was not heard of for a while, and the first answer counts', async () => {
    const { session, ask, asked } = brokersThat(({ host }) => (host === 'a' ? never() : 'told'), 300);

    expect(await session.sendToAny([a, b], ask)).toEqual(told);
    expect(asked).toEqual(['a', 'b']);
  });

  it('is not asked beside one that has answered before: that works on it', async () => {
    const timeout = () => Promise.reject(new TimeoutError('Request timed out'));
    const { session, ask, asked } = brokersThat(async ({ host }, asks) => {
      if (host === 'a' && asks === 2) await new Promise((resolve) => setTimeout(resolve, 120));
      return host === 'b' ? timeout() : 'told';
    }, 300);
    await session.send(a, ask);

    expect(await session.sendToAny([a, b], ask)).toEqual(told);
    expect(asked).toEqual(['a', 'a']);
  });

  it('is the quickest of those that are connected', async () => {
    const { session, ask, asked } = brokersThat(async ({ host }) => {
      if (host === 'a') await new Promise((resolve) => setTimeout(resolve, 30));
      return 'told';
    });
    for (const broker of [a, b]) await session.send(broker, ask);
    await session.sendToAny([a, b], ask);

    expect(asked).toEqual(['a', 'b', 'b']);
  });

  it('that fails is told, each with its reason', async () => {
    const { session, ask } = brokersThat(() => Promise.reject(new TimeoutError('Request timed out')));

    expect(await session.sendToAny([a, b], ask)).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/^a:9098: it accepted .* \(after 0\.\d s\); b:9098: it accepted/),
    });
    expect(await session.sendToAny([], ask)).toMatchObject({ ok: false });
  });
});

describe('a share of the time', () => {
  it('that is over ends a request, and its broker is asked again in what is left', async () => {
    const { session, ask, asked } = brokersThat((_, asks) => (asks === 1 ? never() : 'told'), 400);
    session.limit(1 / 4);
    const outcome = await session.send(a, ask);
    session.limit(1);

    expect(outcome).toMatchObject({ ok: false, reason: expect.stringContaining('needed the time that was left') });
    expect(await session.send(a, ask)).toEqual(told);
    expect(asked).toEqual(['a', 'a']);
  });

  it('of all of it: nothing is sent when it is over', async () => {
    const { session, ask, asked, opened } = brokersThat(never, 100);

    const over = { ok: false, reason: 'the time for this reading was over' };
    expect(await session.send(a, ask)).toMatchObject(over);
    expect(await session.send(b, ask)).toMatchObject(over);
    expect([asked, opened]).toEqual([['a'], ['a']]);
  });
});
