/**
 * Groups of brokers that take no request for more than one group: Kafka before 3.0, and MSK
 * Serverless.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { AT_ONCE } from '#adapters/kafka/connection/bounded.ts';
import { failure, type Outcome, type RequestFailure, success } from '#adapters/kafka/protocol/failures.ts';
import { readGroups } from '#adapters/kafka/read/read-groups.ts';
import { described, type Sent, scriptedSession } from './scripted-session.ts';

const NOT_COORDINATOR = 16;
const NOT_AVAILABLE = 15;
const DENIED = 30;
const BROKERS = [
  { host: 'b1', port: 9092 },
  { host: 'b2', port: 9092 },
];
const UNSUPPORTED: RequestFailure = { ...failure('needs Kafka 3.0', true), unsupported: true };
const NOT_FOUND = { key: '', host: '', port: -1, errorCode: NOT_AVAILABLE };
/** Listed by one of the brokers. */
const classic = (groupId: string, host = 'b1') => ({
  groupId,
  coordinator: { host, port: 9092 },
  type: 'classic',
  protocol: 'consumer',
});
const groupOf = ({ request, args }: Sent): string =>
  request === 'FindCoordinator' ? (args[1] as string[]).join() : (args[0] as { groupId: string }[])[0]?.groupId || '';

const foundAt = (host: string) => success({ coordinators: [{ key: '', host, port: 9092, errorCode: 0 }] });
const committed = (errorCode = 0, partitionError = 0) => {
  const partitions = [
    { partitionIndex: 0, committedOffset: partitionError === 0 ? 4n : -1n, errorCode: partitionError },
  ];
  return success({ errorCode, topics: errorCode === 0 ? [{ name: 't', partitions }] : [], groups: [] });
};
type Answer = (sent: Sent) => Outcome<unknown> | undefined;

/** Old brokers. By default all groups are well and at b1; `answer` may differ. */
const oldBrokers = (answer: Answer = () => undefined) =>
  scriptedSession(async (sent) => {
    if (sent.request === 'DescribeGroups') return answer(sent) ?? described(sent);
    if (sent.since === '3.0') return answer(sent) ?? UNSUPPORTED;
    await turn();
    return answer(sent) ?? (sent.request === 'FindCoordinator' ? foundAt('b1') : committed());
  });

const summary = async (answers: ReturnType<typeof readGroups>) =>
  Object.fromEntries(
    (await answers).answers.map(({ group, commits }) => [group.groupId, commits.ok ? 'read' : commits.reason]),
  );
/** Groups in the requests of one kind that were sent. */
const groupsIn = (log: readonly Sent[], request: string) =>
  log.filter((sent) => sent.request === request && sent.since !== '3.0').map(groupOf);

test('each group has its own request for commits, and shares one for descriptions', async () => {
  const session = oldBrokers();

  const { answers, problems } = await readGroups(
    session,
    BROKERS,
    ['a', 'b', 'c'].map((groupId) => classic(groupId)),
  );

  expect(problems).toEqual([]);
  expect(session.log.filter(({ request }) => request === 'FindCoordinator')).toEqual([]);
  expect(groupsIn(session.log, 'OffsetFetch')).toEqual(['a', 'b', 'c']);
  expect(groupsIn(session.log, 'DescribeGroups')).toHaveLength(1);
  expect(session.log.find(({ request, since }) => request === 'OffsetFetch' && since !== '3.0')?.args).toEqual([
    [{ groupId: 'a', memberId: null, memberEpoch: -1, topics: null }],
    false,
  ]);
  expect(answers.map(({ commits }) => commits)).toEqual(
    Array.from({ length: 3 }, () => success([{ topic: 't', partition: 0, offset: { kind: 'known', value: 4n } }])),
  );
});

test('a broker gets a bounded number of requests at a time', async () => {
  let underWay = 0;
  const most = { FindCoordinator: 0, OffsetFetch: 0 };
  const session = scriptedSession(async (sent) => {
    if (sent.since === '3.0') return UNSUPPORTED;
    if (sent.request === 'DescribeGroups') return described(sent);
    const request = sent.request as keyof typeof most;
    most[request] = Math.max(most[request], ++underWay);
    await turn();
    underWay--;
    if (request === 'FindCoordinator') return foundAt('b1');
    return groupsIn(session.log, request).length > 100 ? committed() : committed(NOT_COORDINATOR);
  });

  const groups = readGroups(
    session,
    BROKERS,
    Array.from({ length: 100 }, (_, index) => classic(`g${index}`)),
  );

  expect(Object.values(await summary(groups))).toEqual(Array.from({ length: 100 }, () => 'read'));
  expect(most).toEqual({ FindCoordinator: AT_ONCE, OffsetFetch: AT_ONCE });
});

test('a coordinator that moved is looked up, and gets requests for its groups only', async () => {
  const session = oldBrokers((sent) => {
    if (sent.since === '3.0' || sent.request === 'DescribeGroups') return undefined;
    if (sent.request === 'OffsetFetch')
      return groupOf(sent) === 'stays' || sent.at === 'b2' ? undefined : committed(NOT_COORDINATOR);
    return groupOf(sent) === 'moves' ? success({ coordinators: [NOT_FOUND] }) : foundAt('b2');
  });

  const groups = readGroups(
    session,
    BROKERS,
    ['moved', 'stays', 'moves'].map((groupId) => classic(groupId)),
  );

  const moves = expect.stringContaining('COORDINATOR_NOT_AVAILABLE');
  expect(await summary(groups)).toEqual({ moved: 'read', stays: 'read', moves });
  expect((await groups).problems).toEqual([]);
  expect(groupsIn(session.log, 'FindCoordinator')).toEqual(['moved', 'moves']);
  expect(groupsIn(session.log, 'OffsetFetch')).toEqual(['moved', 'stays', 'moves', 'moved']);
});

test('an ACL hides only its group or partition, and no request repeats it', async () => {
  const session = oldBrokers((sent) => {
    if (sent.since === '3.0' || sent.request !== 'OffsetFetch') return undefined;
    return groupOf(sent) === 'secret' ? committed(DENIED) : committed(0, groupOf(sent) === 'partly' ? DENIED : 0);
  });

  const { answers } = await readGroups(
    session,
    BROKERS,
    ['secret', 'open', 'partly'].map((groupId) => classic(groupId)),
  );

  const denied = expect.stringContaining('GROUP_AUTHORIZATION_FAILED');
  expect(answers.map(({ commits }) => commits)).toMatchObject([
    { ok: false, reason: denied },
    { ok: true, value: [{ offset: { kind: 'known', value: 4n } }] },
    { ok: true, value: [{ offset: { kind: 'unknown', reason: denied } }] },
  ]);
  expect(groupsIn(session.log, 'OffsetFetch')).toHaveLength(3);
});

test('a broker that fails midway costs the groups it had not returned, and is named once', async () => {
  const session = oldBrokers((sent) => {
    const late = groupOf(sent) > 'a';
    return sent.since !== '3.0' && sent.request === 'OffsetFetch' && late ? failure('gone', true) : undefined;
  });

  const groups = readGroups(
    session,
    BROKERS,
    ['a', 'b', 'c'].map((groupId) => classic(groupId)),
  );

  expect(await summary(groups)).toEqual({ a: 'read', b: 'gone', c: 'gone' });
  expect((await groups).problems).toEqual([{ broker: 'b1:9092', request: 'OffsetFetch', reason: 'gone' }]);
});

test('without an answer to lookups every group is unreadable, with one problem', async () => {
  const session = oldBrokers(({ request }) => (request === 'DescribeGroups' ? undefined : { ...UNSUPPORTED }));

  const groups = readGroups(
    session,
    BROKERS,
    ['a', 'b'].map((groupId) => classic(groupId)),
  );

  expect(await summary(groups)).toEqual({ a: 'needs Kafka 3.0', b: 'needs Kafka 3.0' });
  expect((await groups).problems).toEqual([
    { broker: 'b1:9092, b2:9092', request: 'FindCoordinator', reason: 'needs Kafka 3.0' },
  ]);
});

test('each broker gets the form that it supports while a cluster is upgraded', async () => {
  const session = oldBrokers((sent) => {
    if (sent.at !== 'b2' || sent.request !== 'OffsetFetch') return undefined;
    const ids = (sent.args[0] as { groupId: string }[]).map(({ groupId }) => groupId);
    return success({ groups: ids.map((groupId) => ({ groupId, errorCode: 0, topics: [] })) });
  });

  const groups = readGroups(
    session,
    BROKERS,
    ['a', 'b', 'y', 'z'].map((groupId) => classic(groupId, groupId < 'm' ? 'b1' : 'b2')),
  );

  expect(await summary(groups)).toEqual({ a: 'read', b: 'read', y: 'read', z: 'read' });
  expect(groupsIn(session.log, 'FindCoordinator')).toEqual([]);
  expect(groupsIn(session.log, 'OffsetFetch')).toEqual(['a', 'b']);
  expect(session.log.filter(({ at, request }) => at === 'b2' && request === 'OffsetFetch')).toHaveLength(1);
});
