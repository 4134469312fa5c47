/** Groups, their commits and members, as far as kafkajs returns them. */
import { AssignerProtocol, type GroupDescription } from 'kafkajs';
import { GROUP_STATES, type GroupReading, type Member, type TopicPartition } from '#core/kafka/model.ts';
import { absent, known, type Reading, unknown } from '#core/kafka/reading.ts';
import type { KafkajsOutcome } from './failures.ts';
import { LIMITS } from './limits.ts';
import type { Session } from './session.ts';

/** A committed offset; `absent` where the group has none. */
export type KafkajsCommit = TopicPartition & { readonly offset: Reading<bigint> };

/** What DescribeGroups returns for a group. */
export type Description = Pick<GroupReading, 'type' | 'state' | 'assignor' | 'epoch' | 'members'>;

/** All commits of one group, or none: kafkajs drops the whole answer when one partition fails. */
export async function fetchCommits(
  session: Session,
  groupId: string,
): Promise<KafkajsOutcome<readonly KafkajsCommit[]>> {
  // No topics means all topics of the group.
  const outcome = await session.send((admin) => admin.fetchOffsets({ groupId }));
  if (!outcome.ok) return outcome;
  const value = outcome.value.flatMap(({ topic, partitions }) =>
    partitions.map(({ partition, offset }) => ({
      topic,
      partition,
      offset: BigInt(offset) < 0n ? absent : known(BigInt(offset)),
    })),
  );
  return { ok: true, value };
}

/**
 * Describes groups. kafkajs drops the whole answer when one group fails. The request is then halved
 * until the group is alone.
 *
 * @returns a description for each group; all its parts are unknown where there was no answer
 */
export async function describeGroups(
  session: Session,
  groupIds: readonly string[],
): Promise<ReadonlyMap<string, Description>> {
  if (groupIds.length === 0) return new Map();
  const outcome = await session.send((admin) => admin.describeGroups([...groupIds]));
  if (outcome.ok) {
    const described = new Map(outcome.value.groups.map((group) => [group.groupId, describe(group)]));
    return new Map(groupIds.map((id) => [id, described.get(id) ?? nothing('the coordinator did not describe it')]));
  }
  if (groupIds.length === 1) return new Map(groupIds.map((id) => [id, nothing(outcome.reason)]));
  const middle = Math.ceil(groupIds.length / 2);
  const left = await describeGroups(session, groupIds.slice(0, middle));
  const right = await describeGroups(session, groupIds.slice(middle));
  return new Map([...left, ...right]);
}

const nothing = (reason: string): Description => ({
  type: 'unknown',
  state: unknown(reason),
  assignor: unknown(reason),
  epoch: unknown(reason),
  members: unknown(reason),
});

function describe(group: GroupDescription): Description {
  // The group was listed a moment ago, so it cannot be dead.
  if (group.state === 'Dead') return nothing(LIMITS.newProtocol);
  const state = GROUP_STATES.find((candidate) => candidate === group.state);
  return {
    type: 'classic',
    state: state === undefined ? unknown(`group state ${JSON.stringify(group.state)} is not known`) : known(state),
    assignor: group.protocol === '' ? absent : known(group.protocol),
    epoch: absent,
    members: membersOf(group),
  };
}

function membersOf(group: GroupDescription): Reading<readonly Member[]> {
  try {
    return known(
      group.members.map(({ memberId, clientId, clientHost, memberAssignment }) => ({
        memberId,
        clientId,
        host: clientHost.replace(/^\//, ''),
        assignment: assignmentOf(memberAssignment),
      })),
    );
  } catch {
    return unknown('a member has an assignment that cannot be decoded');
  }
}

function assignmentOf(bytes: Buffer): readonly TopicPartition[] {
  const decoded = bytes.length === 0 ? null : AssignerProtocol.MemberAssignment.decode(bytes);
  return Object.entries(decoded?.assignment ?? {}).flatMap(([topic, partitions]) =>
    partitions.map((partition) => ({ topic, partition })),
  );
}
