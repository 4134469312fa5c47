/**
 * A cluster whose clients reach each broker through a proxy, with groups that lag on every broker.
 */
import { Admin, alterPartitionReassignmentsV0, Connection, findCoordinatorV4, Producer } from '@platformatic/kafka';
import { afterAll, beforeAll } from 'vitest';
import { createBatchReader } from '#adapters/kafka/batch-reader.ts';
import { systemClock } from '#adapters/system/clock.ts';
import type { OffsetsReader } from '#core/ports.ts';
import { startTestKafka, type TestKafka } from '#test/stand/kafka.ts';
import { waitUntil } from '#test/support/wait-until.ts';
import { type KafkaProxy, startProxy } from './kafka-proxy.ts';

export const TOPIC = 'single';
export const PARTITIONS = 6;
/** Of every partition: where each group committed, and the end. */
export const [COMMITTED, END] = [1n, 4n];
export const GROUPS = Array.from({ length: 12 }, (_, index) => `group-${index}`);

export interface ProxiedKafka {
  readonly stand: TestKafka;
  /** In order of node id. */
  readonly proxies: readonly KafkaProxy[];
  /** Of the proxies. */
  readonly bootstrap: string;
  /** A reader through the proxies, or through other addresses; closed after the tests. */
  reader(timeoutMs: number, bootstrap?: string): OffsetsReader;
  /** One past the proxies. */
  readonly direct: OffsetsReader;
  /** Node id of the leader of each partition of the topic, on which all brokers agree. */
  leaders(): Promise<readonly number[]>;
  /** Node id of the coordinator of a group, 0 when there is none. */
  coordinatorOf(groupId: string): Promise<number>;
  /** Gives a partition to these brokers, the first of which leads it then. */
  assign(topic: string, partition: number, replicas: number[]): Promise<void>;
}

/** Starts three brokers and makes the groups, before the tests of this file. */
export function useProxiedKafka(): () => ProxiedKafka {
  let made: ProxiedKafka | undefined;
  const closing: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    const proxies = await Promise.all([1, 2, 3].map(() => startProxy()));
    closing.push(() => Promise.all(proxies.map((proxy) => proxy.close())));
    const stand = await startTestKafka({
      brokers: proxies.length,
      listeners: ['plain'],
      advertised: { plain: proxies.map(({ port }) => port) },
    });
    closing.push(() => stand.stop());
    for (const [index, address] of stand.bootstrapOf('plain').split(',').entries()) proxies[index]?.to(address);
    const bootstrap = proxies.map(({ address }) => address).join(',');
    const readerAt = (bootstrapBrokers: string, timeoutMs: number): OffsetsReader => {
      const reader = createBatchReader({ bootstrapBrokers, auth: 'plaintext', timeoutMs, clock: systemClock });
      closing.push(() => reader.close());
      return reader;
    };
    const direct = readerAt(stand.bootstrap, 10_000);
    made = {
      stand,
      proxies,
      bootstrap,
      direct,
      reader: (ms, at = bootstrap) => readerAt(at, ms),
      ...clusterCalls(stand),
    };
    await fill(made);
  }, 180_000);
  afterAll(async () => {
    for (const close of closing.reverse()) await close();
  });
  return () => {
    if (made === undefined) throw new Error('Kafka runs only inside tests and hooks');
    return made;
  };
}

async function fill({ stand, leaders, direct }: ProxiedKafka): Promise<void> {
  const bootstrapBrokers = stand.bootstrap.split(',');
  const admin = new Admin({ clientId: 'setup', bootstrapBrokers, retries: 50, retryDelay: 200 });
  // One replica, so that a partition dies with its broker.
  await admin.createTopics({ topics: [TOPIC], partitions: PARTITIONS, replicas: 1 });
  await waitUntil('all partitions have a leader', async () => (await leaders()).every((leader) => leader > 0));
  const partitionOffsets = Array.from({ length: PARTITIONS }, (_, partition) => ({ partition, offset: COMMITTED }));
  for (const groupId of GROUPS) {
    await admin.alterConsumerGroupOffsets({ groupId, topics: [{ name: TOPIC, partitionOffsets }] });
  }
  await admin.close();
  const producer = new Producer({ clientId: 'setup', bootstrapBrokers });
  const value = Buffer.from('x');
  const messages = Array.from({ length: Number(END) * PARTITIONS }, (_, index) => ({
    topic: TOPIC,
    partition: index % PARTITIONS,
    value,
    // Far apart, so that to find an age takes several rounds.
    timestamp: BigInt(Date.now()) - 86_400_000n + BigInt(Math.floor(index / PARTITIONS)) * 20_000_000n,
  }));
  await producer.send({ messages, acks: -1 });
  await producer.close();
  await waitUntil('all groups are read', async () => (await direct.read()).groups.length === GROUPS.length);
}

function clusterCalls({ bootstrap }: TestKafka): Pick<ProxiedKafka, 'leaders' | 'coordinatorOf' | 'assign'> {
  const brokers = bootstrap.split(',');
  const leadersAt = async (broker: string) => {
    const admin = new Admin({ clientId: 'leaders', bootstrapBrokers: [broker], retries: 0 });
    try {
      const { topics } = await admin.metadata({ topics: [TOPIC], forceUpdate: true });
      return (topics.get(TOPIC)?.partitions ?? []).map(({ leader }) => leader);
    } catch {
      return []; // it does not know the topic yet
    } finally {
      await admin.close();
    }
  };
  return {
    async leaders() {
      const answers = await Promise.all(brokers.map(leadersAt));
      const [first = []] = answers;
      return Array.from({ length: PARTITIONS }, (_, partition) =>
        answers.every((leaders) => leaders[partition] === first[partition]) ? (first[partition] ?? 0) : 0,
      );
    },
    coordinatorOf: (groupId) =>
      withConnection(brokers, async (connection) => {
        const answer = await findCoordinatorV4.api.async(connection, 0, [groupId]).catch(() => undefined);
        return Math.max(0, answer?.coordinators[0]?.nodeId ?? 0);
      }),
    assign: (name, partitionIndex, replicas) =>
      withConnection(brokers, async (connection) => {
        const topics = [{ name, partitions: [{ partitionIndex, replicas }] }];
        await alterPartitionReassignmentsV0.api.async(connection, 10_000, true, topics);
      }),
  };
}

async function withConnection<T>([first = '']: readonly string[], work: (connection: Connection) => Promise<T>) {
  const [host = '', port] = first.split(':');
  const connection = new Connection('setup');
  await connection.connect(host, Number(port));
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}
