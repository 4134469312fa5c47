/** State and members of groups, from their coordinator. */
import type { Broker, NullableString } from '@platformatic/kafka';
import { addressOf, decodeAssignment, decodeState } from '#adapters/kafka/protocol/decode.ts';
import { failure, failureOfCode, type Outcome, success } from '#adapters/kafka/protocol/failures.ts';
import {
  type ClassicGroup,
  CONSUMER_GROUP_DESCRIBE,
  type ConsumerGroup,
  DESCRIBE_GROUPS,
  STREAMS_GROUP_DESCRIBE,
} from '#adapters/kafka/protocol/requests.ts';
import type { StreamsGroup, StreamsTasks } from '#adapters/kafka/protocol/streams-group-describe-v0.ts';
import type { RequestSession } from '#adapters/kafka/session/request-session.ts';
import { type GroupState, type Member, partitionKey, type TopicPartition } from '#core/kafka/model.ts';
import { absent, known, type Reading, unknown } from '#core/kafka/reading.ts';

export interface Description {
  readonly state: Reading<GroupState>;
  readonly assignor: Reading<string>;
  /** Absent under the classic protocol. */
  readonly epoch: Reading<number>;
  readonly members: Reading<readonly Member[]>;
}

/** A coordinator's descriptions by group id, or why there are none. */
export type Descriptions = Outcome<ReadonlyMap<string, Outcome<Description>>>;

type Describe = (session: RequestSession, broker: Broker, groupIds: string[]) => Promise<Descriptions>;

/** Describes classic groups. */
export const describeClassic: Describe = async (session, broker, groupIds) =>
  descriptionsIn(groupIds, () => session.send(broker, DESCRIBE_GROUPS, groupIds, false), classicDescription);

/** Describes groups of the KIP-848 protocol. */
export const describeConsumer: Describe = async (session, broker, groupIds) =>
  descriptionsIn(groupIds, () => session.send(broker, CONSUMER_GROUP_DESCRIBE, groupIds, false), consumerDescription);

/** Describes groups of the KIP-1071 protocol. */
export const describeStreams: Describe = async (session, broker, groupIds) =>
  descriptionsIn(groupIds, () => session.send(broker, STREAMS_GROUP_DESCRIBE, groupIds), streamsDescription);

async function descriptionsIn<Group extends { readonly groupId: string; readonly errorCode: number }>(
  groupIds: readonly string[],
  send: () => Promise<Outcome<{ readonly groups: readonly Group[] }>>,
  describe: (group: Group) => Description,
): Promise<Descriptions> {
  if (groupIds.length === 0) return success(new Map());
  const outcome = await send();
  if (!outcome.ok) return outcome;
  const described = outcome.value.groups.map(
    (group) => [group.groupId, failureOfCode(group.errorCode) ?? success(describe(group))] as const,
  );
  return success(new Map(described));
}

/** The description of one group among those of its coordinator. */
export function descriptionOf(descriptions: Descriptions, groupId: string): Outcome<Description> {
  if (!descriptions.ok) return descriptions;
  return descriptions.value.get(groupId) ?? failure('the coordinator did not describe it', true);
}

function classicDescription(group: ClassicGroup): Description {
  return {
    state: decodeState(group.groupState),
    assignor: group.protocolData === '' ? absent : known(group.protocolData),
    epoch: absent,
    members: classicMembers(group),
  };
}

function classicMembers(group: ClassicGroup): Description['members'] {
  try {
    return known(
      group.members.map((member) => ({
        ...identityOf({ ...member, instanceId: member.groupInstanceId }),
        assignment: decodeAssignment(member.memberAssignment),
      })),
    );
  } catch {
    return unknown('a member has an assignment that cannot be decoded');
  }
}

function consumerDescription(group: ConsumerGroup): Description {
  const partitionsIn = ({ topicPartitions }: ConsumerGroup['members'][number]['assignment']) =>
    topicPartitions.flatMap(({ topicName, partitions }) =>
      partitions.map((partition) => ({ topic: topicName, partition })),
    );
  return {
    state: decodeState(group.groupState),
    assignor: group.assignorName === '' ? absent : known(group.assignorName),
    epoch: known(group.groupEpoch),
    members: known(
      group.members.map((member) => ({
        ...identityOf(member),
        ...owned(partitionsIn(member.assignment), partitionsIn(member.targetAssignment)),
      })),
    ),
  };
}

/**
 * A task reads one partition of each topic of its part of the application. Where these topics
 * differ in their number of partitions, that names partitions that do not exist. They have no
 * commit, so no lag, and their offsets are unknown.
 */
function streamsDescription(group: StreamsGroup): Description {
  const topics = new Map(group.subtopologies?.map((part) => [part.subtopologyId, part.topics]));
  const partitionsIn = (tasks: readonly StreamsTasks[]) =>
    tasks.flatMap(({ subtopologyId, partitions }) =>
      (topics.get(subtopologyId) ?? []).flatMap((topic) => partitions.map((partition) => ({ topic, partition }))),
    );
  const isMapped = group.members.every(({ assignment }) => assignment.every((task) => topics.has(task.subtopologyId)));
  const members = group.members.map((member) => ({
    ...identityOf(member),
    ...owned(partitionsIn(member.assignment), partitionsIn(member.targetAssignment)),
  }));
  return {
    state: decodeState(group.groupState),
    assignor: unknown('brokers do not return the assignor of a Streams group'),
    epoch: known(group.groupEpoch),
    members: isMapped
      ? known(members)
      : unknown('the application has tasks of a topology that the broker does not return'),
  };
}

interface Described {
  readonly memberId: string;
  readonly clientId: string;
  readonly clientHost: string;
  readonly instanceId?: NullableString;
}

const identityOf = ({ memberId, clientId, clientHost, instanceId }: Described) => ({
  memberId,
  clientId,
  host: addressOf(clientHost),
  ...(typeof instanceId === 'string' ? { groupInstanceId: instanceId } : {}),
});

/** The partitions that a member owns, and its target where that differs. */
function owned(
  assignment: readonly TopicPartition[],
  target: readonly TopicPartition[],
): Pick<Member, 'assignment' | 'target'> {
  const keys = new Set(assignment.map(partitionKey));
  const isSame = target.length === keys.size && target.every((partition) => keys.has(partitionKey(partition)));
  return isSame ? { assignment } : { assignment, target };
}
