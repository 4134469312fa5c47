/** A group at one poll of a history as a reading of it, as far as a history tells. */

import type { GroupReading, Member, PartitionReading } from '#core/kafka/model.ts';
import { absent, known, type Reading, unknown } from '#core/kafka/reading.ts';
import type { NewestPartition, NewestSample, PartitionSample, TimedSample } from './history.ts';

const NOT_KEPT = unknown('a history does not keep it');

/**
 * The sample as a reading. Members are those who owned something; where they are known and no partition's owner is, those who read
 * assign partitions to themselves. What a history does not keep is unknown: last stable offsets, and ages of any poll but the newest.
 */
export function rememberedReading(sample: TimedSample | NewestSample): GroupReading {
  return {
    groupId: sample.groupId,
    type: 'classic',
    kind: assignsItself(sample) ? 'simple' : 'consumer',
    // A word of any Kafka: who shows it takes it from the sample.
    state: NOT_KEPT,
    assignor: NOT_KEPT,
    epoch: absent,
    members: sample.members === undefined ? unknown('it could not be read') : known(ownersIn(sample)),
    partitions: sample.partitions.map(partitionOf),
  };
}

/** No member owns what is read, and that nobody does is not known either. */
export const assignsItself = ({ members, partitions }: TimedSample): boolean =>
  members !== undefined && partitions.every(({ owner, unowned }) => owner === undefined && unowned === undefined);

/** What a sample tells, or that it could not be read. */
export const toldOf = <T>(value: T | undefined): Reading<T> =>
  value === undefined ? unknown('it could not be read') : known(value);

/** One for each client and host: who they are does not matter, but what they own. */
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
    committedOffset: p.uncommitted === true ? absent : toldOf(p.committedOffset),
    logStartOffset: toldOf(p.logStartOffset),
    logEndOffset: toldOf(p.logEndOffset),
    lastStableOffset: NOT_KEPT,
    age: 'age' in p ? p.age : unknown('a history keeps the ages of its newest poll alone'),
  };
}
