/** The pinned Kafkas of the local stand, as data. */
import { join } from 'node:path';

/** An older Kafka than the newest that is pinned: the one whose protocol MSK Serverless speaks. */
export type OlderKafka = '2.8.2';

/** What differs from one Kafka to the other. */
export interface Release {
  /** Pins its jars. */
  readonly pom: string;
  /** Where its brokers find each other: in controllers of their own, or in ZooKeeper. */
  readonly quorum: 'kraft' | 'zookeeper';
  /** Main classes of the official tools. */
  readonly tools: Readonly<Record<'consumerGroups' | 'topics', string>>;
}

const NEWEST: Release = {
  pom: join(import.meta.dirname, 'pom.xml'),
  quorum: 'kraft',
  tools: {
    consumerGroups: 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
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
