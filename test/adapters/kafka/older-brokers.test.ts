/**
 * Groups of brokers that take no request for more than one group: Kafka before 3.0, and MSK
 * Serverless.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { AT_ONCE } from '#adapters/kafka/connection/bounded.ts';
import { failure, type Outcome, type RequestFailure, success } from '#adapters/kafka/protocol/failures.ts';
import { readGroups } from '#adapters/kafka/read/read-groups.ts';
import { type Asked, described, scriptedSession } from './scripted-session.ts';

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
const groupOf = ({ request, args }: Asked): string =>
  request === 'FindCoordinator' ? (args[1] as string[]).join() : (args[0] as { groupId: string }[])[0]?.groupId || '';

const foundAt = (host: string) => success({ coordinators: [{ key: '', host, port: 9092, errorCode: 0 }] });
const committed = (errorCode = 0, partitionError = 0) => {
  const partitions = [
    { partitionIndex: 0, committedOffset: partitionError === 0 ? 4n : -1n, errorCode: partitionError },
  ];
  return success({ errorCode, topics: errorCode === 0 ? [{ name: 't', partitions }] : [], groups: [] });
};
type Answer = (asked: Asked) => Outcome<unknown> | undefined;

/** Old brokers: `answer` may say something else than that all is well at b1. */
const oldBrokers = (answer: Answer = () => undefined) =>
  scriptedSession(async (asked) => {
    if (asked.request === 'DescribeGroups') return answer(asked) ?? described(asked);
    if (asked.since === '3.0') return answer(asked) ?? UNSUPPORTED;
    await turn();
    return answer(asked) ?? (asked.request === 'FindCoordinator' ? foundAt('b1') : committed());
  });

const summary = async (answers: ReturnType<typeof readGroups>) =>
  Object.fromEntries(
    (await answers).answers.map(({ group, commits }) => [group.groupId, commits.ok ? 'read' : commits.reason]),
  );
/** Groups in the requests of one kind that were sent. */
const sent = (log: readonly Asked[], request: string) =>
  log.filter((asked) => asked.request === request && asked.since !== '3.0').map(groupOf);

test('each group is asked for by itself where it was listed, and described with the others', async () => {
  const session = oldBrokers();

  const { answers, problems } = await readGroups(
    session,
    BROKERS,
    ['a', 'b', 'c'].map((groupId) => classic(groupId)),
  );

  expect(problems).toEqual([]);
  expect(session.log.filter(({ request }) => request === 'FindCoordinator')).toEqual([]);
  expect(sent(session.log, 'OffsetFetch')).toEqual(['a', 'b', 'c']);
  expect(sent(session.log, 'DescribeGroups')).toHaveLength(1);
  expect(session.log.find(({ request, since }) => request === 'OffsetFetch' && since !== '3.0')?.args).toEqual([
    [{ groupId: 'a', memberId: null, memberEpoch: -1, topics: null }],
    false,
  ]);
  expect(answers.map(({ commits }) => commits)).toEqual(
    Array.from({ length: 3 }, () => success([{ topic: 't', partition: 0, offset: { kind: 'known', value: 4n } }])),
  );
});

test('a broker has a bounded number of requests before it', async () => {
  let underWay = 0;
  const most = { FindCoordinator: 0, OffsetFetch: 0 };
  const session = scriptedSession(async (asked) => {
    if (asked.since === '3.0') return UNSUPPORTED;
    if (asked.request === 'DescribeGroups') return described(asked);
    const request = asked.request as keyof typeof most;
    most[request] = Math.max(most[request], ++underWay);
    await turn();
    underWay--;
    if (request === 'FindCoordinator') return foundAt('b1');
    return sent(session.log, request).length > 100 ? committed() : committed(NOT_COORDINATOR);
  });

  const groups = readGroups(
    session,
    BROKERS,
    Array.from({ length: 100 }, (_, index) => classic(`g${index}`)),
  );

  expect(Object.values(await summary(groups))).toEqual(Array.from({ length: 100 }, () => 'read'));
  expect(most).toEqual({ FindCoordinator: AT_ONCE, OffsetFetch: AT_ONCE });
});

test('a coordinator that moved is looked up, and asked for its groups alone', async () => {
  const session = oldBrokers((asked) => {
    if (asked.since === '3.0' || asked.request === 'DescribeGroups') return undefined;
    if (asked.request === 'OffsetFetch')
      return groupOf(asked) === 'stays' || asked.at === 'b2' ? undefined : committed(NOT_COORDINATOR);
    return groupOf(asked) === 'moves' ? success({ coordinators: [NOT_FOUND] }) : foundAt('b2');
  });

  const groups = readGroups(
    session,
    BROKERS,
    ['moved', 'stays', 'moves'].map((groupId) => classic(groupId)),
  );

  const moves = expect.stringContaining('COORDINATOR_NOT_AVAILABLE');
  expect(await summary(groups)).toEqual({ moved: 'read', stays: 'read', moves });
  expect((await groups).problems).toEqual([]);
  expect(sent(session.log, 'FindCoordinator')).toEqual(['moved', 'moves']);
  expect(sent(session.log, 'OffsetFetch')).toEqual(['moved', 'stays', 'moves', 'moved']);
});

test('what an ACL hides costs that group or partition, and is not asked for again', async () => {
  const session = oldBrokers((asked) => {
    if (asked.since === '3.0' || asked.request !== 'OffsetFetch') return undefined;
    return groupOf(asked) === 'secret' ? committed(DENIED) : committed(0, groupOf(asked) === 'partly' ? DENIED : 0);
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
  expect(sent(session.log, 'OffsetFetch')).toHaveLength(3);
});

test('a broker that fails midway costs the groups it had not told of, and is named once', async () => {
  const session = oldBrokers((asked) => {
    const late = groupOf(asked) > 'a';
    return asked.since !== '3.0' && asked.request === 'OffsetFetch' && late ? failure('gone', true) : undefined;
  });

  const groups = readGroups(
    session,
    BROKERS,
    ['a', 'b', 'c'].map((groupId) => classic(groupId)),
  );

  expect(await summary(groups)).toEqual({ a: 'read', b: 'gone', c: 'gone' });
  expect((await groups).problems).toEqual([{ broker: 'b1:9092', request: 'OffsetFetch', reason: 'gone' }]);
});

test('lookups that no broker answers leave every group unreadable, with one problem', async () => {
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

test('each broker is asked in the form it speaks, while a cluster is upgraded', async () => {
  const session = oldBrokers((asked) => {
    if (asked.at !== 'b2' || asked.request !== 'OffsetFetch') return undefined;
    const ids = (asked.args[0] as { groupId: string }[]).map(({ groupId }) => groupId);
    return success({ groups: ids.map((groupId) => ({ groupId, errorCode: 0, topics: [] })) });
  });

  const groups = readGroups(
    session,
    BROKERS,
    ['a', 'b', 'y', 'z'].map((groupId) => classic(groupId, groupId < 'm' ? 'b1' : 'b2')),
  );

  expect(await summary(groups)).toEqual({ a: 'read', b: 'read', y: 'read', z: 'read' });
  expect(sent(session.log, 'FindCoordinator')).toEqual([]);
  expect(sent(session.log, 'OffsetFetch')).toEqual(['a', 'b']);
  expect(session.log.filter(({ at, request }) => at === 'b2' && request === 'OffsetFetch')).toHaveLength(1);
});
