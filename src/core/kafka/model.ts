/**
 * The vocabulary of the Kafka world, as every layer uses it. Foreign client types end at `adapters/kafka`.
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

/** Kafka's own group states: the classic protocol's, the two that KIP-848 adds, and the one of KIP-1071. */
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
 * What a group with committed offsets is: `consumer`, `streams` (a Kafka Streams application), or `simple`, which only
 * commits and never has members. A Streams application under the classic protocol is told from its assignor: without
 * members, or where it could not be described, it is a `consumer`.
 */
export type GroupKind = 'consumer' | 'streams' | 'simple';

/** One consumer in a group. An ECS task may hold several. */
export interface Member {
  readonly memberId: string;
  readonly clientId: string;
  /** As the broker saw it, without the leading slash: an IP address. */
  readonly host: string;
  /** Present under static membership. */
  readonly groupInstanceId?: string;
  /** Partitions the member owns, filtered topics too; empty when it has none, or while the group rebalances. */
  readonly assignment: readonly TopicPartition[];
  /**
   * Partitions that it is to own once it has caught up with its group. Absent when it owns just these, and under the classic
   * protocol, which has no such thing.
   */
  readonly target?: readonly TopicPartition[];
}

/** What the brokers said of one partition for one group. */
export interface PartitionReading extends TopicPartition {
  /** Next offset the group will read; `absent` when it never committed here (−1 on the wire). */
  readonly committedOffset: Reading<bigint>;
  /** First offset still readable (ListOffsets −2). */
  readonly logStartOffset: Reading<bigint>;
  /** Offset of the next record: the high watermark, isolation level read_uncommitted (ListOffsets −1). */
  readonly logEndOffset: Reading<bigint>;
  /**
   * How far a read_committed consumer gets: below the log end while a transaction is open (ListOffsets −1 with
   * isolation level read_committed).
   */
  readonly lastStableOffset: Reading<bigint>;
  /** Absent when nothing is unread, or nothing was ever committed; unknown when it was not asked for. */
  readonly age: Reading<RecordAge>;
  /** Why the log's offsets are unknown, where that has a name. */
  readonly fault?: LogFault;
}

/**
 * `no-topic`: deleted, or hidden by an ACL. `no-partition`: the topic has fewer. `no-leader`: no broker leads the partition now.
 * `denied`: an ACL says no.
 */
export type LogFault = 'no-topic' | 'no-partition' | 'no-leader' | 'denied';

/** Age of the oldest record that a group has not read, milliseconds at the time of the reading. */
export interface RecordAge {
  /** It is at least this old. */
  readonly atLeastMs: number;
  /** It is at most this old, if timestamps are in the order of offsets; absent while no upper end is known. */
  readonly atMostMs?: number;
  /**
   * The upper end holds whatever the timestamps: the record itself was found, or brokers stamp the records. Otherwise a record
   * that was stamped long before its neighbours may be older.
   */
  readonly proven: boolean;
}

/** What is known of a topic beside its offsets. */
export interface TopicFacts {
  /** Another one when the topic was deleted and made again; absent where the broker tells none (before 2.8). */
  readonly id?: string;
  /** Partitions that it has. */
  readonly partitions: number;
  /**
   * What retention deletes of it, by its configuration; absent when it deletes nothing. There is none where it was not asked for:
   * it is asked together with ages, of topics with unread records.
   */
  readonly retention?: Reading<Retention>;
}

/**
 * When retention deletes records, at least one limit. A segment goes as a whole, once its newest record is beyond the limit: a
 * record is deleted no sooner than that, and later by up to the time that a segment spans.
 */
export interface Retention {
  /** Records are deleted that are older, milliseconds (`retention.ms`); absent: they may grow as old as they will. */
  readonly ms?: number;
  /** The oldest are deleted when their partition is larger (`retention.bytes`); absent: it may grow as large as it will. */
  readonly bytes?: number;
}

/** A transaction that is not ended yet: what lies behind its first record, a read_committed consumer cannot read. */
export interface OpenTransaction {
  readonly transactionalId: string;
  readonly producerId: bigint;
  /** Epoch ms; absent when it could not be described. */
  readonly startedAtMs?: number;
  /** It ends by itself after this time, milliseconds from its start; absent when it could not be described. */
  readonly timeoutMs?: number;
  /** Partitions with records in it; empty when it could not be described. */
  readonly partitions: readonly TopicPartition[];
}

/** What the brokers said of one group. */
export interface GroupReading {
  readonly groupId: string;
  /** Protocol of its members as the broker lists it: `classic`, `consumer` (KIP-848), `streams` (KIP-1071). */
  readonly type: string;
  readonly kind: GroupKind;
  readonly state: Reading<GroupState>;
  /** Name of the assignor the group agreed on; absent while it has none (Empty, rebalancing). */
  readonly assignor: Reading<string>;
  /** Counts the changes of members, subscriptions and topics that the group has seen; absent under the classic protocol. */
  readonly epoch: Reading<number>;
  readonly members: Reading<readonly Member[]>;
  /** Every partition of a topic to read that has a commit or an owner, in order of topic and partition. */
  readonly partitions: readonly PartitionReading[];
}

/**
 * A group that has no committed offsets of its own, so no lag that is `end − committed`: workers of Kafka Connect, share groups
 * (KIP-932), schema registries. It is listed, and counts neither as read nor as unreadable.
 */
export interface OtherGroup {
  readonly groupId: string;
  /** `classic`, `share` and so on, as the broker lists it. */
  readonly type: string;
  /** What its members say they are: `connect`, `share`, `sr`. Any member may say anything. */
  readonly protocol: string;
  /** Kafka's word, as it is. */
  readonly state: Reading<string>;
  /**
   * Records that a share group is not yet done with, over all its partitions, as its coordinator knows it: not the distance from
   * an offset. Unknown when one partition's is. Absent for every other group, and for a share group without a partition.
   */
  readonly lag: Reading<number>;
}

/** A group that exists and whose offsets could not be read at all. */
export interface UnreadableGroup {
  readonly groupId: string;
  readonly reason: string;
}

/** A request that failed as a whole; what it would have told is missing from the reading. */
export interface ReadProblem {
  /** `host:port` of the broker asked. */
  readonly broker: string;
  /** Kafka's name of the request. */
  readonly request: string;
  readonly reason: string;
  /** Commits may be missing from groups that were read, and nobody says which. */
  readonly hidesCommits?: true;
}

/** One reading of a cluster. Committed offsets were read first, so that skew can only overstate lag. */
export interface ClusterReading {
  /** When the end offsets were asked, epoch ms. */
  readonly atMs: number;
  /** As Kafka has it: no two clusters have the same. Absent when the brokers, or the reader, tell none. */
  readonly clusterId?: string;
  /** In order of group id. */
  readonly groups: readonly GroupReading[];
  readonly unreadableGroups: readonly UnreadableGroup[];
  /** In order of group id. */
  readonly otherGroups: readonly OtherGroup[];
  readonly problems: readonly ReadProblem[];
  /** Topics of the reading that exist, by name; empty when the reader tells none. */
  readonly topics: ReadonlyMap<string, TopicFacts>;
  /**
   * Those that hold back a partition of the reading; absent when none is held back, unknown when some is and the holder is not
   * visible.
   */
  readonly openTransactions: Reading<readonly OpenTransaction[]>;
  /** Kafka requests sent for this reading, connection set-up left out. */
  readonly requests: number;
}

/** Key of a partition for maps: unambiguous, since a topic name holds no `/`. */
export const partitionKey = (tp: TopicPartition): string => `${tp.topic}/${tp.partition}`;

/** Order by topic, then partition number. */
export const byPartition = (a: TopicPartition, b: TopicPartition): number =>
  a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : a.partition - b.partition;

/** Order by group id, the same on every machine. */
export const byGroupId = (a: { readonly groupId: string }, b: { readonly groupId: string }): number =>
  a.groupId < b.groupId ? -1 : a.groupId > b.groupId ? 1 : 0;
