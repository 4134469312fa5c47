/** One ListOffsets request: a question for each partition, to the broker that leads them all. */
import type { Broker } from '@platformatic/kafka';
import { failure, failureOfCode, type Outcome, success } from '#adapters/kafka/protocol/failures.ts';
import { LIST_OFFSETS, type ListOffsetsRequest, type ListOffsetsTopic } from '#adapters/kafka/protocol/requests.ts';
import type { RequestSession } from '#adapters/kafka/session/request-session.ts';
import { partitionKey, type TopicPartition } from '#core/kafka/model.ts';

/** We are no replica. */
const CONSUMER = -1;
const ANY_EPOCH = -1;

/** How far the answers reach. */
export const ISOLATION = {
  /** Up to the high watermark. */
  readUncommitted: 0,
  /** Up to the last stable offset. */
  readCommitted: 1,
} as const;

/** Timestamps that stand for a place in the log. */
export const PLACES = {
  end: -1n,
  start: -2n,
  /** The first offset that is not in tiered storage only. */
  localStart: -4n,
} as const;

/** The first record stamped at or after a time, or one of the places. A partition may be asked for once in a request. */
export interface OffsetQuestion extends TopicPartition {
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
  /** In other versions than usual. */
  readonly request?: ListOffsetsRequest;
}

/** Answers by partition; one that was left out, or failed, has its reason. */
export type FoundOffsets = (partition: TopicPartition) => Outcome<FoundOffset>;

/** Asks a leader for partitions that it leads. */
export async function listOffsets(
  session: RequestSession,
  leader: Broker,
  questions: readonly OffsetQuestion[],
  { isolation = ISOLATION.readUncommitted, request = LIST_OFFSETS }: ListOffsetsOptions = {},
): Promise<Outcome<FoundOffsets>> {
  const outcome = await session.ask(leader, request, CONSUMER, isolation, topicsOf(questions));
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

function topicsOf(questions: readonly OffsetQuestion[]): ListOffsetsTopic[] {
  const topics = new Map<string, ListOffsetsTopic>();
  for (const { topic, partition, timestamp } of questions) {
    const entry = topics.get(topic) ?? { name: topic, partitions: [] };
    entry.partitions.push({ partitionIndex: partition, currentLeaderEpoch: ANY_EPOCH, timestamp });
    topics.set(topic, entry);
  }
  return [...topics.values()];
}
