/**
 * Conditions on one real broker: raw offsets and owners as the official tool has them, and what we
 * make of them beyond it.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BatchReaderOptions, createBatchReader } from '#adapters/kafka/batch-reader.ts';
import { systemClock } from '#adapters/system/clock.ts';
import type { GroupReading } from '#core/kafka/model.ts';
import { known, knownValue } from '#core/kafka/reading.ts';
import { conditionsOf, conditionText } from '#core/lag/conditions.ts';
import { measureLag } from '#core/lag/lag.ts';
import type { OffsetsReader } from '#core/ports.ts';
import { createTopic } from '#local/workload/create-topic.ts';
import { startJavaConsumer } from '#test/stand/start-java.ts';
import { consumerGroups, type OffsetRow, parseOffsetRows } from '#test/stand/tools.ts';
import { type LagRun, runLag } from '#test/support/cli/run-lag.ts';
import { type DescribedGroup, rowOf, rowsOf } from '#test/support/groups/described.ts';
import { type Polled, pollingOf } from '#test/support/groups/polled.ts';
import { allowDescribe } from '#test/support/kafka/acls.ts';
import { jsClients, TRANSACTION_MS } from '#test/support/kafka/js-clients.ts';
import { useKafka } from '#test/support/kafka/kafka.ts';
import { commit, produce, withAdmin } from '#test/support/kafka/offsets.ts';
import { waitUntil } from '#test/support/wait-until.ts';

const HOUR_MS = 3_600_000;
/**
 * Records of a transaction that was committed, which its marker follows; and of the open one behind
 * it.
 */
const [PAID, OPEN] = [5, 3];
/** The log behind them. */
const END = PAID + 1 + OPEN;
const HOLDER = 'platby: účet 1';
/** Groups with a member, and what it reads. */
const LIVE = [
  { group: 'left', topic: 'new', due: undefined },
  { group: 'js read_committed', topic: 'transfers', due: PAID },
  { group: 'js read_uncommitted', topic: 'transfers', readUncommitted: true, due: END },
  { group: 'all read', topic: 'paid', due: PAID },
];
/** Its member goes when it has read all. */
const EMPTIED = { group: 'emptied', topic: 'old', due: 3 };
/** Of the same topic, by Kafka's own client. */
const JAVA = 'java read_committed';

const USER = 'no-transactions';
const kafka = useKafka({ listeners: ['scram'], acls: true, users: { [USER]: 'password' } });
const closing: (() => Promise<unknown>)[] = [];
let reader: OffsetsReader;
/** The open transaction began between these. */
const began = { fromMs: 0, toMs: 0 };

beforeAll(async () => {
  const { bootstrap } = kafka();
  reader = readerOf({ bootstrapBrokers: bootstrap, auth: 'plaintext' });
  const topics = { orders: 2, events: 1, partly: 4, old: 1, new: 1, transfers: 1, paid: 1 };
  for (const [topic, partitions] of Object.entries(topics)) await createTopic(bootstrap, topic, partitions);
  await allowDescribe(bootstrap, { [USER]: { cluster: true, groups: ['*'], topics: ['*'] } });
  await produce(bootstrap, { topic: 'orders', counts: [4, 4] });
  await produce(bootstrap, { topic: 'events', counts: [10] });
  await produce(bootstrap, { topic: 'partly', counts: [5, 5, 5, 5] });
  await produce(bootstrap, { topic: 'old', counts: [3], stampedMs: Date.now() - HOUR_MS });
  await commit(bootstrap, {
    beyond: { orders: [9, 1] },
    late: { events: [2] },
    part: { partly: [1, null, 3, null] },
    left: { old: [1] },
  });
  await withAdmin(bootstrap, (admin) =>
    admin.deleteRecords({ topics: [{ name: 'events', partitions: [{ partition: 0, offset: 6n }] }] }),
  );
  const clients = jsClients(bootstrap);
  closing.push(() => clients.close());
  await clients.transact({ topic: 'paid', id: 'done', records: PAID });
  await clients.transact({ topic: 'transfers', id: 'earlier', records: PAID });
  began.fromMs = Date.now();
  await clients.begin({ topic: 'transfers', id: HOLDER, records: OPEN });
  began.toMs = Date.now();
  const leave = await clients.join(EMPTIED);
  await Promise.all([...LIVE.map((member) => clients.join(member)), joinJava()]);
  await waitUntil('all have read what they can', async () => isSettled((await reader.read()).groups), 40_000);
  await leave();
}, 120_000);

afterAll(async () => {
  for (const close of closing.reverse()) await close();
}, 30_000);

describe('lag describe --json', () => {
  let run: LagRun;
  let described: readonly DescribedGroup[];
  let official: readonly OffsetRow[];
  beforeAll(async () => {
    official = parseOffsetRows(await consumerGroups(kafka(), ['--describe', '--offsets', '--all-groups']));
    run = await runLag(['describe', '--json', '--bootstrap', kafka().bootstrap]);
    described = JSON.parse(run.stdout);
  });

  test('has commits, ends and owners as the official tool has them', () => {
    expect(run.stderr).toBe('');
    const rows = described.flatMap(rowsOf);
    expect(rows.map(raw).sort()).toEqual(official.map(rowOf).map(raw).sort());
    expect(rows.filter((row) => JSON.parse(row)[6] !== null)).toHaveLength(LIVE.length + 1);
  });

  test('its lag is that of the official tool, but where that is negative, or counts what was deleted', () => {
    const lags = new Map(described.flatMap(rowsOf).map((row) => [raw(row), JSON.parse(row)[5] ?? undefined]));
    const others = official.flatMap((row) => {
      const ours = lags.get(raw(rowOf(row)));
      return ours === row.lag ? [] : [[row.group, row.lag, ours]];
    });

    expect(others.sort()).toEqual([
      ['beyond', -5, { unknown: expect.stringMatching(/^committed offset 9 lies beyond the log end offset 4/) }],
      // Of the eight, retention deleted four, which nobody can read any more.
      ['late', 8, 4],
    ]);
  });

  test.each<[string, readonly object[]]>([
    ['beyond', [{ id: 'commit-beyond-end', topic: 'orders', partitions: [0] }]],
    ['late', [{ id: 'records-lost', topic: 'events', partitions: [0] }]],
    ['part', [{ id: 'uncommitted', topic: 'partly', partitions: [1, 3] }]],
    ['left', [{ id: 'abandoned-topic', topic: 'old' }]],
    ['all read', []],
    ['emptied', [{ id: 'no-members' }]],
    ...['js read_committed', 'js read_uncommitted', JAVA].map((group): [string, readonly object[]] => [
      group,
      [{ id: 'open-transaction', topic: 'transfers', partitions: [0], detail: expect.stringContaining(HOLDER) }],
    ]),
  ])('%s has its conditions, and no other', (group, conditions) => {
    expect(described.find((one) => one.group === group)).toMatchObject({ group, conditions });
  });

  test('without --json it is a line beside the table', async () => {
    const { stderr } = await runLag(['describe', '--bootstrap', kafka().bootstrap, '--group', 'beyond']);

    expect(stderr).toMatch(/^lag: group "beyond": commit-beyond-end: topic "orders", partition 0: .*\n$/);
  });
});

test('a partition without a commit, whether it has an owner or not, takes nothing from the lag of the others', async () => {
  const { lag } = await measured('part');

  expect(lag).toMatchObject({ sumLag: 4 + 2, complete: true, coverage: 1 });
});

test('a commit beyond the end makes its own lag unknown, and no other', async () => {
  const { lag } = await measured('beyond');

  expect(lag.partitions.map((p) => [p.lag.kind, p.commitBeyondEnd])).toEqual([
    ['unknown', true],
    ['known', false],
  ]);
  expect(lag).toMatchObject({ sumLag: 3, complete: false, coverage: 0.5 });
});

test('records lost to retention are counted apart from those that can be read', async () => {
  const { lag, group } = await measured('late');

  expect(group.partitions[0]?.logStartOffset).toEqual(known(6n));
  expect(lag.partitions).toMatchObject([{ lag: known(4), lost: known(4) }]);
});

describe('behind an open transaction', () => {
  test('the log ends behind it, and the last stable offset before it', async () => {
    const { group } = await measured(JAVA);

    expect(group.partitions).toMatchObject([
      { logEndOffset: known(BigInt(END)), lastStableOffset: known(BigInt(PAID + 1)) },
    ]);
  });

  test.each([
    // Both commit behind the last record that they got: the marker counts as one more.
    [JAVA, PAID, END - PAID, 1],
    ['js read_committed', PAID, END - PAID, 1],
    ['js read_uncommitted', END, 0, 0],
  ])('%s has committed %i: %i to the end, %i to what read_committed gets', async (name, committed, lag, stableLag) => {
    const { group } = await measured(name);
    const at = (isolation: 'read_committed' | 'read_uncommitted') => measureLag(group, { isolation });

    expect(group.partitions[0]?.committedOffset).toEqual(known(BigInt(committed)));
    expect(at('read_uncommitted').partitions).toMatchObject([{ lag: known(lag), stableLag: known(stableLag) }]);
    expect(at('read_committed').partitions).toMatchObject([{ lag: known(stableLag), stableLag: known(stableLag) }]);
  });

  test('its holder is named, with the age of the transaction', async () => {
    const reading = await reader.read({ groupIds: [JAVA] });
    const transactions = knownValue(reading.openTransactions);

    expect(transactions).toMatchObject([
      { transactionalId: HOLDER, timeoutMs: TRANSACTION_MS, partitions: [{ topic: 'transfers', partition: 0 }] },
    ]);
    expect(transactions?.[0]?.startedAtMs).toBeGreaterThanOrEqual(began.fromMs);
    expect(transactions?.[0]?.startedAtMs).toBeLessThanOrEqual(began.toMs);
    const [condition] = reading.groups.flatMap((group) => conditionsOf(group, { reading }));
    const seconds = Number(/^held by "platby: účet 1" for (\d+) s$/.exec(condition?.detail ?? '')?.[1]);
    expect(seconds).toBeGreaterThanOrEqual(Math.round((reading.atMs - began.toMs) / 1000));
    expect(seconds).toBeLessThanOrEqual(Math.round((reading.atMs - began.fromMs) / 1000));
  });

  test('a user who may not describe transactional ids learns that the holder is not visible', async () => {
    const credentials = async () => ({ username: USER, password: 'password', ca: kafka().certificates?.ca ?? '' });
    const limited = readerOf({ bootstrapBrokers: kafka().bootstrapOf('scram'), auth: 'scram', credentials });

    const reading = await limited.read({ groupIds: [JAVA] });

    const conditions = reading.groups.flatMap((group) => conditionsOf(group, { reading }));
    expect(conditions.map(conditionText)).toEqual([
      expect.stringMatching(
        /^open-transaction: topic "transfers", partition 0: .*; its holder is not visible: .*the permission to describe transactional ids is missing$/,
      ),
    ]);
  });
});

describe('over two polls', () => {
  const polling = pollingOf({ read: (request) => reader.read(request), close: async () => {} });
  let second: Polled;
  beforeAll(async () => {
    await polling.poll();
    second = await polling.poll();
  });

  test('a marker that nobody can read stays in the lag, and has no age that would grow', async () => {
    const { conditions, ageMs, sumLag } = await polling.observe('all read');

    expect((await measured('all read')).group.partitions).toMatchObject([
      { committedOffset: known(BigInt(PAID)), logEndOffset: known(BigInt(PAID + 1)) },
    ]);
    expect(second.valuesOf('TimeLagSeconds', 'all read')).toEqual([]);
    expect(second.valuesOf('PartitionLag', 'all read')).toEqual([1]);
    expect({ conditions, ageMs, sumLag }).toEqual({
      conditions: [{ id: 'possibly-only-markers', topic: 'paid', partitions: [0] }],
      ageMs: { kind: 'unknown', reason: 'paid/0: the unread offsets may begin with transaction markers' },
      sumLag: 1,
    });
  });

  test('records of a topic that no member reads are lag, and no age of the group', async () => {
    const { conditions } = await polling.observe('left');

    expect(conditions).toEqual([{ id: 'abandoned-topic', topic: 'old' }]);
    expect(Math.max(...second.valuesOf('PartitionLag', 'left'))).toBeGreaterThan(0);
    expect(second.valuesOf('TimeLagSeconds', 'left')).toEqual([]);
  });

  test('a few records behind an open transaction do age', async () => {
    const { conditions } = await polling.observe(JAVA);

    expect(conditions.map(({ id }) => id)).toEqual(['open-transaction']);
    expect(second.valuesOf('PartitionLag', JAVA)).toEqual([END - PAID]);
    expect(second.valuesOf('TimeLagSeconds', JAVA)[0]).toBeGreaterThan(0);
  });
});

/** Without the lag: what the brokers returned, and not what follows from it. */
const raw = (row: string): string =>
  JSON.stringify(JSON.parse(row).filter((_: unknown, column: number) => column !== 5));

function readerOf(options: Pick<BatchReaderOptions, 'bootstrapBrokers' | 'auth' | 'credentials'>): OffsetsReader {
  const made = createBatchReader({ ...options, timeoutMs: 15_000, clock: systemClock });
  closing.push(() => made.close());
  return made;
}

async function measured(groupId: string) {
  const group = (await reader.read({ groupIds: [groupId] })).groups[0];
  if (group === undefined) throw new Error(`group ${groupId} is not in the reading`);
  return { group, lag: measureLag(group) };
}

async function joinJava(): Promise<void> {
  const membership = { protocol: 'classic', assignor: 'range' } as const;
  const consumer = await startJavaConsumer({
    bootstrap: kafka().bootstrap,
    topic: 'transfers',
    group: JAVA,
    clientId: 'java',
    membership,
    isolation: 'read_committed',
  });
  closing.push(() => consumer.stop());
  await consumer.ready;
}

/** Each group that had a member has it, and has committed all that it can read. */
function isSettled(groups: readonly GroupReading[]): boolean {
  return [...LIVE, EMPTIED, { group: JAVA, topic: 'transfers', due: PAID }].every(({ group: groupId, topic, due }) => {
    const group = groups.find((one) => one.groupId === groupId);
    const partition = group?.partitions.find((one) => one.topic === topic);
    if (group === undefined || partition === undefined || knownValue(group.state) !== 'Stable') return false;
    return knownValue(partition.committedOffset) === (due === undefined ? undefined : BigInt(due));
  });
}
