/**
 * Coordinators and leaders that move while a reading goes on, on three real brokers; and polls
 * while one of them is dead.
 */
import { beforeEach, describe, expect, test } from 'vitest';
import { MemoryHistoryStore } from '#adapters/memory/history-store.ts';
import { systemClock } from '#adapters/system/clock.ts';
import type { Metric } from '#core/metrics/catalogue.ts';
import type { OffsetsReader } from '#core/ports.ts';
import { parseSettings } from '#core/settings.ts';
import { poll } from '#flows/poll.ts';
import { expectPartLost, expectWhole } from '#test/support/groups/expect-reading.ts';
import { API } from '#test/support/kafka/kafka-proxy.ts';
import { COMMITTED, END, GROUPS, PARTITIONS, TOPIC, useProxiedKafka } from '#test/support/kafka/proxied-kafka.ts';
import { waitUntil } from '#test/support/wait-until.ts';

const TIMEOUT_MS = 10_000;
const NODES = [1, 2, 3];
const AGES = { rounds: 18, precisePartitions: 200 };
const COORDINATOR_LOAD_IN_PROGRESS = 14;
/** Of the offsets of groups, as the stand sets it. */
const OFFSETS_PARTITIONS = 6;

const kafka = useProxiedKafka();
beforeEach(() => {
  for (const proxy of kafka().proxies) proxy.forget();
});

/** Before the first request of this kind reaches any broker, `what` is done. */
function before(apiKey: number, what: () => Promise<void>): void {
  let done: Promise<void> | undefined;
  for (const proxy of kafka().proxies) {
    proxy.rule = async (request) => {
      if (request.apiKey !== apiKey) return 'pass' as const;
      done ??= what();
      await done;
      return 'pass' as const;
    };
  }
}

const asked = (apiKey: number) => kafka().proxies.reduce((sum, proxy) => sum + proxy.count(apiKey), 0);

/** Where the offsets of a group are kept: Java's hash of its id. */
const offsetsPartition = (groupId: string) =>
  Math.abs(Array.from(groupId).reduce((hash, char) => (hash * 31 + char.charCodeAt(0)) | 0, 0)) % OFFSETS_PARTITIONS;

test('a leader that moves after it was looked up is looked up again, and the reading is whole', async () => {
  const { assign, leaders, reader } = kafka();
  const [from = 0] = await leaders();
  const to = (from % 3) + 1;
  before(API.listOffsets, async () => {
    await assign(TOPIC, 0, [to]);
    await waitUntil('the partition has moved', async () => (await leaders())[0] === to);
  });

  expectWhole(await reader(TIMEOUT_MS).read({ ages: AGES }));
  // Once to see whether all topics may be described, and for leaders, twice.
  expect(asked(API.metadata)).toBe(3);
});

test('a coordinator that moves after it has listed its groups is looked up, and the reading is whole', async () => {
  const { assign, coordinatorOf, direct, reader, proxies } = kafka();
  const [groupId = ''] = GROUPS;
  const lookups: number[] = [];
  // The old one may answer for a moment longer, and is not looked up then: that reading is whole
  // too.
  while (!lookups.includes(1) && lookups.length < 5) {
    for (const proxy of proxies) proxy.forget();
    const from = await coordinatorOf(groupId);
    const others = NODES.filter((node) => node !== from);
    before(API.offsetFetch, async () => {
      await assign('__consumer_offsets', offsetsPartition(groupId), others);
      await waitUntil('another broker coordinates the group', async () => {
        if (!others.includes(await coordinatorOf(groupId))) return false;
        return (await direct.read({ groupIds: [groupId] })).unreadableGroups.length === 0;
      });
    });
    expectWhole(await reader(TIMEOUT_MS).read());
    lookups.push(asked(API.findCoordinator));
  }

  expect(lookups.filter((count) => count > 0)).toEqual([1]);
}, 60_000);

describe('a coordinator that loads', () => {
  /**
   * Of the last of the groups in it; there the answer ends in an error, and two empty lists of
   * tags.
   */
  const loads = (frame: Buffer) => frame.writeInt16BE(COORDINATOR_LOAD_IN_PROGRESS, frame.length - 4);

  test('is asked a second time, and the reading is whole', async () => {
    let answers = 0;
    for (const proxy of kafka().proxies) {
      proxy.answer = (apiKey, frame) => apiKey === API.offsetFetch && answers++ === 0 && loads(frame);
    }

    expectWhole(await kafka().reader(TIMEOUT_MS).read());
    expect(answers).toBeGreaterThan(1);
  });

  test('and is not ready the second time costs its groups alone, which are named', async () => {
    const [groupId = ''] = GROUPS;
    for (const proxy of kafka().proxies) {
      proxy.answer = (apiKey, frame) => apiKey === API.offsetFetch && loads(frame);
    }
    const reader = kafka().reader(TIMEOUT_MS);
    const { groups, unreadableGroups } = await reader.read({ groupIds: [groupId] });

    expect({ groups, unreadableGroups }).toEqual({
      groups: [],
      unreadableGroups: [{ groupId, reason: expect.stringContaining('COORDINATOR_LOAD_IN_PROGRESS') }],
    });
    for (const proxy of kafka().proxies) proxy.forget();
    expectWhole(await reader.read());
  });
});

/** Of each group. */
const WHOLE_LAG = PARTITIONS * Number(END - COMMITTED);

/**
 * Polls with a threshold that the whole lag of a group reaches and no part of it does, and for one
 * group, any part.
 */
function pollOf(offsets: OffsetsReader) {
  const settings = parseSettings({
    clusterName: 'prod',
    bootstrapBrokers: kafka().bootstrap,
    auth: 'plaintext',
    defaultThreshold: { lag: WHOLE_LAG, ageSeconds: 'none', dataLossHorizonSeconds: 'none' },
    thresholds: [{ groups: 'group-0', lag: 1 }],
  });
  const history = new MemoryHistoryStore();
  return async () => {
    const published: Metric[] = [];
    const metrics = { publish: async (some: readonly Metric[]) => void published.push(...some) };
    const result = await poll({ settings, clock: systemClock, offsets, history, metrics });
    const named = (name: string) => published.filter((metric) => metric.name === name);
    return { ...result, named };
  };
}

test('when a broker is killed during a poll, the rest is reported as partial, and the next polls find its groups', async () => {
  const { coordinatorOf, leaders, stand, reader } = kafka();
  const leadersBefore = await leaders();
  const [groupId = ''] = GROUPS;
  const dead = await coordinatorOf(groupId);
  const isLost = (partition: number) => leadersBefore[partition] === dead;
  const left = leadersBefore.filter((leader) => leader !== dead).length;
  const offsets = reader(TIMEOUT_MS);
  const pollOnce = pollOf(offsets);
  const first = await pollOnce();
  expect(first).toMatchObject({ coverage: 1, groupsUnreadable: 0, problems: [] });
  expect(first.named('LagRatio').length).toBe(GROUPS.length);

  before(API.offsetFetch, async () => {
    process.kill(stand.pids[dead - 1] ?? 0, 'SIGKILL');
  });
  const during = await pollOnce();

  expect(during.problems.map(({ text }) => text).join('\n')).toContain(kafka().proxies[dead - 1]?.address);
  expect(during.groupsUnreadable).toBeGreaterThan(0);
  expect(during.groups.length + during.groupsUnreadable).toBe(GROUPS.length);
  expect(during.named('Coverage')).toEqual([]);
  expectRatiosOfPart(during.named('LagRatio'), left);
  expect(during.named('TimeLagSeconds')).toEqual([]);

  await waitUntil(
    'all groups have a coordinator',
    async () => (await pollOnce()).groups.length === GROUPS.length,
    40_000,
  );
  const after = await pollOnce();
  expect(after.groups.map((group) => group.groupId)).toEqual(GROUPS.toSorted());
  expect(after.named('Coverage')).toMatchObject([{ values: [left / PARTITIONS] }]);
  expectRatiosOfPart(after.named('LagRatio'), left);
  const reading = await offsets.read();
  expectPartLost(reading, isLost, 'no leader');
  const commits = reading.groups.flatMap(({ partitions }) => partitions.map(({ committedOffset }) => committedOffset));
  expect(commits).toEqual(Array(GROUPS.length * PARTITIONS).fill({ kind: 'known', value: COMMITTED }));
}, 90_000);

/** Only the group whose known part is above its threshold has a ratio. */
function expectRatiosOfPart(ratios: readonly Metric[], left: number): void {
  expect(left).toBeLessThan(PARTITIONS);
  for (const { dimensions, values } of ratios) {
    expect(dimensions.ConsumerGroup).toBe('group-0');
    expect(values).toEqual([left * Number(END - COMMITTED)]);
  }
}
