/** Topics, records and commits for a broker of the local stand, as a test wants them. */
import { Admin, Producer } from '@platformatic/kafka';
import { waitUntil } from '#test/support/wait-until.ts';

/** Does something with an admin client that has patience with elections. */
export async function withAdmin<T>(bootstrap: string, work: (admin: Admin) => Promise<T>): Promise<T> {
  const bootstrapBrokers = bootstrap.split(',');
  const admin = new Admin({ clientId: 'setup', bootstrapBrokers, retries: 50, retryDelay: 200 });
  try {
    return await work(admin);
  } finally {
    await admin.close();
  }
}

/** A topic, partition by partition: the brokers that hold each; the first one leads. */
export interface PlacedTopic {
  readonly topic: string;
  readonly brokers: readonly (readonly number[])[];
  /** Settings of the topic. */
  readonly configs?: Readonly<Record<string, string>>;
}

/** Creates topics; resolves when every partition has a leader. */
export async function createPlaced(bootstrap: string, topics: readonly PlacedTopic[]): Promise<void> {
  await withAdmin(bootstrap, async (admin) => {
    for (const { topic, brokers, configs = {} } of topics) {
      await admin.createTopics({
        topics: [topic],
        // Both follow from the assignments.
        partitions: -1,
        replicas: -1,
        assignments: brokers.map((replicas, partition) => ({ partition, brokers: [...replicas] })),
        configs: Object.entries(configs).map(([name, value]) => ({ name, value })),
      });
    }
    const names = topics.map(({ topic }) => topic);
    await waitUntil('all partitions have a leader', async () => {
      const found = (await admin.metadata({ topics: names, forceUpdate: true })).topics;
      const leaders = [...found.values()].flatMap(({ partitions }) => partitions.map(({ leader }) => leader));
      return leaders.length === topics.flatMap(({ brokers }) => brokers).length && leaders.every((id) => id > 0);
    });
  });
}

/**
 * Commits for groups without members; by group and topic, an offset for each partition, null for
 * none.
 */
export async function commit(
  bootstrap: string,
  groups: Readonly<Record<string, Readonly<Record<string, readonly (number | null)[]>>>>,
): Promise<void> {
  await withAdmin(bootstrap, async (admin) => {
    for (const [groupId, offsets] of Object.entries(groups)) {
      const topics = Object.entries(offsets).map(([name, all]) => ({
        name,
        partitionOffsets: all.flatMap((offset, partition) =>
          offset === null ? [] : [{ partition, offset: BigInt(offset) }],
        ),
      }));
      await admin.alterConsumerGroupOffsets({ groupId, topics });
    }
  });
}

export interface Records {
  readonly topic: string;
  /** How many in each partition. */
  readonly counts: readonly number[];
  /** None when left out; a compacted topic takes no record without one. */
  readonly key?: string;
  /** Epoch ms; now when left out. */
  readonly stampedMs?: number;
}

/** Produces records; resolves when all brokers that hold them and are in step have them. */
export async function produce(
  bootstrap: string,
  { topic, counts, key, stampedMs = Date.now() }: Records,
): Promise<void> {
  const bootstrapBrokers = bootstrap.split(',');
  const producer = new Producer({ clientId: 'setup', bootstrapBrokers, retries: 20, retryDelay: 200 });
  const value = Buffer.from('x');
  const messages = counts.flatMap((count, partition) =>
    Array.from({ length: count }, () => ({
      topic,
      partition,
      value,
      timestamp: BigInt(stampedMs),
      ...(key === undefined ? {} : { key: Buffer.from(key) }),
    })),
  );
  try {
    await producer.send({ messages, acks: -1 });
  } finally {
    await producer.close();
  }
}
