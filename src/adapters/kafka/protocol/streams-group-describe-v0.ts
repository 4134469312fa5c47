/** StreamsGroupDescribe (KIP-1071), which the client lacks. */
import { createAPI, type Reader, Writer } from '@platformatic/kafka';

const API_KEY = 89;

/** Tasks of one part of the application. Task p reads partition p of each topic of the part. */
export interface StreamsTasks {
  readonly subtopologyId: string;
  readonly partitions: readonly number[];
}

export interface StreamsMember {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  /** Active tasks. The others only keep copies of state. */
  readonly assignment: readonly StreamsTasks[];
  readonly targetAssignment: readonly StreamsTasks[];
}

export interface StreamsGroup {
  readonly errorCode: number;
  readonly groupId: string;
  readonly groupState: string;
  readonly groupEpoch: number;
  /**
   * Null while the application has no valid topology: a source topic is missing, or two are
   * partitioned differently.
   */
  readonly subtopologies: readonly { readonly subtopologyId: string; readonly topics: readonly string[] }[] | null;
  readonly members: readonly StreamsMember[];
}

/*
  StreamsGroupDescribe Request (Version: 0) => [group_ids] include_authorized_operations TAG_BUFFER
    group_ids => COMPACT_STRING
    include_authorized_operations => BOOLEAN
*/
export function createRequest(groupIds: string[]): Writer {
  return Writer.create()
    .appendArray(groupIds, (w, groupId) => w.appendString(groupId), true, false)
    .appendBoolean(false)
    .appendTaggedFields();
}

/**
 * StreamsGroupDescribe Response (Version: 0) => throttle_time_ms [groups] TAG_BUFFER
 *     throttle_time_ms => INT32
 *     groups => error_code error_message group_id group_state group_epoch assignment_epoch topology
 *               [members] authorized_operations TAG_BUFFER
 *       error_code => INT16
 *       error_message => COMPACT_NULLABLE_STRING
 *       group_id, group_state => COMPACT_STRING
 *       group_epoch, assignment_epoch => INT32
 *       topology => nullable struct: epoch [subtopologies] TAG_BUFFER
 *         epoch => INT32
 *         subtopologies => nullable: subtopology_id [source_topics] [repartition_sink_topics]
 *                          [state_changelog_topics] [repartition_source_topics] TAG_BUFFER
 *           subtopology_id, source_topics, repartition_sink_topics => COMPACT_STRING
 *           state_changelog_topics, repartition_source_topics =>
 *                          name partitions replication_factor [topic_configs] TAG_BUFFER
 *             name => COMPACT_STRING
 *             partitions => INT32
 *             replication_factor => INT16
 *             topic_configs => key value TAG_BUFFER
 *       members => as in readMember
 *       authorized_operations => INT32
 */
export function parseResponse(_correlationId: number, _apiKey: number, _apiVersion: number, reader: Reader) {
  reader.readInt32();
  const groups = reader.readArray(readGroup);
  reader.readTaggedFields();
  return { groups };
}

/** Sent to the coordinator of the groups. */
export const api = createAPI<[groupIds: string[]], { readonly groups: readonly StreamsGroup[] }>(
  API_KEY,
  0,
  createRequest,
  parseResponse,
);

function readGroup(r: Reader): StreamsGroup {
  const errorCode = r.readInt16();
  r.readNullableString();
  const [groupId, groupState, groupEpoch] = [r.readString(), r.readString(), r.readInt32()];
  r.readInt32();
  const subtopologies = r.readNullableStruct(() => readTopology(r));
  const members = r.readArray(readMember);
  r.readInt32();
  return { errorCode, groupId, groupState, groupEpoch, subtopologies, members };
}

function readTopology(r: Reader): StreamsGroup['subtopologies'] {
  r.readInt32();
  const subtopologies = r.readNullableArray(() => {
    const [subtopologyId, sources] = [r.readString(), readStrings(r)];
    readStrings(r);
    readTopics(r);
    return { subtopologyId, topics: [...sources, ...readTopics(r)] };
  });
  r.readTaggedFields();
  return subtopologies;
}

/** Names of topics that the application creates itself. */
const readTopics = (r: Reader): string[] =>
  r.readArray(() => {
    const name = r.readString();
    r.readInt32();
    r.readInt16();
    readPairs(r);
    return name;
  });

/**
 * member => member_id member_epoch instance_id rack_id client_id client_host topology_epoch
 *           process_id user_endpoint [client_tags] [task_offsets] [task_end_offsets] assignment
 *           target_assignment is_classic TAG_BUFFER
 *     member_id, client_id, client_host, process_id => COMPACT_STRING
 *     member_epoch, topology_epoch => INT32
 *     instance_id, rack_id => COMPACT_NULLABLE_STRING
 *     user_endpoint => nullable struct: host port TAG_BUFFER
 *       host => COMPACT_STRING
 *       port => UINT16
 *     client_tags => key value TAG_BUFFER
 *     task_offsets, task_end_offsets => subtopology_id partition offset TAG_BUFFER
 *       subtopology_id => COMPACT_STRING
 *       partition => INT32
 *       offset => INT64
 *     assignment, target_assignment => [active_tasks] [standby_tasks] [warmup_tasks] TAG_BUFFER
 *       active_tasks, standby_tasks, warmup_tasks => subtopology_id [partitions] TAG_BUFFER
 *         subtopology_id => COMPACT_STRING
 *         partitions => INT32
 *     is_classic => BOOLEAN
 */
function readMember(r: Reader): StreamsMember {
  const memberId = r.readString();
  r.readInt32();
  const instanceId = r.readNullableString();
  r.readNullableString();
  const [clientId, clientHost] = [r.readString(), r.readString()];
  r.readInt32();
  r.readString();
  r.readNullableStruct(() => {
    r.readString();
    r.readUnsignedInt16();
    r.readTaggedFields();
  });
  readPairs(r);
  readTaskOffsets(r);
  readTaskOffsets(r);
  const [assignment, targetAssignment] = [readActiveTasks(r), readActiveTasks(r)];
  r.readBoolean();
  return { memberId, instanceId, clientId, clientHost, assignment, targetAssignment };
}

function readActiveTasks(r: Reader): readonly StreamsTasks[] {
  const readTasks = () =>
    r.readArray(() => ({ subtopologyId: r.readString(), partitions: r.readArray(() => r.readInt32(), true, false) }));
  const [active] = [readTasks(), readTasks(), readTasks()];
  r.readTaggedFields();
  return active;
}

const readStrings = (r: Reader): string[] => r.readArray(() => r.readString(), true, false);

const readPairs = (r: Reader): unknown => r.readArray(() => [r.readString(), r.readString()]);

const readTaskOffsets = (r: Reader): unknown => r.readArray(() => [r.readString(), r.readInt32(), r.readInt64()]);
