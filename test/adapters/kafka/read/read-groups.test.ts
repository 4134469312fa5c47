import { expect, test } from 'vitest';
import { failure, type Outcome, success } from '#adapters/kafka/protocol/failures.ts';
import { readGroups } from '#adapters/kafka/read/read-groups.ts';
import { described, type Sent, scriptedSession } from '#test/adapters/kafka/scripted-session.ts';

const NOT_COORDINATOR = 16;
const LOADING = 14;
const DENIED = 30;
const BROKERS = [
  { host: 'b1', port: 9092 },
  { host: 'b2', port: 9092 },
];
/** Listed by one of the brokers. */
const classic = (groupId: string, host = 'b1') => ({
  groupId,
  coordinator: { host, port: 9092 },
  type: 'classic',
  protocol: 'consumer',
});

const coordinators = ({ args }: Sent, hostOf: (key: string) => string) =>
  success({
    coordinators: (args[1] as string[]).map((key) => ({ key, host: hostOf(key), port: 9092, errorCode: 0 })),
  });

/** One commit at offset 4 in each group without an error. */
const committed = ({ args }: Sent, errors: Record<string, number> = {}) =>
  success({
    groups: (args[0] as { groupId: string }[]).map(({ groupId }) => ({
      groupId,
      errorCode: errors[groupId] ?? 0,
      topics: [
        {
          name: 't',
          partitions: [
            { partitionIndex: 0, committedOffset: 4n, errorCode: 0 },
            { partitionIndex: 1, committedOffset: -1n, errorCode: 0 },
            { partitionIndex: 2, committedOffset: -1n, errorCode: DENIED },
          ],
        },
      ],
    })),
  });

const summary = async (answers: ReturnType<typeof readGroups>) =>
  Object.fromEntries(
    (await answers).answers.map(({ group, commits }) => [group.groupId, commits.ok ? 'read' : commits.reason]),
  );

test('readGroups sends each broker one request for all groups that it listed', async () => {
  const session = scriptedSession((sent) => (sent.request === 'OffsetFetch' ? committed(sent) : described(sent)));

  const groups = ['a', 'b', 'y', 'z'].map((groupId) => classic(groupId, groupId < 'm' ? 'b1' : 'b2'));
  const { answers, problems } = await readGroups(session, BROKERS, groups);

  expect(answers.length).toBe(4);
  expect(problems).toEqual([]);
  expect(session.log.length).toBe(4);
  expect(answers[0]?.commits).toMatchObject({
    ok: true,
    value: [
      { topic: 't', partition: 0, offset: { kind: 'known', value: 4n } },
      { topic: 't', partition: 1, offset: { kind: 'absent' } },
      {
        topic: 't',
        partition: 2,
        offset: { kind: 'unknown', reason: expect.stringContaining('GROUP_AUTHORIZATION_FAILED') },
      },
    ],
  });
});

test('readGroups looks up a moved coordinator and sends it a request for the moved groups only', async () => {
  const session = scriptedSession((sent): Outcome<unknown> => {
    if (sent.request === 'FindCoordinator') return coordinators(sent, () => 'b2');
    if (sent.request !== 'OffsetFetch') return described(sent);
    return committed(sent, sent.at === 'b1' ? { moved: NOT_COORDINATOR } : {});
  });

  const groups = readGroups(session, BROKERS, [classic('moved'), classic('stays')]);

  expect(await summary(groups)).toEqual({ moved: 'read', stays: 'read' });
  const again = session.log.find(({ at, request }) => at === 'b2' && request === 'OffsetFetch');
  expect(again?.args[0]).toMatchObject([{ groupId: 'moved' }]);
});

test('readGroups loses only the group that an ACL hides, and sends no second request for it', async () => {
  const session = scriptedSession((sent): Outcome<unknown> => {
    if (sent.request === 'FindCoordinator') return coordinators(sent, () => 'b1');
    return sent.request === 'OffsetFetch' ? committed(sent, { secret: DENIED }) : described(sent);
  });

  const groups = readGroups(session, BROKERS, [classic('secret'), classic('open')]);

  expect(await summary(groups)).toEqual({
    open: 'read',
    secret: expect.stringContaining('GROUP_AUTHORIZATION_FAILED'),
  });
  expect(session.log.filter(({ request }) => request === 'OffsetFetch').length).toBe(1);
});

test('readGroups gives up on a coordinator that still loads the second time', async () => {
  const session = scriptedSession((sent): Outcome<unknown> => {
    if (sent.request === 'FindCoordinator') return coordinators(sent, () => 'b1');
    return sent.request === 'OffsetFetch' ? committed(sent, { g: LOADING }) : described(sent);
  });

  const groups = readGroups(session, BROKERS, [classic('g')]);

  expect(await summary(groups)).toEqual({ g: expect.stringContaining('COORDINATOR_LOAD_IN_PROGRESS') });
  expect(session.log.filter(({ request }) => request === 'OffsetFetch').length).toBe(2);
});

test('readGroups reports once which request failed at which broker', async () => {
  const session = scriptedSession((sent): Outcome<unknown> => {
    if (sent.request === 'FindCoordinator') return coordinators(sent, (key) => (key === 'a' ? 'b1' : 'b2'));
    if (sent.at === 'b2') return failure('connection refused', true);
    return sent.request === 'OffsetFetch' ? committed(sent) : described(sent);
  });

  const groups = readGroups(session, BROKERS, [classic('a'), classic('b', 'b2')]);

  expect(await summary(groups)).toEqual({ a: 'read', b: 'connection refused' });
  expect((await groups).problems.map(({ broker, request }) => `${broker} ${request}`)).toEqual([
    'b2:9092 OffsetFetch',
    'b2:9092 DescribeGroups',
  ]);
});

test('readGroups leaves every group unreadable when no broker finds coordinators', async () => {
  const session = scriptedSession(() => failure('b1:9092: connection refused', true));

  const groups = readGroups(session, BROKERS, [classic('a')]);

  expect(await summary(groups)).toEqual({ a: 'b1:9092: connection refused' });
  expect((await groups).problems).toMatchObject([{ request: 'FindCoordinator' }]);
});

test('readGroups splits many groups over several requests, sent one after another', async () => {
  const ids = Array.from({ length: 1_200 }, (_, i) => `g${i}`);
  let [open, most] = [0, 0];
  const session = scriptedSession(async (sent): Promise<Outcome<unknown>> => {
    if (sent.request === 'FindCoordinator') return coordinators(sent, () => 'b1');
    if (sent.request === 'DescribeGroups') return described(sent);
    most = Math.max(most, ++open);
    await Promise.resolve();
    open--;
    return committed(sent);
  });

  const { answers } = await readGroups(
    session,
    BROKERS,
    ids.map((groupId) => classic(groupId)),
  );

  expect(answers.map(({ group }) => group.groupId)).toEqual(ids);
  expect(answers.every(({ commits, description }) => commits.ok && description.ok)).toBe(true);
  expect(session.log.filter(({ request }) => request === 'OffsetFetch')).toHaveLength(3);
  expect(most).toBe(1);
});

test('readGroups reports a failed broker once, whatever the number of failed requests', async () => {
  const ids = Array.from({ length: 1_200 }, (_, i) => `g${i}`);
  const session = scriptedSession((sent): Outcome<unknown> => {
    if (sent.request === 'FindCoordinator') return coordinators(sent, () => 'b1');
    return failure('connection refused', true);
  });

  const { problems } = await readGroups(
    session,
    BROKERS,
    ids.map((groupId) => classic(groupId)),
  );

  expect(problems.map(({ request }) => request)).toEqual(['OffsetFetch', 'DescribeGroups']);
});
