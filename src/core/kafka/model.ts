/**
 * The vocabulary of Kafka for every layer. Types of client libraries stay in the adapters.
 *
 * @see docs/glossary.md
 */

import type { Reading } from './reading.ts';

/** The unit of order, assignment and lag. */
export interface TopicPartition {
  readonly topic: string;
  /** From 0. */
  readonly partition: number;
}

/** Kafka's group states: those of the classic protocol, two of KIP-848 and one of KIP-1071. */
export const GROUP_STATES = [
  'Stable',
  'PreparingRebalance',
  'CompletingRebalance',
  'Empty',
  'Dead',
  'Assigning',
  'Reconciling',
  'NotReady',
] as const;
export type GroupState = (typeof GROUP_STATES)[number];

/**
 * Kind of a group with committed offsets. `streams` is a Kafka Streams application. `simple` only
 * commits and never has members. Under the classic protocol only the assignor shows a Streams
 * application: without members, or when it could not be described, it is a `consumer`.
 */
export type GroupKind = 'consumer' | 'streams' | 'simple';

/** One consumer in a group. An ECS task may run several. */
export interface Member {
  readonly memberId: string;
  readonly clientId: string;
  /** As the broker saw it, without the leading slash: an IP address. */
  readonly host: string;
  /** Present under static membership. */
  readonly groupInstanceId?: string;
  /** Partitions that it owns, also of filtered topics; empty while the group rebalances. */
  readonly assignment: readonly TopicPartition[];
  /**
   * Partitions that it will own after the current rebalance. Absent when it owns exactly these, and
   * under the classic protocol, which has no target.
   */
  readonly target?: readonly TopicPartition[];
}

/** What the brokers returned of one partition for one group. */
export interface PartitionReading extends TopicPartition {
  /** Next offset the group will read; `absent` when it never committed here (−1 on the wire). */
  readonly committedOffset: Reading<bigint>;
  /** First offset still readable (ListOffsets −2). */
  readonly logStartOffset: Reading<bigint>;
  /**
   * Offset of the next record: the high watermark, isolation level read_uncommitted (ListOffsets
   * −1).
   */
  readonly logEndOffset: Reading<bigint>;
  /**
   * Where a read_committed consumer stops: below the log end while a transaction is open
   * (ListOffsets −1 with isolation level read_committed).
   */
  readonly lastStableOffset: Reading<bigint>;
  /** Age of the oldest unread record. Absent without unread records, and without a commit. */
  readonly age: Reading<RecordAge>;
  /** Why the offsets of the log are unknown; absent when they are known, or for another reason. */
  readonly fault?: LogFault;
}

/**
 * `no-topic`: the topic is deleted, or an ACL hides it. `no-partition`: the topic has fewer
 * partitions. `no-leader`: no broker leads the partition now. `denied`: an ACL denies access.
 */
export type LogFault = 'no-topic' | 'no-partition' | 'no-leader' | 'denied';

/** Age of the oldest record that a group has not read, ms at the time of the reading. */
export interface RecordAge {
  /** It is at least this old. */
  readonly atLeastMs: number;
  /** It is at most this old, if timestamps follow offsets; absent when no upper end is known. */
  readonly atMostMs?: number;
  /**
   * The upper end holds for any timestamps: the record itself was found, or brokers stamp the
   * records. Otherwise a record that was stamped long before its neighbours may be older.
   */
  readonly proven: boolean;
}

/** What is known of a topic, besides offsets. */
export interface TopicFacts {
  /** A recreated topic has another id. Absent when the broker has none (before Kafka 2.8). */
  readonly id?: string;
  /** Count of its partitions. */
  readonly partitions: number;
  /**
   * Retention by its configuration; an absent reading when retention deletes nothing. The property
   * is absent when it was not requested: only a reading of ages requests it, for topics with unread
   * records.
   */
  readonly retention?: Reading<Retention>;
}

/**
 * Limits of retention, at least one. Retention deletes a whole segment once its newest record is
 * beyond a limit. So a record is deleted after the limit, later by up to the time that a segment
 * spans.
 */
export interface Retention {
  /** Largest age of a record, ms (`retention.ms`); absent without such a limit. */
  readonly ms?: number;
  /** Largest size of a partition, bytes (`retention.bytes`); absent without such a limit. */
  readonly bytes?: number;
}

/** An open transaction. A read_committed consumer cannot read beyond its first record. */
export interface OpenTransaction {
  readonly transactionalId: string;
  readonly producerId: bigint;
  /** Epoch ms; absent when it could not be described. */
  readonly startedAtMs?: number;
  /** Kafka aborts it this many ms after its start; absent when it could not be described. */
  readonly timeoutMs?: number;
  /** Partitions with records of it; empty when it could not be described. */
  readonly partitions: readonly TopicPartition[];
}

/** What the brokers returned of one group. */
export interface GroupReading {
  readonly groupId: string;
  /** Protocol as the broker lists it: `classic`, `consumer` (KIP-848), `streams` (KIP-1071). */
  readonly type: string;
  readonly kind: GroupKind;
  readonly state: Reading<GroupState>;
  /** Name of the assignor; absent while the group has none (Empty, rebalancing). */
  readonly assignor: Reading<string>;
  /** Count of changes of members, subscriptions and topics; absent under the classic protocol. */
  readonly epoch: Reading<number>;
  readonly members: Reading<readonly Member[]>;
  /** Every partition with a commit or an owner, of topics to read, by topic and partition. */
  readonly partitions: readonly PartitionReading[];
}

/**
 * A group without committed offsets, so without a lag of `end − committed`: workers of Kafka
 * Connect, share groups (KIP-932), schema registries. It is listed, and counts neither as read nor
 * as unreadable.
 */
export interface OtherGroup {
  readonly groupId: string;
  /** `classic`, `share` and so on, as the broker lists it. */
  readonly type: string;
  /** Protocol of its members: `connect`, `share`, `sr`, or any other text. */
  readonly protocol: string;
  /** Kafka's text, unchanged. */
  readonly state: Reading<string>;
  /**
   * Records that a share group has not finished, over all partitions. Its coordinator counts them;
   * it is not a distance of offsets. Unknown when that of one partition is. Absent for every other
   * group, and for a share group without partitions.
   */
  readonly lag: Reading<number>;
}

/** A group that exists and whose offsets could not be read at all. */
export interface UnreadableGroup {
  readonly groupId: string;
  readonly reason: string;
}

/** A request that failed as a whole. Its answer is missing from the reading. */
export interface ReadProblem {
  /** `host:port` of the broker asked. */
  readonly broker: string;
  /** Kafka's name of the request. */
  readonly request: string;
  readonly reason: string;
  /** Commits may be missing from groups that were read, and it is not known from which. */
  readonly hidesCommits?: true;
}

/** One reading of a cluster. Commits are read before ends, so skew can only overstate lag. */
export interface ClusterReading {
  /** When the end offsets were requested, epoch ms. */
  readonly atMs: number;
  /** Kafka's unique id of the cluster; absent when the brokers or the reader return none. */
  readonly clusterId?: string;
  /** By group id. */
  readonly groups: readonly GroupReading[];
  readonly unreadableGroups: readonly UnreadableGroup[];
  /** By group id. */
  readonly otherGroups: readonly OtherGroup[];
  readonly problems: readonly ReadProblem[];
  /** Topics of the reading that exist, by name; empty when the reader returns none. */
  readonly topics: ReadonlyMap<string, TopicFacts>;
  /**
   * Transactions that hold back a partition of the reading. Absent when no partition is held back,
   * unknown when one is and its transaction is not visible.
   */
  readonly openTransactions: Reading<readonly OpenTransaction[]>;
  /** Kafka requests of this reading, without those that set up connections. */
  readonly requests: number;
}

/** Key of a partition for maps. It is unambiguous: a topic name has no `/`. */
export const partitionKey = (tp: TopicPartition): string => `${tp.topic}/${tp.partition}`;

/** Order by topic, then partition number. */
export const byPartition = (a: TopicPartition, b: TopicPartition): number =>
  a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : a.partition - b.partition;

/** Order by group id, the same on every machine. */
export const byGroupId = (a: { readonly groupId: string }, b: { readonly groupId: string }): number =>
  a.groupId < b.groupId ? -1 : a.groupId > b.groupId ? 1 : 0;
