/** Fills a cluster by a plan: topics, records, and commits of groups without members. */
import { setTimeout as delay } from 'node:timers/promises';
import {
  Admin,
  type Broker,
  type Connection,
  ConnectionPool,
  findCoordinatorV6,
  offsetCommitV9,
  produceV11,
  ResponseError,
} from '@platformatic/kafka';
import { AT_ONCE, mapBounded } from '#adapters/kafka/connection/bounded.ts';
import {
  commitsOf,
  groupName,
  groupNames,
  type PlannedCommit,
  type PollPlan,
  RECORDS,
  TOPIC_PARTITIONS,
  timestampOf,
  topicNames,
} from './plan.ts';

/** A new cluster creates its internal topics on the first request. */
const TIMEOUT_MS = 60_000;
/** Partitions of one Produce request, about 300 KB. */
const PRODUCED_AT_ONCE = 50;
const LEADER_ACKS = 1;
const VALUE = Buffer.alloc(16, 'x');

/** Fills the cluster and returns the time of each part. @throws when a part is refused */
export async function populate(bootstrap: string, plan: PollPlan, progress: (line: string) => void): Promise<void> {
  const brokers = bootstrap.split(',');
  const admin = new Admin({ clientId: 'lag-bench', bootstrapBrokers: brokers, retries: 10, timeout: TIMEOUT_MS });
  const pool = new ConnectionPool('lag-bench', { requestTimeout: TIMEOUT_MS, maxInflights: 2 * AT_ONCE });
  const timed = async <T>(what: string, work: Promise<T>): Promise<T> => {
    const startedAt = performance.now();
    const result = await work;
    progress(`${what} in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
    return result;
  };
  try {
    const topics = topicNames(plan);
    await admin.createTopics({ topics, partitions: TOPIC_PARTITIONS, replicas: 1 });
    const leaders = await timed(`${topics.length} topics made`, waitForLeaders(admin, topics));
    const records = topics.length * TOPIC_PARTITIONS * RECORDS;
    await timed(`${records} records produced`, produceAll(pool, leaders));
    const coordinators = await timed(
      `${plan.groups} coordinators found`,
      findAll(await poolAt(pool, brokers), groupNames(plan)),
    );
    await timed(`${plan.groups * plan.partitions} offsets committed`, commitAll(pool, coordinators, plan));
  } finally {
    await pool.close();
    await admin.close();
  }
}

interface LedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly leader: Broker;
}

async function waitForLeaders(admin: Admin, topics: string[]): Promise<readonly LedPartition[]> {
  const deadline = performance.now() + TIMEOUT_MS;
  while (performance.now() < deadline) {
    const found = await admin.metadata({ topics, forceUpdate: true });
    const led = topics.flatMap((topic) =>
      (found.topics.get(topic)?.partitions ?? []).flatMap(({ leader }, partition) => {
        const broker = found.brokers.get(leader);
        return broker === undefined ? [] : [{ topic, partition, leader: { host: broker.host, port: broker.port } }];
      }),
    );
    if (led.length === topics.length * TOPIC_PARTITIONS) return led;
    await delay(200);
  }
  throw new Error(`the topics of the benchmark have no leaders after ${TIMEOUT_MS / 1000} s`);
}

async function produceAll(pool: ConnectionPool, partitions: readonly LedPartition[]): Promise<void> {
  const endMs = Date.now();
  const byLeader = Map.groupBy(partitions, ({ leader }) => leader.port);
  await Promise.all(
    [...byLeader.values()].map(async (led) => {
      for (let at = 0; at < led.length; at += PRODUCED_AT_ONCE) {
        await produce(pool, led.slice(at, at + PRODUCED_AT_ONCE), endMs);
      }
    }),
  );
}

/**
 * One batch per partition. Retries what a new leader refused because it did not know its role yet.
 */
async function produce(pool: ConnectionPool, partitions: readonly LedPartition[], endMs: number): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS;
  for (let pending = partitions; ; await delay(200)) {
    const leader = pending[0]?.leader;
    if (leader === undefined) return;
    const records = pending.flatMap((partition) => recordsOf(partition, endMs));
    try {
      await produceV11.api.async(await pool.get(leader), LEADER_ACKS, TIMEOUT_MS, records, {});
      return;
    } catch (error) {
      const refused = refusedIn(error);
      if (refused === undefined || performance.now() > deadline) throw error;
      pending = pending.filter(({ topic, partition }) => refused.has(`${topic}/${partition}`));
    }
  }
}

const recordsOf = ({ topic, partition }: LedPartition, endMs: number) =>
  Array.from({ length: RECORDS }, (_, record) => ({
    topic,
    partition,
    value: VALUE,
    timestamp: BigInt(timestampOf(record, endMs)),
  }));

/** Partitions that an answer refused; `undefined` without an answer. */
function refusedIn(error: unknown): ReadonlySet<string> | undefined {
  if (!(error instanceof ResponseError) || error.response === undefined) return undefined;
  const { responses } = error.response as produceV11.ProduceResponse;
  const refused = responses.flatMap(({ name, partitionResponses }) =>
    partitionResponses.filter(({ errorCode }) => errorCode !== 0).map(({ index }) => `${name}/${index}`),
  );
  return new Set(refused);
}

const poolAt = (pool: ConnectionPool, brokers: readonly string[]) => {
  const { hostname, port } = new URL(`kafka://${brokers[0]}`);
  return pool.get({ host: hostname, port: Number(port) });
};

const GROUP = 0;

/** The coordinator of each group; waits until the cluster has created the topic of commits. */
async function findAll(connection: Connection, groupIds: readonly string[]): Promise<ReadonlyMap<string, Broker>> {
  const found = new Map<string, Broker>();
  const deadline = performance.now() + TIMEOUT_MS;
  while (performance.now() < deadline) {
    const missing = groupIds.filter((groupId) => !found.has(groupId));
    if (missing.length === 0) return found;
    const answer = await findCoordinatorV6.api.async(connection, GROUP, missing).catch(() => undefined);
    for (const { key, host, port, errorCode } of answer?.coordinators ?? []) {
      if (errorCode === 0) found.set(key, { host, port });
    }
    if (found.size < groupIds.length) await delay(200);
  }
  throw new Error(`groups of the benchmark have no coordinator after ${TIMEOUT_MS / 1000} s`);
}

async function commitAll(
  pool: ConnectionPool,
  coordinators: ReadonlyMap<string, Broker>,
  plan: PollPlan,
): Promise<void> {
  const groups = Array.from({ length: plan.groups }, (_, group) => group);
  const byBroker = Map.groupBy(groups, (group) => coordinators.get(groupName(group))?.port);
  await Promise.all(
    [...byBroker.values()].map((coordinated) =>
      mapBounded(coordinated, async (group) => {
        const broker = coordinators.get(groupName(group));
        if (broker === undefined) throw new Error(`${groupName(group)} has no coordinator`);
        await commit(await pool.get(broker), groupName(group), topicsOf(commitsOf(plan, group)));
      }),
    ),
  );
}

type CommittedTopic = offsetCommitV9.OffsetCommitRequestTopic;

/** Retries while a coordinator still loads its groups. */
async function commit(connection: Connection, groupId: string, topics: CommittedTopic[]): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS;
  for (;;) {
    try {
      await offsetCommitV9.api.async(connection, groupId, -1, '', null, topics);
      return;
    } catch (error) {
      if (!(error instanceof ResponseError) || performance.now() > deadline) throw error;
      await delay(200);
    }
  }
}

const topicsOf = (commits: readonly PlannedCommit[]): CommittedTopic[] =>
  [...Map.groupBy(commits, ({ topic }) => topic)].map(([name, of]) => ({
    name,
    partitions: of.map(({ partition, offset }) => ({
      partitionIndex: partition,
      committedOffset: BigInt(offset),
      committedLeaderEpoch: -1,
      committedMetadata: '',
    })),
  }));
