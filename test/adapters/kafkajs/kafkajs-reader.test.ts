import type { GroupDescription } from 'kafkajs';
import { expect, test } from 'vitest';
import { createKafkajsReader, readCluster } from '#adapters/kafkajs/kafkajs-reader.ts';
import { LIMITS } from '#adapters/kafkajs/limits.ts';
import { SettingsError } from '#core/errors.ts';
import { absent, known, unknown } from '#core/kafka/reading.ts';
import { compileFilters, filtersSchema } from '#core/names/filters.ts';
import { protocolError, type Script, ScriptedSession } from './scripted-session.ts';

const task = { clock: { nowMs: () => 1_000 }, filters: compileFilters() };
const { clock } = task;
const GROUPS = ['a', 'b', 'c', 'd', 'e'];

const empty = (groupId: string): GroupDescription => ({
  groupId,
  state: 'Empty',
  protocol: '',
  protocolType: 'consumer',
  members: [],
});

/** Five Empty groups, each with one commit on `orders`. */
const healthy: Required<Script> = {
  listGroups: async () => ({ groups: GROUPS.map((groupId) => ({ groupId, protocolType: 'consumer' })) }),
  describeGroups: async (groupIds) => ({ groups: groupIds.map(empty) }),
  fetchOffsets: async () => [{ topic: 'orders', partitions: [{ partition: 0, offset: '3', metadata: null }] }],
  fetchTopicOffsets: async () => [{ partition: 0, offset: '9', high: '9', low: '1' }],
};
const read = (script: Script, groupIds?: readonly string[]) =>
  readCluster(new ScriptedSession({ ...healthy, ...script }), groupIds === undefined ? task : { ...task, groupIds });

test('a group that cannot be described costs only its own description', async () => {
  const { groups, problems } = await read({
    describeGroups: async (groupIds) => {
      if (groupIds.includes('d')) throw protocolError('GROUP_AUTHORIZATION_FAILED', 'Not authorized.');
      return { groups: groupIds.map(empty) };
    },
  });

  const denied = unknown('GROUP_AUTHORIZATION_FAILED: Not authorized');
  expect(groups.map(({ state }) => state)).toEqual(
    GROUPS.map((groupId) => (groupId === 'd' ? denied : known('Empty'))),
  );
  expect(groups.every((group) => group.partitions[0]?.committedOffset.kind === 'known')).toBe(true);
  expect(problems).toEqual([]);
});

test('a group whose commits cannot be read is unreadable, beside those that can', async () => {
  const { groups, unreadableGroups } = await read({
    fetchOffsets: async (options) => {
      if (options.groupId === 'b') throw protocolError('GROUP_AUTHORIZATION_FAILED', 'Not authorized.');
      return healthy.fetchOffsets(options);
    },
  });

  expect(groups.map((group) => group.groupId)).toEqual(['a', 'c', 'd', 'e']);
  const reason = 'committed offsets: GROUP_AUTHORIZATION_FAILED: Not authorized';
  expect(unreadableGroups).toEqual([{ groupId: 'b', reason }]);
});

test('a listed group that looks dead has an unknown state, and its commits', async () => {
  const { groups } = await read({ describeGroups: async () => ({ groups: [{ ...empty('a'), state: 'Dead' }] }) }, [
    'a',
  ]);

  const reason = unknown(LIMITS.newProtocol);
  expect(groups[0]).toMatchObject({ type: 'unknown', state: reason, members: reason, assignor: reason });
  expect(groups[0]?.partitions[0]?.committedOffset).toEqual(known(3n));
});

test('a failing topic is unknown with the reason, and is not in the next request', async () => {
  const session = new ScriptedSession({
    ...healthy,
    fetchOffsets: async () =>
      ['doomed', 'orders'].map((topic) => ({ topic, partitions: [{ partition: 0, offset: '3', metadata: null }] })),
    fetchTopicOffsets: async (topic) => {
      if (topic === 'doomed') throw protocolError('UNKNOWN_TOPIC_OR_PARTITION', 'No such topic.');
      return healthy.fetchTopicOffsets(topic);
    },
  });
  const { groups } = await readCluster(session, { ...task, groupIds: ['a'] });

  const reason = unknown(`${LIMITS.wholeTopic}: UNKNOWN_TOPIC_OR_PARTITION: No such topic`);
  expect(groups[0]?.partitions.map((p) => p.lastStableOffset)).toEqual([reason, known(9n)]);
  expect(groups[0]?.partitions.map((p) => p.logStartOffset)).toEqual([reason, known(1n)]);
  expect(session.renewals).toBe(1);
});

test.each([
  ['beyond the last stable offset', '10', known(10n)],
  ['at the last stable offset', '9', known(9n)],
  ['that was never made', '-1', absent],
])('a commit %s', async (_what, offset, committedOffset) => {
  const partitions = [{ partition: 0, offset, metadata: null }];
  const { groups } = await read({ fetchOffsets: async () => [{ topic: 'orders', partitions }] }, ['a']);

  expect(groups[0]?.partitions).toEqual([
    {
      topic: 'orders',
      partition: 0,
      committedOffset,
      logStartOffset: known(1n),
      logEndOffset: unknown(LIMITS.stableEnd),
      lastStableOffset: known(9n),
      age: unknown(LIMITS.age),
    },
  ]);
});

test('a partition that the topic does not have is unknown', async () => {
  const partitions = [{ partition: 7, offset: '1', metadata: null }];
  const { groups } = await read({ fetchOffsets: async () => [{ topic: 'orders', partitions }] }, ['a']);

  expect(groups[0]?.partitions[0]?.logEndOffset).toEqual(unknown('the topic has no such partition'));
});

test('members with a malformed assignment are unknown', async () => {
  const member = { memberId: 'm', clientId: 'c', clientHost: '/10.0.0.1', memberMetadata: Buffer.alloc(0) };
  const broken = { ...empty('a'), members: [{ ...member, memberAssignment: Buffer.from([0, 0, 0, 0, 0, 9]) }] };
  const { groups } = await read({ describeGroups: async () => ({ groups: [broken] }) }, ['a']);

  expect(groups[0]?.members).toEqual(unknown('a member has an assignment that cannot be decoded'));
});

test('a list that fails because of another topic is requested again with one topic named', async () => {
  let named = '';
  const { groups, problems } = await read({
    listGroups: async () => {
      if (named === '') throw protocolError('LEADER_NOT_AVAILABLE');
      return healthy.listGroups();
    },
    fetchTopicOffsets: async (topic) => {
      named ||= topic;
      return healthy.fetchTopicOffsets(topic);
    },
  });

  expect(named).toBe('__consumer_offsets');
  expect({ groups: groups.length, problems }).toEqual({ groups: GROUPS.length, problems: [] });
});

test('a failed list is a problem, and makes named groups unreadable', async () => {
  const script: Script = {
    listGroups: async () => {
      throw Object.assign(new Error('Connection error: connect ECONNREFUSED'), { broker: 'b2:9092' });
    },
  };
  const reason = `${LIMITS.wholeList}: connection refused: nothing listens there`;

  expect((await read(script)).problems).toEqual([{ broker: 'b2:9092', request: 'ListGroups', reason }]);
  expect((await read(script, ['a'])).unreadableGroups).toEqual([{ groupId: 'a', reason }]);
});

test('a group of another protocol is listed apart and not read', async () => {
  const groups = [
    { groupId: 'c', protocolType: 'connect' },
    { groupId: 'a', protocolType: 'consumer' },
    { groupId: 'b', protocolType: 'share' },
  ];

  const reading = await read({ listGroups: async () => ({ groups }) });
  const named = await read({ listGroups: async () => ({ groups }) }, ['c']);

  const state = unknown(LIMITS.listedState);
  expect(reading.groups.map((group) => group.groupId)).toEqual(['a']);
  expect(reading.unreadableGroups).toEqual([]);
  expect(reading.otherGroups).toEqual([
    { groupId: 'b', type: 'unknown', protocol: 'share', state, lag: unknown(LIMITS.shareLag) },
    { groupId: 'c', type: 'unknown', protocol: 'connect', state, lag: absent },
  ]);
  expect(named).toMatchObject({ groups: [], unreadableGroups: [], otherGroups: [{ groupId: 'c' }] });
});

test('protocol and assignor show whether a group is simple or of Kafka Streams', async () => {
  const { groups } = await read({
    listGroups: async () => ({
      groups: ['consumer', 'consumer', '', 'streams'].map((protocolType, i) => ({
        groupId: GROUPS[i] ?? '',
        protocolType,
      })),
    }),
    describeGroups: async (ids) => ({
      groups: ids.map((id) => ({
        ...empty(id),
        protocol: id === 'b' ? 'stream' : '',
        state: id === 'd' ? 'Dead' : 'Empty',
      })),
    }),
  });

  expect(groups.map(({ groupId, kind }) => [groupId, kind])).toEqual([
    ['a', 'consumer'],
    ['b', 'streams'],
    ['c', 'simple'],
    ['d', 'streams'],
  ]);
  expect(groups.map(({ epoch }) => epoch)).toEqual([absent, absent, absent, unknown(LIMITS.newProtocol)]);
});

test.each([
  ['', 'plaintext', /bootstrap brokers are empty/],
  ['a:1,b', 'plaintext', /"b" must be host:port/],
  ['[::1]:9092', 'plaintext', /kafkajs takes no IPv6 address/],
  ['a:99999', 'plaintext', /port from 1 to 65535/],
  ['a:9098', 'iam', /needs the region/],
] as const)('bootstrap %j with auth %s is refused', (bootstrapBrokers, auth, message) => {
  const create = () => createKafkajsReader({ bootstrapBrokers, auth, timeoutMs: 1_000, clock });

  expect(create).toThrow(SettingsError);
  expect(create).toThrow(message);
});

test('filtered groups and topics are not requested and not reported as missing', async () => {
  const asked: string[] = [];
  const filters = compileFilters(
    filtersSchema.parse({ groups: { include: ['{a,b}'], exclude: ['b'] }, topics: { exclude: ['/^audit/'] } }),
  );
  const session = new ScriptedSession({
    ...healthy,
    describeGroups: async (groupIds) => {
      asked.push(...groupIds);
      return healthy.describeGroups(groupIds);
    },
    fetchOffsets: async (options) => {
      asked.push(`commits of ${options.groupId}`);
      return ['audit-log', 'orders', '__consumer_offsets'].map((topic) => ({
        topic,
        partitions: [{ partition: 0, offset: '3', metadata: null }],
      }));
    },
    fetchTopicOffsets: async (topic) => {
      asked.push(topic);
      return healthy.fetchTopicOffsets(topic);
    },
  });
  const { groups, unreadableGroups, problems } = await readCluster(session, { ...task, filters });

  expect(asked).toEqual(['a', 'commits of a', 'orders']);
  expect(groups.map((group) => [group.groupId, group.partitions.map((p) => p.topic)])).toEqual([['a', ['orders']]]);
  expect({ unreadableGroups, problems }).toEqual({ unreadableGroups: [], problems: [] });
});
