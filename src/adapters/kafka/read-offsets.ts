/** Where logs begin and end: three requests to each leader for all of its partitions, once again if it moved. */
import type { Broker } from '@platformatic/kafka';
import { partitionKey, type ReadProblem, type TopicPartition } from '../../core/kafka.ts';
import { splitByBroker } from './by-broker.ts';
import { failure, failureOfCode, type Outcome, success } from './failures.ts';
import { brokerName, type Inquiry } from './inquiry.ts';
import { findLeaders } from './leaders.ts';
import { LIST_OFFSETS, type ListOffsetsResponse, type ListOffsetsTopic } from './requests.ts';

/** Timestamps that stand for the end and the start of a log. */
const END = -1n;
const START = -2n;
/** We are no replica. */
const CONSUMER = -1;
/** Up to the high watermark. */
const READ_UNCOMMITTED = 0;
/** Up to the last stable offset. */
const READ_COMMITTED = 1;
const ANY_EPOCH = -1;

/** What the leader said of one partition. */
export interface LogOffsets {
  readonly end: Outcome<bigint>;
  readonly stable: Outcome<bigint>;
  readonly start: Outcome<bigint>;
}

export interface OffsetAnswers {
  /** By `partitionKey`; one entry for each partition asked for. */
  readonly byPartition: ReadonlyMap<string, LogOffsets>;
  /** Ids of the topics that exist, where the broker tells them. */
  readonly topicIds: ReadonlyMap<string, string>;
  readonly problems: readonly ReadProblem[];
}

/** Reads the ends of every log; partitions whose leader moved or fails are looked up and asked once more. */
export async function readOffsets(
  inquiry: Inquiry,
  brokers: readonly Broker[],
  partitions: readonly TopicPartition[],
): Promise<OffsetAnswers> {
  const first = await askOnce(inquiry, brokers, partitions);
  const pending = partitions.filter((partition) => mayPass(first.byPartition.get(partitionKey(partition))));
  if (pending.length === 0) return first;
  await inquiry.pause();
  const second = await askOnce(inquiry, brokers, pending);
  return {
    byPartition: new Map([...first.byPartition, ...second.byPartition]),
    topicIds: new Map([...first.topicIds, ...second.topicIds]),
    problems: second.problems,
  };
}

const mayPass = (offsets: LogOffsets | undefined): boolean =>
  offsets !== undefined && [offsets.end, offsets.stable, offsets.start].some((outcome) => !outcome.ok && outcome.again);

async function askOnce(
  inquiry: Inquiry,
  brokers: readonly Broker[],
  partitions: readonly TopicPartition[],
): Promise<OffsetAnswers> {
  if (partitions.length === 0) return { byPartition: new Map(), topicIds: new Map(), problems: [] };
  const topics = [...new Set(partitions.map((partition) => partition.topic))];
  const leaders = await findLeaders(inquiry, brokers, topics);
  const { parts, lost } = splitByBroker(partitions, leaders.leaderOf);
  const told = await Promise.all(parts.map(({ broker, items }) => askLeader(inquiry, broker, items)));
  const untold = lost.map(
    ({ item, failure: why }) => [partitionKey(item), { end: why, stable: why, start: why }] as const,
  );
  return {
    byPartition: new Map([...untold, ...told.flatMap((part) => [...part.byPartition])]),
    topicIds: leaders.topicIds,
    problems: [...leaders.problems, ...told.flatMap((part) => part.problems)],
  };
}

async function askLeader(
  inquiry: Inquiry,
  broker: Broker,
  partitions: readonly TopicPartition[],
): Promise<Omit<OffsetAnswers, 'topicIds'>> {
  const ask = (timestamp: bigint, isolation = READ_UNCOMMITTED) =>
    inquiry.ask(broker, LIST_OFFSETS, CONSUMER, isolation, topicsOf(partitions, timestamp));
  // A partition may appear only once in a request.
  const [ends, stables, starts] = await Promise.all([ask(END), ask(END, READ_COMMITTED), ask(START)]);
  const [endOf, stableOf, startOf] = [offsetsIn(ends), offsetsIn(stables), offsetsIn(starts)];
  const byPartition = new Map(
    partitions.map((partition) => [
      partitionKey(partition),
      { end: endOf(partition), stable: stableOf(partition), start: startOf(partition) },
    ]),
  );
  const failed = [ends, stables, starts].find((outcome) => !outcome.ok);
  const problem = { broker: brokerName(broker), request: LIST_OFFSETS.name };
  return { byPartition, problems: failed === undefined || failed.ok ? [] : [{ ...problem, reason: failed.reason }] };
}

function topicsOf(partitions: readonly TopicPartition[], timestamp: bigint): ListOffsetsTopic[] {
  const topics = new Map<string, ListOffsetsTopic>();
  for (const { topic, partition } of partitions) {
    const entry = topics.get(topic) ?? { name: topic, partitions: [] };
    entry.partitions.push({ partitionIndex: partition, currentLeaderEpoch: ANY_EPOCH, timestamp });
    topics.set(topic, entry);
  }
  return [...topics.values()];
}

function offsetsIn(outcome: Outcome<ListOffsetsResponse>): (partition: TopicPartition) => Outcome<bigint> {
  if (!outcome.ok) return () => outcome;
  const offsets = new Map<string, Outcome<bigint>>();
  for (const { name, partitions } of outcome.value.topics) {
    for (const { partitionIndex, errorCode, offset } of partitions) {
      const none = offset < 0n ? failure('the leader told no offset', true) : success(offset);
      offsets.set(partitionKey({ topic: name, partition: partitionIndex }), failureOfCode(errorCode) ?? none);
    }
  }
  return (partition) => offsets.get(partitionKey(partition)) ?? failure('the leader left it out of its answer', true);
}
