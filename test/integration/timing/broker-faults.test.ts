/**
 * Faults of a network and of single brokers, made by proxies before three real ones: what a reading
 * costs, and what it reports.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import type { PartitionReading } from '#core/kafka/model.ts';
import type { OffsetsReader } from '#core/ports.ts';
import { present } from '#core/text/json.ts';
import { expectPartLost, expectWhole } from '#test/support/groups/expect-reading.ts';
import { API, type KafkaProxy } from '#test/support/kafka/kafka-proxy.ts';
import { GROUPS, useProxiedKafka } from '#test/support/kafka/proxied-kafka.ts';

const TIMEOUT_MS = 6_000;
/** Of one request. */
const THIRD_MS = TIMEOUT_MS / 3;
/** For what is not waiting: this machine may be busy. */
const WORK_MS = 1_500;
const AGES = { rounds: 18, precisePartitions: 200 };
/** Of ListOffsets, for the ends, last stable offsets and starts of logs, and for tiered storage. */
const BEFORE_AGES = 4;

const kafka = useProxiedKafka();

const proxyOf = (nodeId: number): KafkaProxy => {
  const proxy = kafka().proxies[nodeId - 1];
  if (proxy === undefined) throw new Error(`there is no broker ${nodeId}`);
  return proxy;
};
const each = <T>(what: (proxy: KafkaProxy) => T): readonly T[] => kafka().proxies.map(what);

/** Partitions that are lost with a broker. */
async function lostWith(node: number): Promise<(partition: number) => boolean> {
  const leaders = await kafka().leaders();
  expect(leaders).toContain(node);
  return (partition) => leaders[partition] === node;
}

beforeEach(() => {
  each((proxy) => proxy.forget());
});

/** Requests of one connection wait for each other, as they do at a broker. */
const delayed = (ms: number) => async () => {
  await delay(ms);
  return 'pass' as const;
};

/** A reader that has read once: its connections are up. */
async function warmReader(): Promise<OffsetsReader> {
  const reader = kafka().reader(TIMEOUT_MS);
  expectWhole(await reader.read());
  each((proxy) => proxy.forget());
  return reader;
}

describe('connections', () => {
  test('there is one to each broker, kept from reading to reading, with ages too', async () => {
    const reader = kafka().reader(TIMEOUT_MS);
    const before = each(({ open }) => open);
    for (const ages of [undefined, AGES, AGES]) expectWhole(await reader.read(present({ ages })));

    expect(each(({ accepted }) => accepted)).toEqual([1, 1, 1]);
    expect(each(({ open }) => open)).toEqual(before.map((count) => count + 1));
  });

  test('that were reset between two readings are opened again, and the reading is whole', async () => {
    const reader = await warmReader();
    each((proxy) => proxy.reset());

    expectWhole(await reader.read({ ages: AGES }));
    expect(each(({ accepted }) => accepted)).toEqual([1, 1, 1]);
  });

  test.each(['warm', 'cold'])('a %s connection that is reset during a reading is opened again once', async (start) => {
    const reader = start === 'warm' ? await warmReader() : kafka().reader(TIMEOUT_MS);
    const first = start === 'warm' ? 0 : 1;
    let resets = 0;
    proxyOf(2).rule = ({ apiKey }) => (apiKey === API.offsetFetch && resets++ === 0 ? 'reset' : 'pass');

    expectWhole(await reader.read());
    expect(each(({ accepted }) => accepted)).toEqual([first, first + 1, first]);
  });

  test('a connection that is always reset is opened again once, and costs its own part', async () => {
    const reader = await warmReader();
    proxyOf(2).rule = ({ apiKey }) => (apiKey === API.listOffsets ? 'reset' : 'pass');

    const reading = await reader.read();

    expect(each(({ accepted }) => accepted)).toEqual([0, 1, 0]);
    expect(reading.groups.length).toBe(GROUPS.length);
    expectPartLost(reading, await lostWith(2), 'it closed the connection without an answer');
    proxyOf(2).forget();
    expectWhole(await reader.read());
  });
});

describe('a broker that hangs', () => {
  test.each([
    ['from the beginning, and is the first that is asked', 1, () => true],
    ['from the beginning', 3, () => true],
    ['when it is asked for commits', 2, (apiKey: number) => apiKey === API.offsetFetch],
    ['when it is asked for the ends of logs', 2, (apiKey: number) => apiKey === API.listOffsets],
  ] as const)('%s: one wait, and its own part', async (_, node, hangsAt) => {
    const reader = kafka().reader(TIMEOUT_MS);
    const proxy = proxyOf(node);
    let hangs = false;
    proxy.rule = ({ apiKey }) => {
      hangs ||= hangsAt(apiKey);
      return hangs ? 'swallow' : 'pass';
    };
    const startedAt = performance.now();
    const reading = await reader.read({ ages: AGES });

    expect(performance.now() - startedAt).toBeLessThan(THIRD_MS + WORK_MS);
    expect(proxy.accepted).toBe(1);
    expect(reading.problems.map(({ broker }) => broker)).toContain(proxy.address);
    expectPartLost(reading, await lostWith(node), 'it accepted the connection and did not answer');
    proxy.forget();
    expectWhole(await reader.read({ ages: AGES }));
  });

  test('two of three: the third is read', async () => {
    for (const node of [1, 2]) proxyOf(node).rule = () => 'swallow';
    const startedAt = performance.now();
    const reading = await kafka().reader(TIMEOUT_MS).read({ ages: AGES });

    expect(performance.now() - startedAt).toBeLessThan(TIMEOUT_MS);
    const listed = reading.groups.length;
    expect(listed).toBeGreaterThan(0);
    expect(listed).toBeLessThan(GROUPS.length);
  });

  test('beside one that is slow: the third is read to the end', async () => {
    proxyOf(1).rule = () => 'swallow';
    proxyOf(2).rule = delayed(THIRD_MS - 300);
    const startedAt = performance.now();
    const reading = await kafka().reader(TIMEOUT_MS).read();

    expect(performance.now() - startedAt).toBeLessThan(TIMEOUT_MS + WORK_MS);
    const [hanging, slow] = [await lostWith(1), await lostWith(2)];
    expectPartLost(reading, (partition) => hanging(partition) || slow(partition), '');
  });

  test('in the third round of ages gets no more requests, and its earlier answers count', async () => {
    const reader = await warmReader();
    const proxy = proxyOf(2);
    const asks = BEFORE_AGES + 2;
    proxy.rule = ({ apiKey }) =>
      apiKey === API.listOffsets && proxy.count(API.listOffsets) > asks ? 'swallow' : 'pass';
    const startedAt = performance.now();
    const reading = await reader.read({ ages: AGES });

    expect(performance.now() - startedAt).toBeLessThan(THIRD_MS + WORK_MS);
    expect(proxy.count(API.listOffsets)).toBe(asks + 1);
    expectWhole({ ...reading, problems: [] });
    const leaders = await kafka().leaders();
    const widthOf = ({ age }: PartitionReading) =>
      age.kind === 'known' && age.value.atMostMs !== undefined ? age.value.atMostMs - age.value.atLeastMs : Number.NaN;
    for (const partition of reading.groups[0]?.partitions ?? []) {
      const width = widthOf(partition);
      const isClose = width < 0.05 * 86_400_000;
      expect({ leader: leaders[partition.partition], isClose }).toEqual({
        leader: leaders[partition.partition],
        isClose: leaders[partition.partition] !== 2,
      });
    }
  });
});

describe('a broker that is slow', () => {
  test('and answers in time is read whole', async () => {
    const reader = await warmReader();
    proxyOf(1).rule = delayed(300);

    expectWhole(await reader.read());
  });

  test('and does not answer in time costs its own part, within the deadline', async () => {
    proxyOf(1).rule = delayed(THIRD_MS - 500);
    const startedAt = performance.now();
    const reading = await kafka().reader(TIMEOUT_MS).read();

    expect(performance.now() - startedAt).toBeLessThan(TIMEOUT_MS + WORK_MS);
    expect(reading.problems.map(({ broker }) => broker)).toContain(proxyOf(1).address);
    expectPartLost(reading, await lostWith(1), '');
  });
});

describe('names', () => {
  test('one that cannot be resolved costs nothing beside one that can', async () => {
    const { bootstrap, reader } = kafka();

    expectWhole(await reader(TIMEOUT_MS, `broker.invalid:9092,${bootstrap.split(',')[1]}`).read());
  });

  test('of which none can be resolved are all reported', async () => {
    const reading = kafka().reader(TIMEOUT_MS, 'one.invalid:9092,two.invalid:9092').read();

    await expect(reading).rejects.toThrow(
      /no Kafka broker answered .*one\.invalid:9092: the host name cannot be resolved .*two\.invalid:9092: the host name/,
    );
  });
});
