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
  name: 'Read',
  since: '2.4',
  versions: [{ key: 1, version: 5, async: async () => 'answer' }],
} as unknown as KafkaRequest<[], string>;
const begin = () => beginSession({ connections, auth: 'iam', timeoutMs: 5_000 });

it('a refused login ends the reading before any broker has answered', async () => {
  await expect(begin().send(bad, request)).rejects.toMatchObject({
    name: ERROR_NAMES.kafkaAuth,
    message: expect.stringMatching(/bad:9098 refused the login: Too many connects/),
  });
});

it('a login that one broker refuses after another accepted it costs only that broker', async () => {
  const session = begin();

  expect(await session.send(good, request)).toEqual({ ok: true, value: 'answer' });
  expect(await session.send(bad, request)).toMatchObject({
    ok: false,
    reason: expect.stringMatching(/Too many connects/),
  });
  expect(await session.send(good, request)).toEqual({ ok: true, value: 'answer' });
});

/** Brokers that accept the login after it was forgotten `times` times. */
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

it('a refused login is tried once more with credentials that are loaded again', async () => {
  const { session, counts } = renewable(1);

  expect(await session.send(bad, request)).toEqual({ ok: true, value: 'answer' });
  expect(counts()).toEqual([1, 2]);
});

it('credentials are loaded again once in a reading, whatever the number of refusals', async () => {
  const { session, counts } = renewable(2);

  const outcomes = await Promise.allSettled([good, bad].map((broker) => session.send(broker, request)));

  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(counts()).toEqual([1, 4]);
});

it('a login is not repeated where nothing can be loaded', async () => {
  const { session, counts } = renewable(1, false);

  await expect(session.send(bad, request)).rejects.toMatchObject({ name: ERROR_NAMES.kafkaAuth });
  expect(counts()).toEqual([1, 1]);
});

it('an unsupported request is not sent, and says which Kafka it needs', async () => {
  const newer = { name: 'ReadMany', since: '3.0', versions: [{ key: 1, version: 10 }] };
  const unknown = { name: 'ReadNew', since: '3.7', versions: [{ key: 69, version: 0 }] };
  const session = begin();

  const outcomes = await Promise.all([newer, unknown].map((r) => session.send(good, r as unknown as typeof request)));

  expect(outcomes.map((outcome) => !outcome.ok && [outcome.unsupported, outcome.reason])).toEqual([
    [true, 'ReadMany needs Kafka 3.0: we speak versions 10 to 10, and the broker speaks 0 to 9'],
    [true, 'ReadNew needs Kafka 3.7: we speak versions 0 to 0, and the broker does not know it'],
  ]);
  expect(session.requests).toBe(0);
  expect(await session.sendToAny([good], newer as unknown as typeof request)).toMatchObject({ unsupported: true });
  expect(await session.send(good, request)).toEqual({ ok: true, value: 'answer' });
});

/** Connections that open at once. `respond` makes the answers. */
function brokersThat(respond: (broker: Broker, sends: number) => Promise<string> | string, timeoutMs = 5_000) {
  const up = new Set<string>();
  const opened: string[] = [];
  const sent: string[] = [];
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
    sent.push(broker.host);
    try {
      return await respond(broker, sent.filter((host) => host === broker.host).length);
    } catch (error) {
      up.delete(broker.host);
      throw error;
    }
  };
  const probe = { ...request, versions: [{ key: 1, version: 5, async: answer }] } as unknown as typeof request;
  return { session: beginSession({ connections: those, auth: 'scram', timeoutMs }), probe, up, opened, sent };
}
const VERSIONS = new Map([[1, { minVersion: 0, maxVersion: 9 }]]);
const [a, b] = ['a', 'b'].map((host) => ({ host, port: 9098 })) as [Broker, Broker];
const answered = { ok: true, value: 'answer' };
const reset = () => new NetworkError('Connection closed');
const never = () => new Promise<string>(() => {});

describe('a connection that breaks', () => {
  it('is opened again for all requests that were under way', async () => {
    const { session, probe, opened } = brokersThat((_, sends) => (sends <= 2 ? Promise.reject(reset()) : 'answer'));

    expect(await Promise.all([session.send(a, probe), session.send(a, probe)])).toEqual([answered, answered]);
    expect(opened).toEqual(['a', 'a']);
  });

  it('is opened again once in a reading', async () => {
    const { session, probe, opened } = brokersThat((_, sends) => (sends === 2 ? 'answer' : Promise.reject(reset())));

    expect(await session.send(a, probe)).toEqual(answered);
    expect(await session.send(a, probe)).toMatchObject({ ok: false, reason: expect.stringContaining('closed') });
    expect(await session.send(a, probe)).toMatchObject({ ok: false });
    expect(opened).toEqual(['a', 'a']);
  });

  it('is opened a third time with new credentials when the broker refuses the login', async () => {
    const refused = new AuthenticationError('SASL authentication failed', {
      serverErrorMessage: 'invalid credentials',
    });
    const failures = [reset(), refused];
    const { session, probe } = brokersThat((_, sends) =>
      failures[sends - 1] ? Promise.reject(failures[sends - 1]) : 'answer',
    );

    expect(await session.send(a, probe)).toEqual(answered);
  });
});

it('a broker that did not answer in time gets no more requests, not even on a new connection', async () => {
  const { session, probe, sent } = brokersThat(() => Promise.reject(new TimeoutError('Request timed out')));

  const reason = expect.stringContaining('did not answer');
  expect(await session.send(a, probe)).toMatchObject({ ok: false, reason });
  expect(await session.send(a, probe)).toMatchObject({ ok: false, reason });
  expect(sent).toEqual(['a']);
});

it('a request whose connection another request broke has the reason of that request', async () => {
  const { session, probe, sent } = brokersThat(async (_, sends) => {
    if (sends === 1) throw new TimeoutError('Request timed out');
    await new Promise((resolve) => setImmediate(resolve));
    throw reset();
  });
  const outcomes = await Promise.all([session.send(a, probe), session.send(a, probe)]);

  expect(outcomes).toMatchObject(Array(2).fill({ ok: false, reason: expect.stringContaining('did not answer') }));
  expect(sent).toEqual(['a', 'a']);
});

describe('any broker', () => {
  it('gets the request when the one before is silent for a while, and the first answer counts', async () => {
    const { session, probe, sent } = brokersThat(({ host }) => (host === 'a' ? never() : 'answer'), 300);

    expect(await session.sendToAny([a, b], probe)).toEqual(answered);
    expect(sent).toEqual(['a', 'b']);
  });

  it('gets no request while one that has answered before works on it', async () => {
    const timeout = () => Promise.reject(new TimeoutError('Request timed out'));
    const { session, probe, sent } = brokersThat(async ({ host }, sends) => {
      if (host === 'a' && sends === 2) await new Promise((resolve) => setTimeout(resolve, 120));
      return host === 'b' ? timeout() : 'answer';
    }, 300);
    await session.send(a, probe);

    expect(await session.sendToAny([a, b], probe)).toEqual(answered);
    expect(sent).toEqual(['a', 'a']);
  });

  it('is the quickest of the connected ones', async () => {
    const { session, probe, sent } = brokersThat(async ({ host }) => {
      if (host === 'a') await new Promise((resolve) => setTimeout(resolve, 30));
      return 'answer';
    });
    for (const broker of [a, b]) await session.send(broker, probe);
    await session.sendToAny([a, b], probe);

    expect(sent).toEqual(['a', 'b', 'b']);
  });

  it('is named with its reason when it fails', async () => {
    const { session, probe } = brokersThat(() => Promise.reject(new TimeoutError('Request timed out')));

    expect(await session.sendToAny([a, b], probe)).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/^a:9098: it accepted .* \(after 0\.\d s\); b:9098: it accepted/),
    });
    expect(await session.sendToAny([], probe)).toMatchObject({ ok: false });
  });
});

describe('a share of the time', () => {
  it('ends a request, and its broker gets the next one in the rest of the time', async () => {
    const { session, probe, sent } = brokersThat((_, sends) => (sends === 1 ? never() : 'answer'), 400);
    session.limit(1 / 4);
    const outcome = await session.send(a, probe);
    session.limit(1);

    expect(outcome).toMatchObject({ ok: false, reason: expect.stringContaining('needed the time that was left') });
    expect(await session.send(a, probe)).toEqual(answered);
    expect(sent).toEqual(['a', 'a']);
  });

  it('ends with the reading: after that nothing is sent', async () => {
    const { session, probe, sent, opened } = brokersThat(never, 100);

    const over = { ok: false, reason: 'the time for this reading was over' };
    expect(await session.send(a, probe)).toMatchObject(over);
    expect(await session.send(b, probe)).toMatchObject(over);
    expect([sent, opened]).toEqual([['a'], ['a']]);
  });
});
