/** Writes a kind of data to a real broker, places groups in it, and computes their true ages. */
import { setTimeout as delay } from 'node:timers/promises';
import { Admin, Consumer, MessagesStreamModes, Producer, stringSerializers } from '@platformatic/kafka';
import type { DataKind } from './kinds.ts';

/** Settings of the broker: compaction begins early. */
export const BROKER_SETTINGS = { 'log.cleaner.backoff.ms': 500 } as const;

/** Most time to wait for compaction. */
const COMPACTION_TIMEOUT_MS = 120_000;

/** A record in the log. */
export interface StoredRecord {
  readonly offset: bigint;
  readonly timestampMs: number;
}

/** Written logs with their groups. */
export interface AgeStand {
  readonly kind: DataKind;
  /** Position of each group, by id. */
  readonly groups: ReadonlyMap<string, { readonly partition: number; readonly committed: bigint }>;
  /** By partition, in order of offsets. */
  readonly records: readonly (readonly StoredRecord[])[];
}

/** Writes the logs, commits for the groups, and reads the logs back. */
export async function prepare(bootstrap: string, kind: DataKind): Promise<AgeStand> {
  const bootstrapBrokers = bootstrap.split(',');
  const admin = new Admin({ clientId: 'bench', bootstrapBrokers, retries: 20, retryDelay: 200 });
  try {
    const configs = Object.entries(kind.config).map(([name, value]) => ({ name, value }));
    const partitions = kind.shared ? 1 : kind.commits.length;
    await admin.createTopics({ topics: [kind.name], partitions, replicas: 1, configs });
    await write(bootstrapBrokers, kind, partitions);
    const records = await readBack(bootstrapBrokers, kind, partitions);
    const groups = new Map<string, { partition: number; committed: bigint }>();
    for (const [index, share] of kind.commits.entries()) {
      const partition = kind.shared ? 0 : index;
      const end = Number(records[partition]?.at(-1)?.offset ?? -1n) + 1;
      const committed = BigInt(Math.floor(end * share));
      const groupId = `${kind.name}-at-${share}`;
      const topics = [{ name: kind.name, partitionOffsets: [{ partition, offset: committed }] }];
      await admin.alterConsumerGroupOffsets({ groupId, topics });
      groups.set(groupId, { partition, committed });
    }
    return { kind, groups, records };
  } finally {
    await admin.close();
  }
}

/** Age of the oldest record that a group has not read; undefined when it has read all. */
export function trueAgeMs({ groups, records }: AgeStand, groupId: string, nowMs: number): number | undefined {
  const group = groups.get(groupId);
  if (group === undefined) throw new Error(`no group ${groupId} was made`);
  const oldest = records[group.partition]?.find(({ offset }) => offset >= group.committed);
  return oldest === undefined ? undefined : nowMs - oldest.timestampMs;
}

async function write(bootstrapBrokers: string[], kind: DataKind, partitions: number): Promise<void> {
  const options = { clientId: 'bench', bootstrapBrokers, serializers: stringSerializers, retries: 20, retryDelay: 200 };
  const producer = new Producer(options);
  try {
    for await (const batch of batchesOf(kind)) {
      const everywhere = Array.from({ length: partitions }, (_, partition) => batch.map((m) => ({ ...m, partition })));
      await producer.send({ messages: everywhere.flat(), acks: -1 });
    }
  } finally {
    await producer.close();
  }
}

async function* batchesOf({ name: topic, stamps, keyOf, written = 0 }: DataKind) {
  const value = 'x'.repeat(100);
  const times = stamps?.(Date.now()) ?? [];
  for (let from = 0; from < times.length; from += 100) {
    yield times.slice(from, from + 100).map((stamp, i) => ({
      topic,
      value,
      timestamp: BigInt(stamp),
      ...(keyOf === undefined ? {} : { key: keyOf(from + i) }),
    }));
  }
  for (let i = 0; i < written; i++) {
    yield Array.from({ length: 5 }, () => ({ topic, value }));
    await delay(100); // records that are stamped on writing need real time between them
  }
}

/** The content of the logs. For a compacted topic, waits until compaction has finished. */
async function readBack(bootstrapBrokers: string[], kind: DataKind, partitions: number) {
  const first = await readAll(bootstrapBrokers, kind.name, partitions);
  if (kind.config['cleanup.policy'] !== 'compact') return first;
  const deadline = Date.now() + COMPACTION_TIMEOUT_MS;
  const total = first.flat().length;
  let before = total;
  let quiet = 0;
  while (Date.now() < deadline) {
    await delay(1_000); // the cleaner runs twice as often
    const now = await readAll(bootstrapBrokers, kind.name, partitions);
    const count = now.flat().length;
    quiet = count === before && count < total ? quiet + 1 : 0;
    before = count;
    if (quiet >= 5) return now;
  }
  throw new Error(`${kind.name}: the broker did not finish compacting within ${COMPACTION_TIMEOUT_MS / 1_000} s`);
}

async function readAll(bootstrapBrokers: string[], topic: string, partitions: number): Promise<StoredRecord[][]> {
  const admin = new Admin({ clientId: 'bench', bootstrapBrokers });
  const consumer = new Consumer({ clientId: 'bench', groupId: `reader-of-${topic}`, bootstrapBrokers });
  try {
    const asked = Array.from({ length: partitions }, (_, partitionIndex) => ({ partitionIndex, timestamp: -1n }));
    const [ends] = await admin.listOffsets({ topics: [{ name: topic, partitions: asked }] });
    const pending = new Map(ends?.partitions.map(({ partitionIndex, offset }) => [partitionIndex, offset]));
    const stream = await consumer.consume({
      topics: [topic],
      mode: MessagesStreamModes.EARLIEST,
      autocommit: false,
      maxWaitTime: 100,
    });
    const records: StoredRecord[][] = Array.from({ length: partitions }, () => []);
    for await (const { partition, offset, timestamp } of stream) {
      records[partition]?.push({ offset, timestampMs: Number(timestamp) });
      if (offset >= (pending.get(partition) ?? 0n) - 1n) pending.delete(partition);
      if (pending.size === 0) break;
    }
    await stream.close();
    return records;
  } finally {
    await consumer.close(true);
    await admin.close();
  }
}
