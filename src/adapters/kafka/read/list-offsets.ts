/** One ListOffsets request: a time for each partition, sent to the broker that leads them all. */
import type { Broker } from '@platformatic/kafka';
import { failure, failureOfCode, type Outcome, success } from '#adapters/kafka/protocol/failures.ts';
import { LIST_OFFSETS, type ListOffsetsRequest, type ListOffsetsTopic } from '#adapters/kafka/protocol/requests.ts';
import type { RequestSession } from '#adapters/kafka/session/request-session.ts';
import { partitionKey, type TopicPartition } from '#core/kafka/model.ts';

/** Sent in place of a replica's id. */
const CONSUMER = -1;
const ANY_EPOCH = -1;

/** The end up to which a broker looks. */
export const ISOLATION = {
  /** Up to the high watermark. */
  readUncommitted: 0,
  /** Up to the last stable offset. */
  readCommitted: 1,
} as const;

/** Timestamps that mean a place in the log. */
export const PLACES = {
  end: -1n,
  start: -2n,
  /** The first offset that is not in tiered storage only. */
  localStart: -4n,
} as const;

/**
 * Requests the first record at or after a time, or a place. A request may contain a partition once.
 */
export interface OffsetQuery extends TopicPartition {
  /** Epoch ms, or one of `PLACES`. */
  readonly timestamp: bigint;
}

/** The answer for one partition; −1 for both where there is no such record. */
export interface FoundOffset {
  readonly offset: bigint;
  /** Epoch ms; −1 for a place. */
  readonly timestamp: bigint;
}

export interface ListOffsetsOptions {
  readonly isolation?: (typeof ISOLATION)[keyof typeof ISOLATION];
  /** The request in other versions than usual. */
  readonly request?: ListOffsetsRequest;
}

/** Answers by partition. One that failed, or is missing, has its reason. */
export type FoundOffsets = (partition: TopicPartition) => Outcome<FoundOffset>;

/** Offsets of partitions, from the broker that leads them. */
export async function listOffsets(
  session: RequestSession,
  leader: Broker,
  queries: readonly OffsetQuery[],
  { isolation = ISOLATION.readUncommitted, request = LIST_OFFSETS }: ListOffsetsOptions = {},
): Promise<Outcome<FoundOffsets>> {
  const outcome = await session.send(leader, request, CONSUMER, isolation, topicsOf(queries));
  if (!outcome.ok) return outcome;
  const found = new Map<string, Outcome<FoundOffset>>();
  for (const { name, partitions } of outcome.value.topics) {
    for (const { partitionIndex, errorCode, offset, timestamp } of partitions) {
      const key = partitionKey({ topic: name, partition: partitionIndex });
      found.set(key, failureOfCode(errorCode) ?? success({ offset, timestamp }));
    }
  }
  return success((partition) => found.get(partitionKey(partition)) ?? LEFT_OUT);
}

const LEFT_OUT = failure('the leader left it out of its answer', true);

function topicsOf(queries: readonly OffsetQuery[]): ListOffsetsTopic[] {
  const topics = new Map<string, ListOffsetsTopic>();
  for (const { topic, partition, timestamp } of queries) {
    const entry = topics.get(topic) ?? { name: topic, partitions: [] };
    entry.partitions.push({ partitionIndex: partition, currentLeaderEpoch: ANY_EPOCH, timestamp });
    topics.set(topic, entry);
  }
  return [...topics.values()];
}
