import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { createBatchReader } from '#adapters/kafka/batch-reader.ts';
import { createKafkajsReader } from '#adapters/kafkajs/kafkajs-reader.ts';
import { systemClock } from '#adapters/system/clock.ts';
import { knownValue } from '#core/kafka/reading.ts';
import { filtersSchema } from '#core/names/filters.ts';
import type { OffsetsReader } from '#core/ports.ts';
import { createTopic } from '#local/workload/create-topic.ts';
import type { WorkloadProcess } from '#local/workload/program.ts';
import { startConsumer, startProducer } from '#local/workload/start.ts';
import { ManualClock, SimulatedGroup } from '#test/support/groups/simulated-group.ts';
import { useKafka } from '#test/support/kafka/kafka.ts';
import { waitUntil } from '#test/support/wait-until.ts';
import { offsetsReaderContract } from './offsets-reader.contract.ts';

const simulation = {
  clock: new ManualClock(1_800_000_000_000),
  groupId: 'orders',
  service: { cluster: 'shop', service: 'orders' },
  arrivals: [10, 20, 30, 40],
  tasks: 2,
  capacity: 20,
};
const simulated = new SimulatedGroup(simulation);
const group = { groupId: 'orders', topic: 'orders', partitions: 4, members: 2 };
offsetsReaderContract('simulated', () => ({
  reader: simulated,
  filtered: (filters) => new SimulatedGroup({ ...simulation, filters }),
  retentions: ['absent'],
  ...group,
}));

/**
 * MSK Serverless speaks the protocol of the older one: no request there is for more than one group.
 */
const KAFKAS = [
  { name: 'on a real broker', kafka: {} },
  { name: 'on a real broker of Kafka 2.8.2', kafka: { version: '2.8.2' } },
] as const;

describe.each(KAFKAS)('$name', ({ name, kafka: launch }) => {
  const kafka = useKafka(launch);
  const options = () =>
    ({ bootstrapBrokers: kafka().bootstrap, auth: 'plaintext', timeoutMs: 10_000, clock: systemClock }) as const;
  const running: WorkloadProcess[] = [];
  let reader: OffsetsReader;
  let second: OffsetsReader;

  beforeAll(async () => {
    const { bootstrap } = kafka();
    reader = createBatchReader(options());
    second = createKafkajsReader(options());
    await createTopic(bootstrap, 'orders', 4);
    for (const clientId of ['task-1', 'task-2']) {
      running.push(startConsumer({ bootstrap, group: 'orders', topic: 'orders', clientId, msPerRecord: 1 }));
    }
    running.push(startProducer({ bootstrap, topic: 'orders', rate: 100, distribution: 'even' }));
    await waitUntil('a Stable group of two members with commits everywhere', async () => {
      const [read] = (await reader.read()).groups;
      const members = read && knownValue(read.members);
      const committed = read?.partitions.filter((p) => p.committedOffset.kind === 'known').length;
      return committed === 4 && members?.length === 2 && members.every((member) => member.assignment.length === 2);
    });
  });
  afterAll(async () => {
    await Promise.all(running.map((child) => child.stop()));
    await reader?.close();
    await second?.close();
  });

  offsetsReaderContract(name, () => ({
    reader,
    filtered: (filters) => createBatchReader({ ...options(), filters }),
    retentions: ['known', undefined],
    ...group,
  }));
  offsetsReaderContract(`over kafkajs ${name}`, () => ({
    reader: second,
    filtered: (filters) => createKafkajsReader({ ...options(), filters }),
    retentions: ['unknown'],
    ...group,
  }));

  it('takes fewer requests for what is filtered', async () => {
    const requestsFor = async (filters: z.input<typeof filtersSchema>) => {
      const filtered = createBatchReader({ ...options(), filters: filtersSchema.parse(filters) });
      const { requests } = await filtered.read();
      await filtered.close();
      return requests;
    };
    const [all, noTopic, noGroup] = [
      await requestsFor({}),
      await requestsFor({ topics: { exclude: ['orders'] } }),
      await requestsFor({ groups: { exclude: ['orders'] } }),
    ];

    // Without the topic: neither its metadata nor three requests to its leader. Without the group:
    // brokers, rights and list alone.
    expect({ withoutTopic: all - noTopic, noGroup }).toEqual({ withoutTopic: 4, noGroup: 3 });
  });
});
