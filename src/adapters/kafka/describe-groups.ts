/** State and members of groups, from their coordinator. */
import type { Broker } from '@platformatic/kafka';
import { absent, type GroupState, known, type Member, type Reading, unknown } from '../../core/kafka.ts';
import { addressOf, decodeAssignment, stateOf } from './decode.ts';
import { failure, failureOfCode, type Outcome, success } from './failures.ts';
import type { Inquiry } from './inquiry.ts';
import { type ClassicGroup, CONSUMER_GROUP_DESCRIBE, type ConsumerGroup, DESCRIBE_GROUPS } from './requests.ts';

export interface Description {
  readonly state: Reading<GroupState>;
  readonly assignor: Reading<string>;
  readonly members: Reading<readonly Member[]>;
}

/** What a coordinator said of its groups, by group id; or why it said nothing. */
export type Descriptions = Outcome<ReadonlyMap<string, Outcome<Description>>>;

/** Describes classic groups. */
export async function describeClassic(inquiry: Inquiry, broker: Broker, groupIds: string[]): Promise<Descriptions> {
  if (groupIds.length === 0) return success(new Map());
  const outcome = await inquiry.ask(broker, DESCRIBE_GROUPS, groupIds, false);
  if (!outcome.ok) return outcome;
  return success(
    new Map(
      outcome.value.groups.map((group) => [
        group.groupId,
        failureOfCode(group.errorCode) ?? success(classicDescription(group)),
      ]),
    ),
  );
}

/** Describes groups of the KIP-848 protocol. */
export async function describeConsumer(inquiry: Inquiry, broker: Broker, groupIds: string[]): Promise<Descriptions> {
  if (groupIds.length === 0) return success(new Map());
  const outcome = await inquiry.ask(broker, CONSUMER_GROUP_DESCRIBE, groupIds, false);
  if (!outcome.ok) return outcome;
  return success(
    new Map(
      outcome.value.groups.map((group) => [
        group.groupId,
        failureOfCode(group.errorCode) ?? success(consumerDescription(group)),
      ]),
    ),
  );
}

/** The description of one group in what a coordinator said. */
export function descriptionOf(descriptions: Descriptions, groupId: string): Outcome<Description> {
  if (!descriptions.ok) return descriptions;
  return descriptions.value.get(groupId) ?? failure('the coordinator did not describe it', true);
}

function classicDescription(group: ClassicGroup): Description {
  return {
    state: stateOf(group.groupState),
    assignor: group.protocolData === '' ? absent : known(group.protocolData),
    members: classicMembers(group),
  };
}

function classicMembers(group: ClassicGroup): Description['members'] {
  try {
    return known(
      group.members.map((member) => ({
        memberId: member.memberId,
        clientId: member.clientId,
        host: addressOf(member.clientHost),
        ...(typeof member.groupInstanceId === 'string' ? { groupInstanceId: member.groupInstanceId } : {}),
        assignment: decodeAssignment(member.memberAssignment),
      })),
    );
  } catch {
    return unknown('a member has an assignment that cannot be decoded');
  }
}

function consumerDescription(group: ConsumerGroup): Description {
  return {
    state: stateOf(group.groupState),
    assignor: group.assignorName === '' ? absent : known(group.assignorName),
    members: known(
      group.members.map((member) => ({
        memberId: member.memberId,
        clientId: member.clientId,
        host: addressOf(member.clientHost),
        ...(typeof member.instanceId === 'string' ? { groupInstanceId: member.instanceId } : {}),
        assignment: member.assignment.topicPartitions.flatMap(({ topicName, partitions }) =>
          partitions.map((partition) => ({ topic: topicName, partition })),
        ),
      })),
    ),
  };
}
