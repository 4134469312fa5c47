/** Where logs begin and end, topic by topic. */

import { partitionKey, type TopicFacts } from '#core/kafka/model.ts';
import { known, type Reading, unknown } from '#core/kafka/reading.ts';
import { LIMITS } from './limits.ts';
import type { Session } from './session.ts';

/** Of one partition. */
export interface LogRange {
  readonly start: Reading<bigint>;
  /** The last stable offset: kafkajs always requests read_committed. */
  readonly stableEnd: Reading<bigint>;
}

/** Ranges by partition, and failures by topic. */
export interface LogRanges {
  /** By partition key. */
  readonly byPartition: ReadonlyMap<string, LogRange>;
  /** Topics that kafkajs returned, without their ids. */
  readonly topics: ReadonlyMap<string, TopicFacts>;
  /** By topic. */
  readonly failures: ReadonlyMap<string, string>;
}

/** Reads topics one after another: concurrent calls of the client mix up their answers. */
export async function readEnds(session: Session, topics: Iterable<string>): Promise<LogRanges> {
  const byPartition = new Map<string, LogRange>();
  const facts = new Map<string, TopicFacts>();
  const failures = new Map<string, string>();
  let isStale = false;
  for (const topic of topics) {
    if (isStale) await session.renew();
    const outcome = await session.send((admin) => admin.fetchTopicOffsets(topic));
    // The client requests every topic that it ever saw, so this one would fail all later requests.
    isStale = !outcome.ok;
    if (!outcome.ok) {
      failures.set(topic, outcome.reason);
      continue;
    }
    facts.set(topic, { partitions: outcome.value.length, retention: unknown(LIMITS.retention) });
    for (const { partition, low, high } of outcome.value) {
      byPartition.set(partitionKey({ topic, partition }), { start: offset(low), stableEnd: offset(high) });
    }
  }
  return { byPartition, topics: facts, failures };
}

/** The range of a partition; unknown with the reason where there is none. */
export function rangeOf(
  { byPartition, failures }: LogRanges,
  partition: { topic: string; partition: number },
): LogRange {
  const range = byPartition.get(partitionKey(partition));
  if (range !== undefined) return range;
  const failed = failures.get(partition.topic);
  const reason = failed === undefined ? 'the topic has no such partition' : `${LIMITS.wholeTopic}: ${failed}`;
  return { start: unknown(reason), stableEnd: unknown(reason) };
}

const offset = (text: string): Reading<bigint> => {
  const value = BigInt(text);
  return value < 0n ? unknown('the broker returned no offset') : known(value);
};
