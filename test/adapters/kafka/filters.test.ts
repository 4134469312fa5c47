/** What the filters keep off the wire. */

import { expect, test } from 'vitest';
import { newAgeMemory } from '#adapters/kafka/ages/read-ages.ts';
import { readCluster } from '#adapters/kafka/batch-reader.ts';
import { success } from '#adapters/kafka/protocol/failures.ts';
import { PROBE } from '#adapters/kafka/read/probes.ts';
import { compileFilters, filtersSchema } from '#core/names/filters.ts';
import { present } from '#core/text/json.ts';
import { type Asked, scriptedSession } from './scripted-session.ts';

const BROKERS = [{ nodeId: 1, host: 'b1', port: 9092 }];
const GROUPS = ['billing', 'console-consumer-1', 'console-consumer-2', 'orders'];
const TOPICS = ['__consumer_offsets', 'audit', 'orders'];

interface Topic {
  readonly name: string;
  readonly partitions: readonly { readonly partitionIndex: number }[];
}

/** A cluster whose groups committed on each topic. */
function cluster({ request, args }: Asked) {
  const answers: Record<string, () => unknown> = {
    ListGroups: () => ({
      errorCode: 0,
      groups: GROUPS.map((groupId) => ({ groupId, protocolType: 'consumer', groupType: 'classic' })),
    }),
    FindCoordinator: () => ({
      coordinators: (args[1] as string[]).map((key) => ({ key, host: 'b1', port: 9092, errorCode: 0 })),
    }),
    OffsetFetch: () => ({
      groups: (args[0] as { groupId: string }[]).map(({ groupId }) => ({
        groupId,
        errorCode: 0,
        topics: TOPICS.map((name) => ({
          name,
          partitions: [{ partitionIndex: 0, committedOffset: 4n, errorCode: 0 }],
        })),
      })),
    }),
    DescribeGroups: () => ({
      groups: (args[0] as string[]).map((groupId) => ({
        groupId,
        errorCode: 0,
        groupState: 'Stable',
        protocolData: 'range',
        members: [],
      })),
    }),
    Metadata: () => ({
      brokers: BROKERS,
      topics: (args[0] as string[]).map((name) => ({
        name,
        errorCode: 0,
        partitions: [{ partitionIndex: 0, leaderId: 1 }],
      })),
    }),
    ListOffsets: () => ({
      topics: (args[2] as Topic[]).map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode: 0, offset: 9n })),
      })),
    }),
  };
  return success(answers[request]?.());
}

async function readWith(filters: Parameters<typeof filtersSchema.parse>[0], groupIds?: readonly string[]) {
  const session = scriptedSession(cluster);
  const reading = await readCluster(session, {
    cluster: { brokers: BROKERS, mayDescribe: true },
    namedGroups: [],
    clock: { nowMs: () => 1_000 },
    memory: newAgeMemory(),
    filters: compileFilters(filtersSchema.parse(filters)),
    ...present({ groupIds }),
  });
  // Whether all topics may be described is asked in each reading, whatever the filters.
  const log = session.log.filter(({ args }) => !(Array.isArray(args[0]) && args[0].includes(PROBE)));
  const asked = (request: string, names: (args: readonly unknown[]) => unknown) =>
    log.filter((entry) => entry.request === request).map((entry) => names(entry.args));
  return {
    reading,
    requests: log.map(({ request }) => request),
    groupsAsked: [
      ...asked('FindCoordinator', (args) => args[1]),
      ...asked('OffsetFetch', (args) => (args[0] as { groupId: string }[]).map(({ groupId }) => groupId)),
      ...asked('DescribeGroups', (args) => args[0]),
    ],
    topicsAsked: [
      ...asked('Metadata', (args) => args[0]),
      ...asked('ListOffsets', (args) => (args[2] as Topic[]).map(({ name }) => name)),
    ],
  };
}
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

test('by default every group is asked about, and every topic that is not internal', async () => {
  const { groupsAsked, topicsAsked, reading } = await readWith({});

  expect(groupsAsked).toEqual(times(2, GROUPS));
  expect(topicsAsked).toEqual(times(4, ['audit', 'orders']));
  expect(reading.groups[0]?.partitions.map((p) => p.topic)).toEqual(['audit', 'orders']);
});

test('internal topics are asked about when they are wanted', async () => {
  expect((await readWith({ internalTopics: true })).topicsAsked).toEqual(times(4, TOPICS));
});

test('a group that is filtered is in no request after the list, and not missed', async () => {
  const { groupsAsked, reading } = await readWith({ groups: { exclude: ['console-consumer-*'] } });

  expect(groupsAsked).toEqual(times(2, ['billing', 'orders']));
  expect(reading.groups.map((group) => group.groupId)).toEqual(['billing', 'orders']);
  expect(reading).toMatchObject({ unreadableGroups: [], problems: [] });
});

test('where every group is filtered, nothing follows the list', async () => {
  expect((await readWith({ groups: { include: ['/^x/'] } })).requests).toEqual(['ListGroups']);
});

test('a topic that is filtered is in no request to leaders, and not missed', async () => {
  const { topicsAsked, reading } = await readWith({ topics: { include: ['{orders,payments}'] } });

  expect(topicsAsked).toEqual(times(4, ['orders']));
  expect(reading.groups.map((group) => group.partitions.length)).toEqual([1, 1, 1, 1]);
});

test('where every topic is filtered, no leader is asked', async () => {
  const { requests, reading } = await readWith({ topics: { exclude: ['*'] } });

  expect(requests).toEqual(['ListGroups', 'OffsetFetch', 'DescribeGroups']);
  expect(reading.groups.map((group) => group.groupId)).toEqual(GROUPS);
});

test('a group that is named is read whatever the filter of groups says, and its topics are filtered', async () => {
  const filters = { groups: { exclude: ['*'] }, topics: { exclude: ['audit'] } };
  const { reading, groupsAsked } = await readWith(filters, ['orders']);

  expect(groupsAsked).toEqual(times(2, ['orders']));
  expect(reading.groups[0]?.partitions.map((p) => p.topic)).toEqual(['orders']);
});
