/**
 * Where logs begin and end: three requests to each leader, and three more for partitions that
 * moved.
 */

import type { Broker } from '@platformatic/kafka';
import { failure, type Outcome, success } from '#adapters/kafka/protocol/failures.ts';
import { LIST_OFFSETS } from '#adapters/kafka/protocol/requests.ts';
import { splitByBroker } from '#adapters/kafka/session/by-broker.ts';
import { findLeaders } from '#adapters/kafka/session/leaders.ts';
import type { RequestSession } from '#adapters/kafka/session/request-session.ts';
import { brokerName } from '#adapters/kafka-access/bootstrap.ts';
import { partitionKey, type ReadProblem, type TopicFacts, type TopicPartition } from '#core/kafka/model.ts';
import { present } from '#core/text/json.ts';
import { type FoundOffsets, ISOLATION, listOffsets, PLACES } from './list-offsets.ts';

/** What the leader of one partition returned. */
export interface LogOffsets {
  readonly end: Outcome<bigint>;
  readonly stable: Outcome<bigint>;
  readonly start: Outcome<bigint>;
  /** Absent when the leader is unknown. */
  readonly leader?: Broker;
}

export interface OffsetAnswers {
  /** By `partitionKey`; one entry for each partition. */
  readonly byPartition: ReadonlyMap<string, LogOffsets>;
  /** Topics that exist. */
  readonly topics: ReadonlyMap<string, TopicFacts>;
  readonly problems: readonly ReadProblem[];
}

/** Reads the ends of every log. Partitions whose leader moved or fails get a second request. */
export async function readOffsets(
  session: RequestSession,
  brokers: readonly Broker[],
  partitions: readonly TopicPartition[],
): Promise<OffsetAnswers> {
  const first = await requestOnce(session, brokers, partitions);
  const pending = partitions.filter((partition) => mayPass(first.byPartition.get(partitionKey(partition))));
  if (pending.length === 0) return first;
  await session.pause();
  const second = await requestOnce(session, brokers, pending);
  return {
    byPartition: new Map([...first.byPartition, ...second.byPartition]),
    topics: new Map([...first.topics, ...second.topics]),
    problems: second.problems,
  };
}

const mayPass = (offsets: LogOffsets | undefined): boolean =>
  offsets !== undefined && [offsets.end, offsets.stable, offsets.start].some((outcome) => !outcome.ok && outcome.again);

async function requestOnce(
  session: RequestSession,
  brokers: readonly Broker[],
  partitions: readonly TopicPartition[],
): Promise<OffsetAnswers> {
  if (partitions.length === 0) return { byPartition: new Map(), topics: new Map(), problems: [] };
  const topics = [...new Set(partitions.map((partition) => partition.topic))];
  const leaders = await findLeaders(session, brokers, topics);
  const { parts, lost } = splitByBroker(partitions, leaders.leaderOf);
  const answered = await Promise.all(parts.map(({ broker, items }) => readAtLeader(session, broker, items)));
  const unanswered = lost.map(
    ({ item, failure: why }) => [partitionKey(item), { end: why, stable: why, start: why }] as const,
  );
  return {
    byPartition: new Map<string, LogOffsets>([...unanswered, ...answered.flatMap((part) => [...part.byPartition])]),
    topics: leaders.topics,
    problems: [...leaders.problems, ...answered.flatMap((part) => part.problems)],
  };
}

async function readAtLeader(
  session: RequestSession,
  leader: Broker,
  partitions: readonly TopicPartition[],
): Promise<Omit<OffsetAnswers, 'topics'>> {
  const offsetsAt = (timestamp: bigint, isolation?: typeof ISOLATION.readCommitted) =>
    listOffsets(
      session,
      leader,
      partitions.map(({ topic, partition }) => ({ topic, partition, timestamp })),
      present({ isolation }),
    );
  const [ends, stables, starts] = await Promise.all([
    offsetsAt(PLACES.end),
    offsetsAt(PLACES.end, ISOLATION.readCommitted),
    offsetsAt(PLACES.start),
  ]);
  const [endOf, stableOf, startOf] = [placesIn(ends), placesIn(stables), placesIn(starts)];
  const byPartition = new Map(
    partitions.map((p) => [partitionKey(p), { end: endOf(p), stable: stableOf(p), start: startOf(p), leader }]),
  );
  const failed = [ends, stables, starts].find((outcome) => !outcome.ok);
  const problem = { broker: brokerName(leader), request: LIST_OFFSETS.name };
  return { byPartition, problems: failed === undefined || failed.ok ? [] : [{ ...problem, reason: failed.reason }] };
}

function placesIn(outcome: Outcome<FoundOffsets>): (partition: TopicPartition) => Outcome<bigint> {
  if (!outcome.ok) return () => outcome;
  return (partition) => {
    const found = outcome.value(partition);
    if (!found.ok) return found;
    return found.value.offset < 0n ? failure('the leader returned no offset', true) : success(found.value.offset);
  };
}
