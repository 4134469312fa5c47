/** Which broker leads which partition. */
import type { Broker } from '@platformatic/kafka';
import { partitionKey, type ReadProblem, type TopicPartition } from '../../core/kafka.ts';
import { type Failure, failure, failureOfCode, isCode, type Outcome, success } from './failures.ts';
import { brokerNames, type Inquiry } from './inquiry.ts';
import { METADATA, type MetadataResponse } from './requests.ts';

export interface Leaders {
  leaderOf(partition: TopicPartition): Outcome<Broker>;
  /** Ids of the topics that exist, where the broker tells them. */
  readonly topicIds: ReadonlyMap<string, string>;
  readonly problems: readonly ReadProblem[];
}

/** The leaders of all partitions of the topics. A topic that does not exist is not created by asking. */
export async function findLeaders(
  inquiry: Inquiry,
  brokers: readonly Broker[],
  topics: readonly string[],
): Promise<Leaders> {
  const outcome = await inquiry.askAny(brokers, METADATA, [...topics], false, false);
  if (!outcome.ok) {
    const problem = { broker: brokerNames(brokers), request: METADATA.name, reason: outcome.reason };
    return { leaderOf: () => outcome, topicIds: new Map(), problems: [problem] };
  }
  const { byPartition, byTopic } = leadersIn(outcome.value);
  const topicIds = idsIn(outcome.value);
  const leaderOf = (partition: TopicPartition) =>
    byTopic.get(partition.topic) ??
    byPartition.get(partitionKey(partition)) ??
    failure(`the topic has no partition ${partition.partition}`, false);
  return { leaderOf, topicIds, problems: [] };
}

/** Leaders by partition; and by topic, why a topic as a whole has none. */
function leadersIn(response: MetadataResponse) {
  const nodes = new Map(response.brokers.map((broker) => [broker.nodeId, broker]));
  const byPartition = new Map<string, Outcome<Broker>>();
  const byTopic = new Map<string, Failure>();
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

/** Before Metadata version 10 the id is all zeros. */
const NO_ID = '00000000-0000-0000-0000-000000000000';

const idsIn = ({ topics }: MetadataResponse): ReadonlyMap<string, string> =>
  new Map(
    topics.flatMap(({ name, topicId }) => (name == null || !topicId || topicId === NO_ID ? [] : [[name, topicId]])),
  );

function topicFailure(code: number): Failure | undefined {
  if (!isCode(code, 'UNKNOWN_TOPIC_OR_PARTITION')) return failureOfCode(code);
  return { ...failure('the topic does not exist: deleted, or hidden by an ACL', false), fault: 'no-topic' };
}
