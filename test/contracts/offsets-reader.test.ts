import { afterAll, beforeAll, describe } from 'vitest';
import { createBatchReader } from '../../src/adapters/kafka/batch-reader.ts';
import { createKafkajsReader } from '../../src/adapters/kafkajs/kafkajs-reader.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { knownValue } from '../../src/core/kafka.ts';
import type { OffsetsReader } from '../../src/core/ports.ts';
import { createTopic } from '../../src/local/workload/create-topic.ts';
import { startConsumer, startProducer, type WorkloadProcess } from '../../src/local/workload/start.ts';
import { useKafka } from '../support/kafka.ts';
import { ManualClock, SimulatedGroup } from '../support/simulated-group.ts';
import { waitUntil } from '../support/wait-until.ts';
import { offsetsReaderContract } from './offsets-reader.contract.ts';

const simulated = new SimulatedGroup({
  clock: new ManualClock(1_800_000_000_000),
  groupId: 'orders',
  service: { cluster: 'shop', service: 'orders' },
  arrivals: [10, 20, 30, 40],
  tasks: 2,
  capacity: 20,
});
offsetsReaderContract('simulated', () => ({ reader: simulated, groupId: 'orders', partitions: 4, members: 2 }));

/** MSK Serverless speaks the protocol of the older one: no request there is for more than one group. */
const KAFKAS = [
  { name: 'on a real broker', kafka: {} },
  { name: 'on a real broker of Kafka 2.8.2', kafka: { version: '2.8.2' } },
] as const;

describe.each(KAFKAS)('$name', ({ name, kafka: options }) => {
  const kafka = useKafka(options);
  const running: WorkloadProcess[] = [];
  let reader: OffsetsReader;
  let second: OffsetsReader;

  beforeAll(async () => {
    const { bootstrap } = kafka();
    const options = { bootstrapBrokers: bootstrap, auth: 'plaintext', timeoutMs: 10_000, clock: systemClock } as const;
    reader = createBatchReader(options);
    second = createKafkajsReader(options);
    await createTopic(bootstrap, 'orders', 4);
    for (const clientId of ['task-1', 'task-2']) {
      running.push(startConsumer({ bootstrap, group: 'orders', topic: 'orders', clientId, msPerRecord: 1 }));
    }
    running.push(startProducer({ bootstrap, topic: 'orders', rate: 100, distribution: 'even' }));
    await waitUntil('a Stable group of two members with commits everywhere', async () => {
      const group = (await reader.read()).groups[0];
      const members = group && knownValue(group.members);
      const committed = group?.partitions.filter((p) => p.committedOffset.kind === 'known').length;
      return committed === 4 && members?.length === 2 && members.every((member) => member.assignment.length === 2);
    });
  });
  afterAll(async () => {
    await Promise.all(running.map((child) => child.stop()));
    await reader?.close();
    await second?.close();
  });

  const group = { groupId: 'orders', partitions: 4, members: 2 };
  offsetsReaderContract(name, () => ({ reader, ...group }));
  offsetsReaderContract(`over kafkajs ${name}`, () => ({ reader: second, ...group }));
});
