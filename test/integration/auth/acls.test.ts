/** What a user may not describe is never missing without a word. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BatchReaderOptions, createBatchReader } from '#adapters/kafka/batch-reader.ts';
import type { Check } from '#adapters/kafka/check/check.ts';
import { systemClock } from '#adapters/system/clock.ts';
import type { ClusterReading } from '#core/kafka/model.ts';
import { knownValue } from '#core/kafka/reading.ts';
import { conditionsOf } from '#core/lag/conditions.ts';
import { clusterCoverage, measureLag } from '#core/lag/lag.ts';
import type { ReadRequest } from '#core/ports.ts';
import { createTopic } from '#local/workload/create-topic.ts';
import type { WorkloadProcess } from '#local/workload/program.ts';
import { startConsumer } from '#local/workload/start.ts';
import { runLag } from '#test/support/cli/run-lag.ts';
import { allowDescribe } from '#test/support/kafka/acls.ts';
import { useKafka } from '#test/support/kafka/kafka.ts';
import { waitUntil } from '#test/support/wait-until.ts';

const ALL = ['*'];
/** Users by what they lack. */
const RIGHTS = {
  nothing: { cluster: true, groups: ALL, topics: ALL, transactions: ALL, configs: ALL },
  cluster: { groups: ALL, topics: ALL, transactions: ALL, configs: ALL },
  'cluster-and-group': { groups: ['open'], topics: ALL, configs: ALL },
  group: { cluster: true, groups: ['open', 'live'], topics: ALL, transactions: ALL, configs: ALL },
  topic: { cluster: true, groups: ALL, topics: ['open'], transactions: ALL, configs: ALL },
  configs: { cluster: true, groups: ALL, topics: ALL, transactions: ALL, configs: ['open'] },
  everything: {},
};
type User = keyof typeof RIGHTS;

const kafka = useKafka({
  listeners: ['scram'],
  acls: true,
  users: Object.fromEntries(Object.keys(RIGHTS).map((user) => [user, 'password'])),
});
let consumer: WorkloadProcess | undefined;

async function readAs(username: User, options: Partial<BatchReaderOptions> = {}, request: ReadRequest = {}) {
  const ca = kafka().certificates?.ca ?? '';
  const reader = createBatchReader({
    bootstrapBrokers: kafka().bootstrapOf('scram'),
    auth: 'scram',
    credentials: async () => ({ username, password: 'password', ca }),
    timeoutMs: 15_000,
    clock: systemClock,
    ...options,
  });
  try {
    return await reader.read(request);
  } finally {
    await reader.close();
  }
}

const lagsIn = ({ groups }: ClusterReading) => groups.map((group) => measureLag(group));
const coverageOf = (reading: ClusterReading) => clusterCoverage(reading, lagsIn(reading));
const namesIn = ({ groups }: ClusterReading) => groups.map(({ groupId }) => groupId);
/** `open` and `hidden` have committed on topic `open`; a member of `live` owns topic `closed`. */
beforeAll(async () => {
  const { bootstrap } = kafka();
  await createTopic(bootstrap, 'open', 1);
  await createTopic(bootstrap, 'closed', 1);
  await allowDescribe(bootstrap, RIGHTS);
  const admin = new Kafka({ clientId: 'acls', brokers: [bootstrap], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  for (const groupId of ['open', 'hidden']) {
    await admin.setOffsets({ groupId, topic: 'open', partitions: [{ partition: 0, offset: '0' }] });
  }
  await admin.setOffsets({ groupId: 'live', topic: 'closed', partitions: [{ partition: 0, offset: '0' }] });
  await admin.disconnect();
  consumer = startConsumer({ bootstrap, group: 'live', topic: 'closed', clientId: 'task-1', msPerRecord: 1 });
  await waitUntil(
    'all three groups, one with a member',
    async () => {
      const { groups, problems } = await readAs('nothing');
      const live = groups.find(({ groupId }) => groupId === 'live');
      const owned = (live && knownValue(live.members))?.flatMap(({ assignment }) => assignment) ?? [];
      return groups.length === 3 && problems.length === 0 && owned.length === 1;
    },
    30_000,
  );
});
afterAll(() => consumer?.stop());

test('a user with all rights reads everything', async () => {
  const reading = await readAs('nothing');

  expect(namesIn(reading)).toEqual(['hidden', 'live', 'open']);
  expect(coverageOf(reading)).toBe(1);
});

test('without the cluster the list may lack groups, so coverage is unknown although none is missing', async () => {
  const reading = await readAs('cluster');

  expect(namesIn(reading)).toEqual(['hidden', 'live', 'open']);
  expect(reading.problems).toEqual([
    {
      broker: kafka().bootstrapOf('scram'),
      request: 'ListGroups',
      reason: expect.stringMatching(/^we may not describe the cluster.*; allow Describe on the cluster/),
    },
  ]);
  expect(coverageOf(reading)).toBeUndefined();
});

test('a group that settings name is reported when it is hidden, and only then', async () => {
  const reading = await readAs('cluster-and-group', { namedGroups: ['open', 'hidden', 'hidden'] });

  expect(namesIn(reading)).toEqual(['open']);
  expect(reading.unreadableGroups).toEqual([
    {
      groupId: 'hidden',
      reason: expect.stringMatching(/^GROUP_AUTHORIZATION_FAILED: .*; allow Describe on the group/),
    },
  ]);
});

test('a hidden group that is requested by name differs from a group that does not exist', async () => {
  const reasonFor = async (user: User, groupId: string) =>
    (await readAs(user, {}, { groupIds: [groupId] })).unreadableGroups.map(({ reason }) => reason);

  expect(await reasonFor('cluster-and-group', 'hidden')).toEqual([
    expect.stringMatching(/^GROUP_AUTHORIZATION_FAILED: .*; allow Describe on the group/),
  ]);
  expect(await reasonFor('nothing', 'no-such')).toEqual(['the cluster knows no such group, or an ACL hides it']);
});

test('a group that is listed and may not be described costs itself', async () => {
  const reading = await readAs('group');

  expect(namesIn(reading)).toEqual(['live', 'open']);
  expect(reading.unreadableGroups).toEqual([
    { groupId: 'hidden', reason: expect.stringMatching(/GROUP_AUTHORIZATION_FAILED: .*; allow Describe on the group/) },
  ]);
  expect(coverageOf(reading)).toBeUndefined();
});

test('a topic that is hidden is unknown where a member owns it, and coverage is unknown for what else is hidden', async () => {
  const reading = await readAs('topic', {}, { ages: { rounds: 18, precisePartitions: 1 } });
  const live = reading.groups.find(({ groupId }) => groupId === 'live');
  const denied = {
    kind: 'unknown',
    reason: expect.stringMatching(/^TOPIC_AUTHORIZATION_FAILED: .*; allow Describe on/),
  };

  expect(live?.partitions).toEqual([
    {
      topic: 'closed',
      partition: 0,
      committedOffset: denied,
      logStartOffset: denied,
      logEndOffset: denied,
      lastStableOffset: denied,
      age: denied,
      fault: 'denied',
    },
  ]);
  expect(live && conditionsOf(live, { reading })).toEqual([{ id: 'denied', topic: 'closed' }]);
  expect(reading.problems).toEqual([
    expect.objectContaining({
      request: 'OffsetFetch',
      reason: expect.stringMatching(/^we may not describe all topics.*; allow Describe on all topics/),
    }),
  ]);
  expect(coverageOf(reading)).toBeUndefined();
});

test('a user without rights gets that as the reason, and sees no group', async () => {
  const reading = await readAs('everything');

  expect(reading.groups).toEqual([]);
  expect(reading.problems.map(({ request }) => request).toSorted()).toEqual(['ListGroups', 'OffsetFetch']);
  expect(coverageOf(reading)).toBeUndefined();
});

describe('lag check', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lag-check-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function checkAs(user: string, options: readonly string[] = [], password = 'password') {
    const ca = join(folder, 'ca.pem');
    writeFileSync(ca, kafka().certificates?.ca ?? '');
    const bootstrap = options.includes('--bootstrap') ? [] : ['--bootstrap', kafka().bootstrapOf('scram')];
    const args = ['check', '--json', '--auth', 'scram', '--username', user, '--ca', ca, ...bootstrap, ...options];
    const { code, stdout, stderr } = await runLag(args, { MSK_PASSWORD: password });
    const checks: Check[] = JSON.parse(stdout);
    const wanting = checks.filter(({ result }) => result !== 'ok');
    return { code, stderr, checks, wanting: wanting.map(({ name, result, todo }) => [name, result, todo]) };
  }

  const GROUP = 'allow Describe on it (IAM: kafka-cluster:DescribeGroup)';
  const TOPIC = 'allow Describe on it (IAM: kafka-cluster:DescribeTopic)';
  const CLUSTER = ['cluster', 'denied', 'allow Describe on the cluster (IAM: kafka-cluster:DescribeCluster)'];
  const GROUPS = ['groups', 'denied', 'allow Describe on all groups (IAM: kafka-cluster:DescribeGroup)'];
  const TOPICS = ['topics', 'denied', 'allow Describe on all topics (IAM: kafka-cluster:DescribeTopic)'];
  const CONFIGS = [
    'topic configurations',
    'denied',
    expect.stringMatching(
      /^allow DescribeConfigs on all topics \(IAM: kafka-cluster:DescribeTopicDynamicConfiguration\)/,
    ),
  ];
  const TRANSACTIONS = [
    'transactional ids',
    'denied',
    expect.stringMatching(/^allow Describe on all transactional ids \(IAM: kafka-cluster:DescribeTransactionalId\)/),
  ];

  test('has nothing to say where nothing is lacking', async () => {
    const { code, checks, stderr } = await checkAs('nothing');

    expect([code, stderr]).toEqual([0, '']);
    expect(checks).toEqual([
      { name: 'login', result: 'ok', detail: 'auth scram is accepted' },
      {
        name: `broker ${kafka().bootstrapOf('scram')}`,
        result: 'ok',
        detail: 'answers; speaks the protocol of Kafka 4.0 or later',
      },
      { name: 'cluster', result: 'ok', detail: 'may be described: brokers list all groups' },
      { name: 'groups', result: 'ok', detail: '3 visible; those of any name may be described' },
      // With that of the offsets.
      { name: 'topics', result: 'ok', detail: '3 visible; those of any name may be described' },
      { name: 'topic configurations', result: 'ok', detail: 'those of topics of any name may be described' },
      { name: 'transactional ids', result: 'ok', detail: '0 visible; those of any name may be described' },
    ]);
  });

  test.each([
    ['cluster', [], [CLUSTER]],
    ['cluster-and-group', [], [CLUSTER, GROUPS, TRANSACTIONS]],
    [
      'cluster-and-group',
      ['--group', 'hidden', 'open'],
      [CLUSTER, GROUPS, ['group "hidden"', 'denied', GROUP], TRANSACTIONS],
    ],
    ['group', [], [GROUPS, ['group "hidden"', 'denied', GROUP]]],
    ['topic', [], [TOPICS, ['topic "closed"', 'denied', TOPIC]]],
    ['configs', [], [CONFIGS]],
    [
      'everything',
      ['--topic', 'closed', '--group', 'no-such'],
      [
        CLUSTER,
        GROUPS,
        ['group "no-such"', 'denied', GROUP],
        TOPICS,
        ['topic "closed"', 'denied', TOPIC],
        CONFIGS,
        TRANSACTIONS,
      ],
    ],
  ] as const)('says what the user that lacks %s has to be allowed %j', async (user, options, expected) => {
    const { code, wanting } = await checkAs(user, options);

    expect(wanting).toEqual(expected);
    expect(code).toBe(3);
  });

  test('a login that is refused is its one line', async () => {
    const { code, checks } = await checkAs('nothing', [], 'wrong');

    expect(checks).toEqual([
      { name: 'login', result: 'denied', detail: expect.stringContaining('the password is wrong for this user') },
    ]);
    expect(code).toBe(2);
  });

  test('no broker that answers leaves the login unknown', async () => {
    const { code, wanting } = await checkAs('nothing', ['--bootstrap', '127.0.0.1:1']);

    expect(wanting.map(([name, result]) => [name, result])).toEqual([
      ['brokers', 'unknown'],
      ['login', 'unknown'],
    ]);
    expect(code).toBe(2);
  });

  test('a broker that does not answer has its line, and the rest is checked', async () => {
    const both = `127.0.0.1:1,${kafka().bootstrapOf('scram')}`;
    const { code, wanting, checks } = await checkAs('nothing', ['--bootstrap', both]);

    expect(wanting).toEqual([['broker 127.0.0.1:1', 'unknown', undefined]]);
    expect(checks).toHaveLength(8);
    expect(code).toBe(3);
  });

  test('without --json it is a table', async () => {
    const { code, stdout } = await runLag(['check', '--bootstrap', kafka().bootstrap]);

    expect(stdout.split('\n')[0]).toMatch(/^RESULT +CHECK +FOUND +TO DO$/);
    expect(stdout).toMatch(/^ok +login +auth plaintext is accepted +-$/m);
    expect(code).toBe(0);
  });
});
