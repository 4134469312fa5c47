import { expect, test } from 'vitest';
import { failure, success } from '#adapters/kafka/protocol/failures.ts';
import {
  type Description,
  describeClassic,
  describeConsumer,
  describeStreams,
  descriptionOf,
} from '#adapters/kafka/read/describe-groups.ts';
import { absent, known, unknown } from '#core/kafka/reading.ts';
import { scriptedSession } from '#test/adapters/kafka/scripted-session.ts';

const BROKER = { host: 'b1', port: 9092 };
const DENIED = 30;
const member = { memberId: 'm', clientId: 'c', clientHost: '/10.0.0.1', instanceId: null };
const identity = { memberId: 'm', clientId: 'c', host: '10.0.0.1' };
const orders = (...partitions: number[]) => partitions.map((partition) => ({ topic: 'orders', partition }));

const answering = (...groups: object[]) => scriptedSession(() => success({ groups }));
const first = (descriptions: Awaited<ReturnType<typeof describeClassic>>, groupId = 'g'): Description => {
  const found = descriptionOf(descriptions, groupId);
  if (!found.ok) throw new Error(found.reason);
  return found.value;
};

const consumerGroup = (assigned: number[], target: number[]) => {
  const topicsOf = (partitions: number[]) => ({ topicPartitions: [{ topicName: 'orders', partitions }] });
  const members = [{ ...member, assignment: topicsOf(assigned), targetAssignment: topicsOf(target) }];
  return { groupId: 'g', errorCode: 0, groupState: 'Reconciling', groupEpoch: 7, assignorName: 'uniform', members };
};

test('a KIP-848 group has an epoch, and a member has a target where it differs from what the member owns', async () => {
  const moving = await describeConsumer(answering(consumerGroup([0, 1], [1, 2])), BROKER, ['g']);
  const settled = await describeConsumer(answering(consumerGroup([1, 0], [0, 1])), BROKER, ['g']);

  expect(first(moving)).toEqual({
    state: known('Reconciling'),
    assignor: known('uniform'),
    epoch: known(7),
    members: known([{ ...identity, assignment: orders(0, 1), target: orders(1, 2) }]),
  });
  expect(first(settled).members).toEqual(known([{ ...identity, assignment: orders(1, 0) }]));
});

test.each([
  [[0], []],
  [[], [0]],
])('a member that owns %j has the target %j', async (assigned, target) => {
  const descriptions = await describeConsumer(answering(consumerGroup(assigned, target)), BROKER, ['g']);

  expect(first(descriptions).members).toEqual(
    known([{ ...identity, assignment: orders(...assigned), target: orders(...target) }]),
  );
});

test('a classic group has no epoch, and a static member has its instance id', async () => {
  const joined = { ...member, groupInstanceId: 'i-1', memberAssignment: Buffer.alloc(0) };
  const group = { groupId: 'g', errorCode: 0, groupState: 'Stable', protocolData: 'range', members: [joined] };

  const description = first(await describeClassic(answering(group), BROKER, ['g']));

  expect(description).toEqual({
    state: known('Stable'),
    assignor: known('range'),
    epoch: absent,
    members: known([{ ...identity, groupInstanceId: 'i-1', assignment: [] }]),
  });
});

const streamsGroup = (subtopologies: object[] | null, assignment: object[]) => ({
  groupId: 'g',
  errorCode: 0,
  groupState: 'NotReady',
  groupEpoch: 3,
  subtopologies,
  members: [{ ...member, assignment, targetAssignment: assignment }],
});

test('a task of a Streams group owns its partition of each topic of its part of the application', async () => {
  const subtopologies = [
    { subtopologyId: '0', topics: ['orders', 'payments'] },
    { subtopologyId: '1', topics: ['again'] },
  ];
  const tasks = [
    { subtopologyId: '0', partitions: [0, 2] },
    { subtopologyId: '1', partitions: [1] },
  ];

  const description = first(await describeStreams(answering(streamsGroup(subtopologies, tasks)), BROKER, ['g']));

  const assignment = [
    ...orders(0, 2),
    { topic: 'payments', partition: 0 },
    { topic: 'payments', partition: 2 },
    { topic: 'again', partition: 1 },
  ];
  expect(description).toEqual({
    state: known('NotReady'),
    assignor: unknown('brokers do not return the assignor of a Streams group'),
    epoch: known(3),
    members: known([{ ...identity, assignment }]),
  });
});

test('tasks of a missing topology make the members unknown, and members without tasks own no partitions', async () => {
  const members = async (tasks: object[]) =>
    first(await describeStreams(answering(streamsGroup(null, tasks)), BROKER, ['g'])).members;

  expect(await members([])).toEqual(known([{ ...identity, assignment: [] }]));
  expect(await members([{ subtopologyId: '0', partitions: [0] }])).toMatchObject({ kind: 'unknown' });
});

test('a failing group costs only its own description, and an empty list sends no request', async () => {
  const denied = { ...consumerGroup([0], [0]), groupId: 'secret', errorCode: DENIED };
  const session = answering(denied, consumerGroup([0], [0]));

  const descriptions = await describeConsumer(session, BROKER, ['g', 'secret', 'forgotten']);

  expect(first(descriptions).epoch).toEqual(known(7));
  expect(descriptionOf(descriptions, 'secret')).toMatchObject({
    reason: expect.stringContaining('GROUP_AUTHORIZATION'),
  });
  expect(descriptionOf(descriptions, 'forgotten')).toEqual(failure('the coordinator did not describe it', true));
  for (const describe of [describeClassic, describeConsumer, describeStreams]) await describe(session, BROKER, []);
  expect(session.log).toHaveLength(1);
});
