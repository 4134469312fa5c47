/** A group at one poll of a history as a reading of the group, as far as a history keeps it. */

import type { GroupReading, Member, PartitionReading } from '#core/kafka/model.ts';
import { absent, known, type Reading, unknown } from '#core/kafka/reading.ts';
import type { NewestPartition, NewestSample, PartitionSample, TimedSample } from './history.ts';

const UNREAD = 'it could not be read';
const NOT_KEPT = unknown('the history does not keep it');

/**
 * The sample as a reading. Its members are those that owned a partition. When the members are known
 * and no owner is, the consumers assign partitions to themselves. What a history does not keep is
 * unknown: last stable offsets, and the ages of all polls but the newest.
 */
export function rememberedReading(sample: TimedSample | NewestSample): GroupReading {
  return {
    groupId: sample.groupId,
    type: 'classic',
    kind: assignsItself(sample) ? 'simple' : 'consumer',
    // The sample keeps it as any text; a view takes it from there.
    state: NOT_KEPT,
    assignor: NOT_KEPT,
    epoch: absent,
    members: sample.members === undefined ? unknown(UNREAD) : known(ownersIn(sample)),
    partitions: sample.partitions.map(partitionOf),
  };
}

/**
 * Whether consumers assign partitions to themselves: the members are known, and for no partition is
 * it known that a member or nobody owned it.
 */
export const assignsItself = ({ members, partitions }: TimedSample): boolean =>
  members !== undefined && partitions.every(({ owner, unowned }) => owner === undefined && unowned === undefined);

/** A value of a sample; unknown when the poll could not read it. */
export const sampledReading = <T>(value: T | undefined): Reading<T> =>
  value === undefined ? unknown(UNREAD) : known(value);

/** One member for each client and host. Its ids do not matter, only its assignment. */
function ownersIn({ partitions }: TimedSample): Member[] {
  const byOwner = Map.groupBy(partitions, ({ owner }) => owner && JSON.stringify([owner.clientId, owner.host]));
  return [...byOwner].flatMap(([memberId, assignment]) =>
    memberId === undefined ? [] : [{ memberId, clientId: memberId, host: memberId, assignment }],
  );
}

function partitionOf(p: PartitionSample | NewestPartition): PartitionReading {
  return {
    topic: p.topic,
    partition: p.partition,
    committedOffset: p.uncommitted === true ? absent : sampledReading(p.committedOffset),
    logStartOffset: sampledReading(p.logStartOffset),
    logEndOffset: sampledReading(p.logEndOffset),
    lastStableOffset: NOT_KEPT,
    age: 'age' in p ? p.age : unknown('the history keeps ages of its newest poll only'),
  };
}
