/** The pinned Kafkas of the local stand, as data. */
import { join } from 'node:path';

/** An older Kafka than the newest that is pinned: the one whose protocol MSK Serverless speaks. */
export type OlderKafka = '2.8.2';

/** The official tools that we run. Those of share and of Streams groups, and the list of all groups, came with Kafka 4. */
export type ToolName = 'consumerGroups' | 'groups' | 'shareGroups' | 'streamsGroups' | 'topics';

/** What differs from one Kafka to the other. */
export interface Release {
  /** Pins its jars. */
  readonly pom: string;
  /** Where its brokers find each other: in controllers of their own, or in ZooKeeper. */
  readonly quorum: 'kraft' | 'zookeeper';
  /** Main classes of the official tools it has. */
  readonly tools: Readonly<Partial<Record<ToolName, string>>>;
}

const NEWEST: Release = {
  pom: join(import.meta.dirname, 'pom.xml'),
  quorum: 'kraft',
  tools: {
    consumerGroups: 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
    groups: 'org.apache.kafka.tools.GroupsCommand',
    shareGroups: 'org.apache.kafka.tools.consumer.group.ShareGroupCommand',
    streamsGroups: 'org.apache.kafka.tools.streams.StreamsGroupCommand',
    topics: 'org.apache.kafka.tools.TopicCommand',
  },
};

const OLDER: Readonly<Record<OlderKafka, Release>> = {
  '2.8.2': {
    pom: join(import.meta.dirname, 'pom-2.8.xml'),
    quorum: 'zookeeper',
    tools: { consumerGroups: 'kafka.admin.ConsumerGroupCommand', topics: 'kafka.admin.TopicCommand' },
  },
};

/** The release of a version; the newest that is pinned when there is none. */
export const releaseOf = (version?: OlderKafka): Release => (version === undefined ? NEWEST : OLDER[version]);
