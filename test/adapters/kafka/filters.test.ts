/** Filters keep requests from being sent. */

import { expect, test } from 'vitest';
import { newAgeMemory } from '#adapters/kafka/ages/read-ages.ts';
import { readCluster } from '#adapters/kafka/batch-reader.ts';
import { success } from '#adapters/kafka/protocol/failures.ts';
import { PROBE } from '#adapters/kafka/read/probes.ts';
import { compileFilters, filtersSchema } from '#core/names/filters.ts';
import { present } from '#core/text/json.ts';
import { type Sent, scriptedSession } from './scripted-session.ts';

const BROKERS = [{ nodeId: 1, host: 'b1', port: 9092 }];
const GROUPS = ['billing', 'console-consumer-1', 'console-consumer-2', 'orders'];
const TOPICS = ['__consumer_offsets', 'audit', 'orders'];

interface Topic {
  readonly name: string;
  readonly partitions: readonly { readonly partitionIndex: number }[];
}

/** A cluster whose groups committed on each topic. */
function cluster({ request, args }: Sent) {
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
  // Each reading sends the probe of topics, whatever the filters.
  const log = session.log.filter(({ args }) => !(Array.isArray(args[0]) && args[0].includes(PROBE)));
  const sent = (request: string, names: (args: readonly unknown[]) => unknown) =>
    log.filter((entry) => entry.request === request).map((entry) => names(entry.args));
  return {
    reading,
    requests: log.map(({ request }) => request),
    groupsAsked: [
      ...sent('FindCoordinator', (args) => args[1]),
      ...sent('OffsetFetch', (args) => (args[0] as { groupId: string }[]).map(({ groupId }) => groupId)),
      ...sent('DescribeGroups', (args) => args[0]),
    ],
    topicsAsked: [
      ...sent('Metadata', (args) => args[0]),
      ...sent('ListOffsets', (args) => (args[2] as Topic[]).map(({ name }) => name)),
    ],
  };
}
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

test('by default a reading covers every group, and every topic that is not internal', async () => {
  const { groupsAsked, topicsAsked, reading } = await readWith({});

  expect(groupsAsked).toEqual(times(2, GROUPS));
  expect(topicsAsked).toEqual(times(4, ['audit', 'orders']));
  expect(reading.groups[0]?.partitions.map((p) => p.topic)).toEqual(['audit', 'orders']);
});

test('a reading covers internal topics when the filter includes them', async () => {
  expect((await readWith({ internalTopics: true })).topicsAsked).toEqual(times(4, TOPICS));
});

test('a filtered group is in no request after the list, and is not reported as missing', async () => {
  const { groupsAsked, reading } = await readWith({ groups: { exclude: ['console-consumer-*'] } });

  expect(groupsAsked).toEqual(times(2, ['billing', 'orders']));
  expect(reading.groups.map((group) => group.groupId)).toEqual(['billing', 'orders']);
  expect(reading).toMatchObject({ unreadableGroups: [], problems: [] });
});

test('a filter without a matching group ends the reading after the list', async () => {
  expect((await readWith({ groups: { include: ['/^x/'] } })).requests).toEqual(['ListGroups']);
});

test('a filtered topic is in no request to leaders, and is not reported as missing', async () => {
  const { topicsAsked, reading } = await readWith({ topics: { include: ['{orders,payments}'] } });

  expect(topicsAsked).toEqual(times(4, ['orders']));
  expect(reading.groups.map((group) => group.partitions.length)).toEqual([1, 1, 1, 1]);
});

test('a filter without a matching topic sends nothing to leaders', async () => {
  const { requests, reading } = await readWith({ topics: { exclude: ['*'] } });

  expect(requests).toEqual(['ListGroups', 'OffsetFetch', 'DescribeGroups']);
  expect(reading.groups.map((group) => group.groupId)).toEqual(GROUPS);
});

test('the filter of topics applies to a named group, and the filter of groups does not', async () => {
  const filters = { groups: { exclude: ['*'] }, topics: { exclude: ['audit'] } };
  const { reading, groupsAsked } = await readWith(filters, ['orders']);

  expect(groupsAsked).toEqual(times(2, ['orders']));
  expect(reading.groups[0]?.partitions.map((p) => p.topic)).toEqual(['orders']);
});
