/** What a history tells of one poll. */

import type { TopicPartition } from '#core/kafka/model.ts';
import { type OffsetCell, UNCOMMITTED } from './offset-column.ts';

/** The member that owned a partition, as people know it. Both come from clients: whoever shows them must not interpret them. */
export interface PartitionOwner {
  readonly clientId: string;
  /** As the broker saw it: an IP address. */
  readonly host: string;
}

/** Offsets of one partition at one poll; an offset is absent when it could not be read. */
export interface PartitionSample extends TopicPartition {
  readonly committedOffset?: bigint;
  /** The group had no commit here, which is not the same as a commit that could not be read. */
  readonly uncommitted?: true;
  readonly logEndOffset?: bigint;
  readonly logStartOffset?: bigint;
  /** Absent when no member owned it, and when who did is not known. */
  readonly owner?: PartitionOwner;
  /** No member owned it, which is not the same as members that could not be read. */
  readonly unowned?: true;
}

/** Who owns a partition: a member, nobody, or that is not known. */
export type Ownership = PartitionOwner | 'nobody' | 'unknown';

/** What a poll told of a partition: commit, end and start of the log. */
type Cells = readonly [commit: OffsetCell, end: OffsetCell, start: OffsetCell];

/** A sample of what a poll told. Millions are made in a poll, of which most were told everything: objects of one shape are cheap. */
export function partitionSample(
  { topic, partition }: TopicPartition,
  [commit, end, start]: Cells,
  owner: Ownership,
): PartitionSample {
  if (typeof commit !== 'bigint' || typeof end !== 'bigint' || typeof start !== 'bigint' || owner === 'unknown') {
    return {
      topic,
      partition,
      ...(commit === UNCOMMITTED ? { uncommitted: true } : {}),
      ...(typeof commit === 'bigint' ? { committedOffset: commit } : {}),
      ...(typeof end === 'bigint' ? { logEndOffset: end } : {}),
      ...(typeof start === 'bigint' ? { logStartOffset: start } : {}),
      ...(owner === 'unknown' ? {} : owner === 'nobody' ? { unowned: true } : { owner }),
    };
  }
  return owner === 'nobody'
    ? { topic, partition, committedOffset: commit, logEndOffset: end, logStartOffset: start, unowned: true }
    : { topic, partition, committedOffset: commit, logEndOffset: end, logStartOffset: start, owner };
}

/** One group at one poll. */
export interface GroupSample {
  readonly groupId: string;
  /** Kafka's group state; absent when it could not be read. */
  readonly state?: string;
  /** Names who owned what: equal texts mean the same assignment. Absent when it could not be read. */
  readonly assignment?: string;
  /** How many there were; absent when they could not be read. */
  readonly members?: number;
  /** Absent under the classic protocol, and when it could not be read. */
  readonly epoch?: number;
  readonly partitions: readonly PartitionSample[];
}

/** Ids of topics, by name. */
export type TopicIds = Readonly<Record<string, string>>;

/** One poll. */
export interface PollSample {
  readonly atMs: number;
  /** Where they were told: another id is another topic. */
  readonly topicIds?: TopicIds;
  readonly groups: readonly GroupSample[];
}

/** One group at one poll, with what the poll knew of its topics. */
export type TimedSample = GroupSample & Pick<PollSample, 'atMs' | 'topicIds'>;

/** Id of a topic, which may have the name of something that every object has; undefined when it was not told. */
export const topicIdIn = (sample: Pick<PollSample, 'topicIds'> | undefined, topic: string): string | undefined =>
  sample?.topicIds !== undefined && Object.hasOwn(sample.topicIds, topic) ? sample.topicIds[topic] : undefined;
