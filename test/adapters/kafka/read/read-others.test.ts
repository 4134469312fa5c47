import { expect, test } from 'vitest';
import { failure, success } from '#adapters/kafka/protocol/failures.ts';
import { readOthers } from '#adapters/kafka/read/read-others.ts';
import { absent, known } from '#core/kafka/reading.ts';
import { scriptedSession } from '#test/adapters/kafka/scripted-session.ts';

const DENIED = 30;
const listed = (groupId: string, type = 'share', host = 'b1') => ({
  groupId,
  coordinator: { host, port: 9092 },
  type,
  protocol: type === 'share' ? 'share' : 'connect',
  state: known('Stable'),
});
const partition = (index: number, startOffset: bigint, lag: bigint, errorCode = 0) => ({
  topic: 'orders',
  partition: index,
  startOffset,
  lag,
  errorCode,
});
const answering = (partitions: object[], errorCode = 0) =>
  scriptedSession(({ args }) =>
    success({ groups: (args[0] as string[]).map((groupId) => ({ groupId, errorCode, partitions })) }),
  );

test('share groups have the lag from one request to each coordinator; other groups have none', async () => {
  const session = answering([partition(0, 4n, 6n), partition(1, 0n, 3n)]);

  const { groups, problems } = await readOthers(session, [
    listed('a'),
    listed('b', 'share', 'b2'),
    listed('workers', 'classic'),
    listed('c'),
  ]);

  expect(groups.map(({ groupId, lag }) => [groupId, lag])).toEqual([
    ['a', known(9)],
    ['b', known(9)],
    ['workers', absent],
    ['c', known(9)],
  ]);
  expect(session.log.map(({ at, args }) => [at, args])).toEqual([
    ['b1', [['a', 'c']]],
    ['b2', [['b']]],
  ]);
  expect(problems).toEqual([]);
});

test('without a share group nothing is sent', async () => {
  const session = answering([]);

  const { groups } = await readOthers(session, [listed('workers', 'classic')]);

  expect(groups).toEqual([
    { groupId: 'workers', type: 'classic', protocol: 'connect', state: known('Stable'), lag: absent },
  ]);
  expect(session.log).toEqual([]);
});

test.each([
  [
    'a partition that the group has not begun',
    [partition(0, 4n, 6n), partition(1, -1n, -1n)],
    0,
    /not begun to read partition 1/,
  ],
  [
    'a partition whose lag the broker does not know',
    [partition(0, 4n, 6n), partition(1, 3n, -1n)],
    0,
    /does not know the lag/,
  ],
  ['a partition with an error', [partition(0, 4n, 6n), partition(1, 0n, -1n, 29)], 0, /TOPIC_AUTHORIZATION_FAILED/],
  ['an error of the group', [], DENIED, /GROUP_AUTHORIZATION_FAILED/],
])('%s makes the lag unknown: a sum of the rest would be too small', async (_, partitions, errorCode, reason) => {
  const { groups } = await readOthers(answering(partitions, errorCode), [listed('a')]);

  expect(groups[0]?.lag).toEqual({ kind: 'unknown', reason: expect.stringMatching(reason) });
});

test('a share group without a partition has no lag', async () => {
  expect((await readOthers(answering([]), [listed('a')])).groups[0]?.lag).toEqual(absent);
});

test('a failed broker is a problem; an old one is not, and the lag says which Kafka it needs', async () => {
  const failing = scriptedSession(() => failure('connection refused', true));
  const old = scriptedSession(() => ({ ...failure('needs Kafka 4.2', true), unsupported: true }));

  const refused = await readOthers(failing, [listed('a')]);
  const tooOld = await readOthers(old, [listed('a')]);

  const request = 'DescribeShareGroupOffsets';
  expect(refused.problems).toEqual([{ broker: 'b1:9092', request, reason: 'connection refused' }]);
  expect(tooOld.problems).toEqual([]);
  expect(tooOld.groups[0]?.lag).toMatchObject({ kind: 'unknown', reason: 'needs Kafka 4.2' });
});
