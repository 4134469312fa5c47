/** Parts of the protocol that the client returns as bytes or free text. */
import { GROUP_STATES, type GroupState, type TopicPartition } from '#core/kafka/model.ts';
import { known, type Reading, unknown } from '#core/kafka/reading.ts';

/**
 * The partitions in a classic member's assignment; none in an empty one.
 *
 * ConsumerProtocolAssignment => version [assigned_partitions] user_data
 *   assigned_partitions => topic [partitions]
 * Members write these bytes, and brokers do not check them.
 * @throws when the bytes have another format
 */
export function decodeAssignment(bytes: Buffer): readonly TopicPartition[] {
  if (bytes.length === 0) return [];
  const partitions: TopicPartition[] = [];
  let at = 2; // newer versions only append fields
  const readInt32 = () => {
    const value = bytes.readInt32BE(at);
    at += 4;
    return value;
  };
  for (let topics = readInt32(); topics > 0; topics--) {
    const length = bytes.readInt16BE(at);
    const end = at + 2 + length;
    if (length < 0 || end > bytes.length) throw new RangeError('topic name is longer than the assignment');
    const topic = bytes.toString('utf8', at + 2, end);
    at = end;
    for (let count = readInt32(); count > 0; count--) partitions.push({ topic, partition: readInt32() });
  }
  return partitions;
}

/** The address in a host as brokers write it: `/10.0.0.1`. */
export const addressOf = (host: string): string => (host.startsWith('/') ? host.slice(1) : host);

/** A state by name; unknown when a newer Kafka has one that we do not know. */
export function decodeState(name: string): Reading<GroupState> {
  const state = GROUP_STATES.find((candidate) => candidate === name);
  return state === undefined ? unknown(`group state ${JSON.stringify(name)} is not known`) : known(state);
}
