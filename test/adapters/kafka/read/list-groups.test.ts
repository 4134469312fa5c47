import { expect, test } from 'vitest';
import { failure, success } from '#adapters/kafka/protocol/failures.ts';
import { listGroups } from '#adapters/kafka/read/list-groups.ts';
import { known, unknown } from '#core/kafka/reading.ts';
import { scriptedSession } from '#test/adapters/kafka/scripted-session.ts';

const LOADING = 14;
const BROKERS = [
  { host: 'b1', port: 9092 },
  { host: 'b2', port: 9092 },
];
const group = (groupId: string, protocolType: string, groupType: string, groupState = 'Stable') => ({
  groupId,
  protocolType,
  groupType,
  groupState,
});
const listed = (...groups: object[]) => success({ errorCode: 0, groups });

test('listGroups separates groups that commit from others', async () => {
  const session = scriptedSession(({ at }) =>
    at === 'b1'
      ? listed(
          group('classic', 'consumer', 'Classic'),
          group('new', 'consumer', 'Consumer'),
          group('simple', '', 'Classic', 'Empty'),
          group('kstreams', 'streams', 'Streams'),
        )
      : listed(
          group('workers', 'connect', 'Classic'),
          group('queue', 'share', 'Share', 'Empty'),
          group('later', 'something', 'Newer'),
        ),
  );

  const { groups, others, problems } = await listGroups(session, BROKERS);

  const [coordinator, second] = BROKERS;
  expect([...groups.values()]).toMatchObject([
    { groupId: 'classic', coordinator, type: 'classic', protocol: 'consumer' },
    { groupId: 'new', coordinator, type: 'consumer', protocol: 'consumer' },
    { groupId: 'simple', coordinator, type: 'classic', protocol: '' },
    { groupId: 'kstreams', coordinator, type: 'streams', protocol: 'streams' },
  ]);
  expect([...others.values()]).toMatchObject([
    { groupId: 'workers', type: 'classic', protocol: 'connect', state: known('Stable') },
    { groupId: 'queue', coordinator: second, type: 'share', protocol: 'share', state: known('Empty') },
    { groupId: 'later', type: 'newer', protocol: 'something', state: known('Stable') },
  ]);
  expect(problems).toEqual([]);
});

test('listGroups requests all types and states, so that it lists unknown types too', async () => {
  const session = scriptedSession(() => listed());

  await listGroups(session, BROKERS);

  expect(session.log.map(({ args }) => args)).toEqual([
    [[], []],
    [[], []],
  ]);
});

test('before Kafka 2.6 the state of a group is not listed, and before KIP-848 all groups are classic', async () => {
  const session = scriptedSession(() => listed({ groupId: 'workers', protocolType: 'connect' }));

  const { others } = await listGroups(session, BROKERS.slice(0, 1));

  const state = unknown('a state in the list of groups needs Kafka 2.6');
  expect([...others.values()]).toMatchObject([{ groupId: 'workers', type: 'classic', protocol: 'connect', state }]);
});

test('listGroups sends a second request to a broker that loads, and names one that fails', async () => {
  const session = scriptedSession(({ at, times }) => {
    if (at === 'b2') return failure('connection refused', true);
    return times === 1 ? success({ errorCode: LOADING, groups: [] }) : listed(group('a', 'consumer', 'classic'));
  });

  const { groups, problems } = await listGroups(session, BROKERS);

  expect([...groups.keys()]).toEqual(['a']);
  expect(problems).toEqual([{ broker: 'b2:9092', request: 'ListGroups', reason: 'connection refused' }]);
});
