/** Every kind of group on a real broker, compared with the official tools. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createBatchReader } from '#adapters/kafka/batch-reader.ts';
import { createKafkajsReader } from '#adapters/kafkajs/kafkajs-reader.ts';
import { systemClock } from '#adapters/system/clock.ts';
import type { ClusterReading, GroupReading } from '#core/kafka/model.ts';
import { known, knownValue } from '#core/kafka/reading.ts';
import type { OffsetsReader } from '#core/ports.ts';
import { createTopic } from '#local/workload/create-topic.ts';
import {
  type JavaConsumerOptions,
  type Membership,
  startJavaConsumer,
  startJavaProducer,
  startStreams,
} from '#test/stand/start-java.ts';
import { consumerGroups, newGroups, parseOffsetRows, parseStates, parseTables } from '#test/stand/tools.ts';
import { type LagRun, runLag } from '#test/support/cli/run-lag.ts';
import { type DescribedGroup, rowOf, rowsOf } from '#test/support/groups/described.ts';
import { joinAsConnectWorker } from '#test/support/kafka/connect-worker.ts';
import { useKafka } from '#test/support/kafka/kafka.ts';
import { waitUntil } from '#test/support/wait-until.ts';

/** Names as people give them; the last is as long as Kafka's own tools allow a topic to be. */
const RANGE = 'team a: range';
const STICKY = 'účetní – 日本 sticky';
const COOPERATIVE = 'c'.repeat(249);
const AGE = expect.stringMatching(/^(≥ )?\d/);
const PARTITIONS = 4;
/** Records in each partition at first, those that most consumers read, and those that follow. */
const [FIRST, UNTIL, LATER] = [10, 4, 5];

const kafka = useKafka();
const closing: (() => Promise<unknown>)[] = [];
/** Programs that are paused; they cannot end before they go on. */
const paused = new Set<number>();
let reader: OffsetsReader;

beforeAll(async () => {
  const { bootstrap } = kafka();
  reader = createBatchReader({ bootstrapBrokers: bootstrap, auth: 'plaintext', timeoutMs: 15_000, clock: systemClock });
  closing.push(() => reader.close());
  await createTopic(bootstrap, 'orders', PARTITIONS);
  await createTopic(bootstrap, 'jobs', 1);
  await produce('orders', PARTITIONS * FIRST);
  await produce('jobs', FIRST);
  const worker = await joinAsConnectWorker(bootstrap, 'connect workers');
  closing.push(() => worker.close());
  await Promise.all(CONSUMERS.map(consume));
  const applications = await Promise.all(
    (['classic', 'streams'] as const).map((protocol) => stream(`app-${protocol}`, protocol)),
  );
  await waitUntil('all groups have read what they may', async () => isSettled(await reader.read()), 30_000);
  // Members that do not read: what comes now is their lag.
  for (const { pid } of applications) pause(pid);
  await produce('orders', PARTITIONS * LATER);
}, 150_000);

afterAll(async () => {
  for (const pid of paused) process.kill(pid, 'SIGCONT');
  await Promise.all(closing.map((close) => close()));
}, 30_000);

const classic = (assignor: 'range' | 'sticky' | 'cooperative-sticky'): Membership => ({
  protocol: 'classic',
  assignor,
});
const KIP_848: Membership = { protocol: 'consumer' };
const CONSUMERS: readonly Omit<JavaConsumerOptions, 'bootstrap'>[] = [
  { topic: 'orders', group: RANGE, clientId: 'range', membership: classic('range'), instanceId: 'i-1', until: UNTIL },
  { topic: 'orders', group: STICKY, clientId: 'sticky', membership: classic('sticky'), until: UNTIL },
  { topic: 'orders', group: COOPERATIVE, clientId: 'coop-1', membership: classic('cooperative-sticky'), until: UNTIL },
  { topic: 'orders', group: COOPERATIVE, clientId: 'coop-2', membership: classic('cooperative-sticky'), until: UNTIL },
  { topic: 'orders', group: 'kip-848', clientId: 'new', membership: KIP_848, instanceId: 'i-2', until: UNTIL },
  { topic: 'orders', group: 'simple', clientId: 'simple', membership: { protocol: 'none' }, until: UNTIL },
  { topic: 'jobs', group: 'queue', clientId: 'queue', membership: { protocol: 'share' }, until: UNTIL },
  { topic: 'jobs', group: 'queue, all read', clientId: 'queue-all', membership: { protocol: 'share' } },
];

/** Kind, type and protocol of each; the groups that are listed without offsets have no kind. */
const KINDS = {
  [RANGE]: ['consumer', 'classic', 'range'],
  [STICKY]: ['consumer', 'classic', 'sticky'],
  [COOPERATIVE]: ['consumer', 'classic', 'cooperative-sticky'],
  'kip-848': ['consumer', 'consumer', 'uniform'],
  simple: ['simple', 'classic', undefined],
  'app-classic': ['streams', 'classic', 'stream'],
  'app-streams': ['streams', 'streams', undefined],
};
const OTHERS = {
  'connect workers': ['classic', 'connect'],
  queue: ['share', 'share'],
  'queue, all read': ['share', 'share'],
};

test('each group is shown as what it is', async () => {
  const { groups, otherGroups, unreadableGroups, problems } = await reader.read();

  expect({ unreadableGroups, problems }).toEqual({ unreadableGroups: [], problems: [] });
  expect(Object.fromEntries(groups.map((g) => [g.groupId, [g.kind, g.type, knownValue(g.assignor)]]))).toEqual(KINDS);
  expect(Object.fromEntries(otherGroups.map((g) => [g.groupId, [g.type, g.protocol]]))).toEqual(OTHERS);
});

test('the official list has the same groups, types and protocols', async () => {
  const { groups, otherGroups } = await reader.read();
  const listed = parseTables(await newGroups(kafka(), 'groups', ['--list'])).map((cells) => [
    cells.get('GROUP'),
    cells.get('TYPE')?.toLowerCase(),
  ]);

  const ours = [...groups, ...otherGroups].map(({ groupId, type }) => [groupId, type]);
  expect(ours.sort()).toEqual(listed.sort());
  expect(ours).toHaveLength(Object.keys(KINDS).length + Object.keys(OTHERS).length);
});

describe('lag describe --json', () => {
  let run: LagRun;
  let described: readonly DescribedGroup[];
  beforeAll(async () => {
    run = await runLag(['describe', '--json', '--bootstrap', kafka().bootstrap]);
    described = JSON.parse(run.stdout);
  });
  const rowsWhere = (isWanted: (group: string) => boolean) =>
    described.filter(({ group }) => isWanted(group)).flatMap(rowsOf);
  const statesOf = (groups: Iterable<string>) =>
    new Map([...groups].map((group) => [group, described.find((g) => g.group === group)?.state]));

  test('has all that was asked for', () => {
    expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: '' });
  });

  test('equals the official tool for consumer groups: commits, ends, lag, owners, states', async () => {
    const official = parseOffsetRows(await consumerGroups(kafka(), ['--describe', '--offsets', '--all-groups']));
    const states = parseStates(await consumerGroups(kafka(), ['--describe', '--state', '--all-groups']));

    const hasRows = (group: string) => group in KINDS && group !== 'app-streams';
    expect(rowsWhere(hasRows).sort()).toEqual(official.map(rowOf).sort());
    expect(official.filter(({ lag }) => lag === FIRST + LATER - UNTIL)).toHaveLength(5 * PARTITIONS);
    expect(statesOf([...states.keys()].filter(hasRows))).toEqual(
      new Map([...states].filter(([group]) => hasRows(group))),
    );
  });

  test('equals the official tool for Streams groups: commits, ends, lag, state', async () => {
    const args = ['--describe', '--offsets', '--verbose', '--all-groups'];
    const official = parseOffsetRows(await newGroups(kafka(), 'streamsGroups', args));
    const states = parseStates(await newGroups(kafka(), 'streamsGroups', ['--describe', '--state', '--all-groups']));

    const withoutOwner = (row: string) => JSON.stringify(JSON.parse(row).slice(0, 6));
    expect(
      rowsWhere((group) => group === 'app-streams')
        .map(withoutOwner)
        .sort(),
    ).toEqual(official.map(rowOf).map(withoutOwner).sort());
    expect(official.filter(({ topic, lag }) => topic === 'orders' && lag === LATER)).toHaveLength(PARTITIONS);
    expect(official).toHaveLength(2 * PARTITIONS);
    expect(statesOf(states.keys())).toEqual(states);
  });

  test('equals the official tool for share groups: lag, state, and no row that looks like a commit', async () => {
    const official = parseOffsetRows(await newGroups(kafka(), 'shareGroups', ['--describe', '--all-groups']));
    const states = parseStates(await newGroups(kafka(), 'shareGroups', ['--describe', '--state', '--all-groups']));

    const ours = described.filter(({ group }) => states.has(group));
    expect(new Map(ours.map(({ group, lag }) => [group, lag]))).toEqual(
      new Map(official.map(({ group, lag }) => [group, lag])),
    );
    expect(ours.map(({ lag }) => lag)).toEqual([FIRST - UNTIL, 0]);
    expect(ours.flatMap(({ rows }) => rows)).toEqual([]);
    expect(statesOf(states.keys())).toEqual(states);
  });
});

test('the table names the kind, and gives other groups a line of their own', async () => {
  const groups = ['connect workers', 'queue', 'simple'].flatMap((group) => ['--group', group]);
  const run = await runLag(['describe', '--bootstrap', kafka().bootstrap, ...groups]);

  const lines = run.stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/\s{2,}/));
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(lines.slice(1)).toEqual([
    ['connect workers', ...Array(9).fill('-'), 'Stable', 'connect'],
    ['queue', '-', '-', '-', '-', String(FIRST - UNTIL), '-', '-', '-', '-', 'Stable', 'share'],
    ...[0, 1, 2, 3].map((p) => ['simple', 'orders', String(p), '4', '15', '11', AGE, '-', '-', '-', 'Empty', 'simple']),
  ]);
});

test('static members have their instance, and groups of the new protocols the epoch that the tool prints', async () => {
  const { groups } = await reader.read({ groupIds: [RANGE, 'kip-848', 'app-streams'] });
  const official = parseTables(await consumerGroups(kafka(), ['--describe', '--state', '--verbose', '--all-groups']));
  const epoch = official.find((cells) => cells.get('GROUP') === 'kip-848')?.get('GROUP-EPOCH');

  const instances = groups.map((g) => knownValue(g.members)?.map((member) => member.groupInstanceId));
  expect(groups.map(({ groupId }) => groupId)).toEqual(['app-streams', 'kip-848', RANGE]);
  expect(instances).toEqual([[undefined], ['i-2'], ['i-1']]);
  expect(groups.map((g) => g.epoch)).toEqual([known(expect.any(Number)), known(Number(epoch)), { kind: 'absent' }]);
});

test('the whole of it takes one request of each sort', async () => {
  const { requests } = await reader.read();

  // DescribeCluster, 2 Metadata; lists, commits, 3 descriptions, share offsets; 3 of logs.
  expect(requests).toBe(12);
});

test('kafkajs shows the same kinds, and knows what it does not know', async () => {
  const bootstrapBrokers = kafka().bootstrap;
  const second = createKafkajsReader({ bootstrapBrokers, auth: 'plaintext', timeoutMs: 15_000, clock: systemClock });
  const [ours, theirs] = [await reader.read(), await second.read()];

  const kinds = ({ groups }: ClusterReading) => groups.map(({ groupId, kind }) => [groupId, kind]);
  const others = ({ otherGroups }: ClusterReading) => otherGroups.map(({ groupId, protocol }) => [groupId, protocol]);
  expect(kinds(theirs)).toEqual(kinds(ours));
  expect(others(theirs)).toEqual(others(ours));
  expect(theirs.otherGroups.filter(({ lag }) => lag.kind === 'unknown')).toHaveLength(2);
  expect(theirs.unreadableGroups).toEqual([]);
});

test('a member that waits for partitions of another has them as its target, until it owns them', async () => {
  const member = (clientId: string) => consume({ topic: 'orders', group: 'moving', clientId, membership: KIP_848 });
  const first = await member('first');
  pause(first.pid);
  await member('second');
  const shares = (of: 'assignment' | 'target') => async () => {
    const members = knownValue((await moving()).members) ?? [];
    return Object.fromEntries(members.map((m) => [m.clientId, m[of]?.length]).sort());
  };
  await waitUntil('both have a target', async () => (await shares('target')()).second === PARTITIONS / 2);

  expect(await shares('assignment')()).toEqual({ first: PARTITIONS, second: 0 });
  expect(await shares('target')()).toEqual({ first: PARTITIONS / 2, second: PARTITIONS / 2 });
  expect((await moving()).state).toEqual(known('Reconciling'));

  goOn(first.pid);
  await waitUntil('both own their share', async () => knownValue((await moving()).state) === 'Stable');
  expect(await shares('assignment')()).toEqual({ first: PARTITIONS / 2, second: PARTITIONS / 2 });
  expect(await shares('target')()).toEqual({});
}, 60_000);

function pause(pid: number): void {
  process.kill(pid, 'SIGSTOP');
  paused.add(pid);
}

function goOn(pid: number): void {
  process.kill(pid, 'SIGCONT');
  paused.delete(pid);
}

async function moving(): Promise<GroupReading> {
  const group = (await reader.read({ groupIds: ['moving'] })).groups[0];
  if (group === undefined) throw new Error('the group is not in the reading');
  return group;
}

async function produce(topic: string, records: number): Promise<void> {
  const producer = await startJavaProducer({ bootstrap: kafka().bootstrap, topic, records });
  try {
    await producer.ready;
  } finally {
    await producer.stop();
  }
}

async function consume(options: Omit<JavaConsumerOptions, 'bootstrap'>) {
  const consumer = await startJavaConsumer({ bootstrap: kafka().bootstrap, ...options });
  closing.push(() => consumer.stop());
  await consumer.ready;
  return consumer;
}

async function stream(group: string, protocol: 'classic' | 'streams') {
  const application = await startStreams({ bootstrap: kafka().bootstrap, topic: 'orders', group, protocol });
  closing.push(() => application.stop());
  await application.ready;
  return application;
}

/** Each member has committed what it may read; Streams has passed on and committed what it read. */
function isSettled({ groups, otherGroups }: ClusterReading): boolean {
  const isRead = ({ kind, partitions, state }: GroupReading) =>
    ['Stable', 'Empty'].includes(knownValue(state) ?? '') &&
    partitions.every(({ topic, committedOffset, logEndOffset }) => {
      const due = kind === 'streams' ? knownValue(logEndOffset) : BigInt(UNTIL);
      return knownValue(committedOffset) === due || (topic !== 'orders' && knownValue(logEndOffset) === 0n);
    });
  const lags = otherGroups.flatMap(({ lag }) => knownValue(lag) ?? []);
  return groups.length === Object.keys(KINDS).length && groups.every(isRead) && lags.join() === `${FIRST - UNTIL},0`;
}
