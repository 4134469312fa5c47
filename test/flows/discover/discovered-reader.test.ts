import { describe, expect, it } from 'vitest';
import { KafkaAuthError, KafkaUnreachableError } from '#core/errors.ts';
import { known } from '#core/kafka/reading.ts';
import type { DiscoveredCluster } from '#core/msk/discovered-cluster.ts';
import { DiscoveredReader } from '#flows/discover/discovered-reader.ts';
import { clusterReadingOf } from '#test/support/groups/readings.ts';
import { ManualClock } from '#test/support/groups/simulated-group.ts';

const at = (bootstrapBrokers: string): DiscoveredCluster => ({
  arn: 'arn:orders',
  name: 'orders',
  type: 'standard',
  state: 'ACTIVE',
  endpoints: known([{ auth: 'iam', network: 'private', bootstrapBrokers }]),
  atMs: 0,
});

/**
 * A reader over a store with `stored` that fails with `broken`, and brokers that fail with
 * `failing`.
 */
function readerWorld(stored: DiscoveredCluster | undefined) {
  const clock = new ManualClock(0);
  const log: string[] = [];
  const world = {
    stored,
    broken: undefined as Error | undefined,
    failing: undefined as Error | undefined,
    closing: undefined as Error | undefined,
  };
  const reading = clusterReadingOf(0, []);
  const reader = new DiscoveredReader({
    choice: { auth: 'iam', network: 'private' },
    clock,
    clusters: {
      location: 's3://b/k',
      save: async () => {},
      load: async () => {
        log.push('load');
        if (world.broken !== undefined) throw world.broken;
        return world.stored;
      },
    },
    connect: (brokers) => {
      log.push(`connect ${brokers}`);
      return {
        read: async (request) => {
          log.push(`read ${request?.groupIds?.join() ?? 'all'}`);
          if (world.failing !== undefined) throw world.failing;
          return reading;
        },
        close: async () => {
          log.push(`close ${brokers}`);
          if (world.closing !== undefined) throw world.closing;
        },
      };
    },
  });
  const logged = () => log.splice(0);
  return { reader, reading, world, clock, logged };
}

describe('DiscoveredReader', () => {
  it('loads the cluster once for several readings', async () => {
    const { reader, reading, logged } = readerWorld(at('a:1'));

    expect(await reader.read()).toBe(reading);
    await reader.read({ groupIds: ['g'] });

    expect(logged()).toEqual(['load', 'connect a:1', 'read all', 'read g']);
    expect(reader.cluster).toEqual(at('a:1'));
  });

  it('names the missing object and what to do, and loads it once it exists', async () => {
    const { reader, world } = readerWorld(undefined);

    await expect(reader.read()).rejects.toThrow(
      /s3:\/\/b\/k does not exist; call the function discover .* or set bootstrapBrokers/,
    );
    expect(reader.cluster).toBeUndefined();
    world.stored = at('a:1');
    await expect(reader.read()).resolves.toBeDefined();
  });

  it('throws the error of the store before the first cluster', async () => {
    const { reader, world } = readerWorld(at('a:1'));
    world.broken = new Error('S3 is silent');

    await expect(reader.read()).rejects.toThrow('S3 is silent');
  });

  it('does not connect when the cluster lacks the login', async () => {
    const { reader, logged } = readerWorld({ ...at('a:1'), endpoints: known([]) });

    await expect(reader.read()).rejects.toThrow(/offers no auth iam/);
    expect(logged()).toEqual(['load']);
  });

  it('loads again after five minutes, for the next reading, and keeps connections that are still valid', async () => {
    const { reader, world, clock, logged } = readerWorld(at('a:1,b:1'));
    await reader.read();
    clock.advance(299_999);
    await reader.read();
    world.stored = { ...at('b:1,c:1'), state: 'HEALING' };
    clock.advance(1);
    logged();

    await reader.read();
    expect(logged()).toEqual(['load', 'read all']);
    await reader.read();
    expect(logged()).toEqual(['read all']);
    expect(reader.cluster?.state).toBe('HEALING');
  });

  it('connects to other brokers when the cluster names none of the old ones', async () => {
    const { reader, world, clock, logged } = readerWorld(at('a:1'));
    await reader.read();
    world.stored = at('z:1');
    world.closing = new Error('already closed');
    clock.advance(300_000);
    await reader.read();
    logged();

    await reader.read();

    expect(logged()).toEqual(['connect z:1', 'close a:1', 'read all']);
  });

  it('keeps reading when the store fails, and reports the problem', async () => {
    const { reader, world, clock, logged } = readerWorld(at('a:1'));
    await reader.read();
    world.broken = new Error('S3 is silent');
    clock.advance(300_000);

    await expect(reader.read()).resolves.toBeDefined();
    expect(reader.problem).toBe('the discovered cluster could not be loaded again: S3 is silent');
    world.broken = undefined;
    clock.advance(300_000);
    await reader.read();

    expect(reader.problem).toBeUndefined();
    expect(logged().filter((line) => /connect|close/.test(line))).toEqual(['connect a:1']);
  });

  it('loads again when no broker answers, and then connects to the new brokers', async () => {
    const { reader, world, logged } = readerWorld(at('a:1,b:1'));
    await reader.read();
    world.failing = new KafkaUnreachableError('none');
    world.stored = at('b:1,c:1');
    logged();

    await expect(reader.read()).rejects.toThrow('none');
    expect(logged()).toEqual(['read all', 'load']);
    world.failing = undefined;
    await reader.read();

    expect(logged()).toEqual(['connect b:1,c:1', 'close a:1,b:1', 'read all']);
  });

  it('keeps the reader when no broker answers and the cluster names no others', async () => {
    const { reader, world, logged } = readerWorld(at('a:1'));
    world.failing = new KafkaUnreachableError('none');
    await expect(reader.read()).rejects.toThrow('none');
    await expect(reader.read()).rejects.toThrow('none');

    expect(logged()).toEqual(['load', 'connect a:1', 'read all', 'load', 'read all', 'load']);
  });

  it('does not load again when the login is refused', async () => {
    const { reader, world, logged } = readerWorld(at('a:1'));
    world.failing = new KafkaAuthError('no');

    await expect(reader.read()).rejects.toThrow('no');
    expect(logged()).toEqual(['load', 'connect a:1', 'read all']);
  });

  it('closes its reader', async () => {
    const { reader, logged } = readerWorld(at('a:1'));
    await reader.close();
    await reader.read();
    await reader.close();

    expect(logged()).toEqual(['load', 'connect a:1', 'read all', 'close a:1']);
  });
});
