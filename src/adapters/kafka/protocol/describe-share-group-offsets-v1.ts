/** DescribeShareGroupOffsets (KIP-932, with the lag of KIP-1226), which the client lacks. */
import { createAPI, type Reader, Writer } from '@platformatic/kafka';

const API_KEY = 90;

export interface SharePartition {
  readonly topic: string;
  readonly partition: number;
  /** First record that the group has not finished; −1 before it begins to read. */
  readonly startOffset: bigint;
  /** Number of unfinished records from there on; −1 when the broker does not know. */
  readonly lag: bigint;
  readonly errorCode: number;
}

export interface ShareGroup {
  readonly groupId: string;
  readonly partitions: readonly SharePartition[];
  readonly errorCode: number;
}

/*
  DescribeShareGroupOffsets Request (Version: 1) => [groups] TAG_BUFFER
    groups => group_id [topics] TAG_BUFFER
      group_id => COMPACT_STRING
      topics => nullable: null for all topic-partitions
*/
export function createRequest(groupIds: string[]): Writer {
  return Writer.create()
    .appendArray(groupIds, (w, groupId) => w.appendString(groupId).appendArray(null, () => {}))
    .appendTaggedFields();
}

/**
 * DescribeShareGroupOffsets Response (Version: 1) => throttle_time_ms [groups] TAG_BUFFER
 *     throttle_time_ms => INT32
 *     groups => group_id [topics] error_code error_message TAG_BUFFER
 *       group_id => COMPACT_STRING
 *       topics => topic_name topic_id [partitions] TAG_BUFFER
 *         topic_name => COMPACT_STRING
 *         topic_id => UUID
 *         partitions => partition_index start_offset leader_epoch lag error_code error_message
 *                       TAG_BUFFER
 *           partition_index, leader_epoch => INT32
 *           start_offset, lag => INT64
 *           error_code => INT16
 *           error_message => COMPACT_NULLABLE_STRING
 *       error_code => INT16
 *       error_message => COMPACT_NULLABLE_STRING
 */
export function parseResponse(_correlationId: number, _apiKey: number, _apiVersion: number, reader: Reader) {
  reader.readInt32();
  const groups = reader.readArray(readGroup);
  reader.readTaggedFields();
  return { groups };
}

/** Sent to the coordinator of the groups. */
export const api = createAPI<[groupIds: string[]], { readonly groups: readonly ShareGroup[] }>(
  API_KEY,
  1,
  createRequest,
  parseResponse,
);

function readGroup(r: Reader): ShareGroup {
  const groupId = r.readString();
  const partitions = r.readArray(readTopic).flat();
  const errorCode = r.readInt16();
  r.readNullableString();
  return { groupId, partitions, errorCode };
}

function readTopic(r: Reader): SharePartition[] {
  const topic = r.readString();
  r.readUUID();
  return r.readArray(() => {
    const [partition, startOffset] = [r.readInt32(), r.readInt64()];
    r.readInt32();
    const [lag, errorCode] = [r.readInt64(), r.readInt16()];
    r.readNullableString();
    return { topic, partition, startOffset, lag, errorCode };
  });
}
