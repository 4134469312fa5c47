/** What a history keeps of one poll. */

import type { TopicPartition } from '#core/kafka/model.ts';
import { type OffsetCell, UNCOMMITTED } from './offset-column.ts';

/** The member that owned a partition. Both texts come from clients: do not interpret them. */
export interface PartitionOwner {
  readonly clientId: string;
  /** As the broker saw it: an IP address. */
  readonly host: string;
}

/** Offsets of one partition at one poll. An offset is absent when it could not be read. */
export interface PartitionSample extends TopicPartition {
  readonly committedOffset?: bigint;
  /** The group had no commit here. That differs from a commit that could not be read. */
  readonly uncommitted?: true;
  readonly logEndOffset?: bigint;
  readonly logStartOffset?: bigint;
  /** Absent when no member owned the partition, and when its owner is not known. */
  readonly owner?: PartitionOwner;
  /** No member owned the partition. That differs from members that could not be read. */
  readonly unowned?: true;
}

/** The owner of a partition: a member, nobody, or not known. */
export type OwnerCell = PartitionOwner | 'nobody' | 'unknown';

/** What a poll read of a partition. */
type OffsetCells = readonly [commit: OffsetCell, end: OffsetCell, start: OffsetCell];

/**
 * The sample of a partition. A poll makes millions of them. Most have every offset, and are written
 * as literals of one shape: a spread takes 50 times as long.
 */
export function partitionSample(
  { topic, partition }: TopicPartition,
  [commit, end, start]: OffsetCells,
  owner: OwnerCell,
): PartitionSample {
  if (typeof commit === 'bigint' && typeof end === 'bigint' && typeof start === 'bigint' && owner !== 'unknown') {
    return owner === 'nobody'
      ? { topic, partition, committedOffset: commit, logEndOffset: end, logStartOffset: start, unowned: true }
      : { topic, partition, committedOffset: commit, logEndOffset: end, logStartOffset: start, owner };
  }
  const sample: { -readonly [K in keyof PartitionSample]: PartitionSample[K] } = { topic, partition };
  if (commit === UNCOMMITTED) sample.uncommitted = true;
  else if (commit !== undefined) sample.committedOffset = commit;
  if (typeof end === 'bigint') sample.logEndOffset = end;
  if (typeof start === 'bigint') sample.logStartOffset = start;
  if (owner === 'nobody') sample.unowned = true;
  else if (owner !== 'unknown') sample.owner = owner;
  return sample;
}

/** One group at one poll. */
export interface GroupSample {
  readonly groupId: string;
  /** Kafka's group state; absent when it could not be read. */
  readonly state?: string;
  /**
   * Digest of the assignment: equal texts mean equal assignments. Absent when it could not be read.
   */
  readonly assignment?: string;
  /** Count of members; absent when they could not be read. */
  readonly members?: number;
  /** Absent under the classic protocol, and when it could not be read. */
  readonly epoch?: number;
  readonly partitions: readonly PartitionSample[];
}

/** Ids of topics, by name. */
export type TopicIds = Readonly<Record<string, string>>;

/** One poll. */
export interface PollSample {
  /** Epoch ms. */
  readonly atMs: number;
  /** Ids that the brokers returned; absent when there were none. Another id is another topic. */
  readonly topicIds?: TopicIds;
  readonly groups: readonly GroupSample[];
}

/** One group at one poll, with the time and the topic ids of the poll. */
export type TimedSample = GroupSample & Pick<PollSample, 'atMs' | 'topicIds'>;

/**
 * Id of a topic; undefined when the sample has none. A topic may have the name of an inherited
 * property, such as `constructor`.
 */
export const topicIdIn = (sample: Pick<PollSample, 'topicIds'> | undefined, topic: string): string | undefined =>
  sample?.topicIds !== undefined && Object.hasOwn(sample.topicIds, topic) ? sample.topicIds[topic] : undefined;
