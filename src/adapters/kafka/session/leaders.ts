/** Which broker leads which partition. */
import type { Broker } from '@platformatic/kafka';
import {
  failure,
  failureOfCode,
  isCode,
  type Outcome,
  type RequestFailure,
  success,
} from '#adapters/kafka/protocol/failures.ts';
import { METADATA, type MetadataResponse } from '#adapters/kafka/protocol/requests.ts';
import { brokerNames } from '#adapters/kafka-access/bootstrap.ts';
import { partitionKey, type ReadProblem, type TopicFacts, type TopicPartition } from '#core/kafka/model.ts';
import type { RequestSession } from './request-session.ts';

export interface Leaders {
  leaderOf(partition: TopicPartition): Outcome<Broker>;
  /** Topics that exist. */
  readonly topics: ReadonlyMap<string, TopicFacts>;
  readonly problems: readonly ReadProblem[];
}

/** The leaders of all partitions of the topics. The request never creates a topic. */
export async function findLeaders(
  session: RequestSession,
  brokers: readonly Broker[],
  topics: readonly string[],
): Promise<Leaders> {
  const outcome = await session.sendToAny(brokers, METADATA, [...topics], false, false);
  if (!outcome.ok) {
    const problem = { broker: brokerNames(brokers), request: METADATA.name, reason: outcome.reason };
    return { leaderOf: () => outcome, topics: new Map(), problems: [problem] };
  }
  const { byPartition, byTopic } = leadersIn(outcome.value);
  const leaderOf = (partition: TopicPartition) =>
    byTopic.get(partition.topic) ?? byPartition.get(partitionKey(partition)) ?? noPartition(partition);
  return { leaderOf, topics: factsIn(outcome.value), problems: [] };
}

/** Leaders by partition. By topic: why a whole topic has none. */
function leadersIn(response: MetadataResponse) {
  const nodes = new Map(response.brokers.map((broker) => [broker.nodeId, broker]));
  const byPartition = new Map<string, Outcome<Broker>>();
  const byTopic = new Map<string, RequestFailure>();
  for (const topic of response.topics) {
    const name = topic.name ?? '';
    const failed = topicFailure(topic.errorCode);
    if (failed !== undefined) byTopic.set(name, failed);
    for (const { partitionIndex, leaderId } of topic.partitions) {
      const node = nodes.get(leaderId);
      const leader =
        node === undefined
          ? { ...failure('the partition has no leader', true), fault: 'no-leader' as const }
          : success(node);
      byPartition.set(partitionKey({ topic: name, partition: partitionIndex }), leader);
    }
  }
  return { byPartition, byTopic };
}

const noPartition = ({ partition }: TopicPartition): RequestFailure => ({
  ...failure(`the topic has no partition ${partition}`, false),
  fault: 'no-partition',
});

/** Before Metadata version 10 the id is all zeros. */
const NO_ID = '00000000-0000-0000-0000-000000000000';

const factsIn = ({ topics }: MetadataResponse): ReadonlyMap<string, TopicFacts> =>
  new Map(
    topics.flatMap(({ name, topicId, errorCode, partitions }) => {
      if (errorCode !== 0 || typeof name !== 'string') return [];
      const id = topicId === undefined || topicId === NO_ID ? {} : { id: topicId };
      return [[name, { ...id, partitions: partitions.length }] as const];
    }),
  );

function topicFailure(code: number): RequestFailure | undefined {
  if (!isCode(code, 'UNKNOWN_TOPIC_OR_PARTITION')) return failureOfCode(code);
  return { ...failure('the topic does not exist: deleted, or hidden by an ACL', false), fault: 'no-topic' };
}
