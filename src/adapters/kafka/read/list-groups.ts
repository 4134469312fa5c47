/** The groups of a cluster: each broker lists those that it coordinates. */
import type { Broker } from '@platformatic/kafka';
import { failureOfCode, type Outcome, success } from '#adapters/kafka/protocol/failures.ts';
import { LIST_GROUPS } from '#adapters/kafka/protocol/requests.ts';
import type { RequestSession } from '#adapters/kafka/session/request-session.ts';
import { brokerName } from '#adapters/kafka-access/bootstrap.ts';
import { commitsOffsets } from '#core/kafka/group-kind.ts';
import type { OtherGroup, ReadProblem } from '#core/kafka/model.ts';
import { known, type Reading, unknown } from '#core/kafka/reading.ts';

export interface ListedGroup {
  readonly groupId: string;
  /** The broker that listed the group. It coordinates the group, unless that has just moved. */
  readonly coordinator: Broker;
  /** `classic`, `consumer` (KIP-848), `streams` (KIP-1071), `share` (KIP-932). */
  readonly type: string;
  /**
   * As its members name it: `consumer`, `streams`, `connect`; empty for a group that never had
   * members.
   */
  readonly protocol: string;
}

/** A group without committed offsets of its own. */
export type ListedOther = ListedGroup & Pick<OtherGroup, 'state'>;

export interface GroupList {
  /** Groups that have committed offsets, or may have. */
  readonly groups: ReadonlyMap<string, ListedGroup>;
  readonly others: ReadonlyMap<string, ListedOther>;
  readonly problems: readonly ReadProblem[];
}

/** Lists the groups of all brokers. A broker that fails costs the groups it coordinates. */
export async function listGroups(session: RequestSession, brokers: readonly Broker[]): Promise<GroupList> {
  const answers = await Promise.all(
    brokers.map(async (broker) => ({ broker, answer: await listOne(session, broker) })),
  );
  const problems: ReadProblem[] = [];
  const listed = answers.flatMap(({ broker, answer }) => {
    if (answer.ok) return answer.value.map((entry) => groupOf(entry, broker));
    problems.push({ broker: brokerName(broker), request: LIST_GROUPS.name, reason: answer.reason });
    return [];
  });
  const byId = (groups: typeof listed) => new Map(groups.map((group) => [group.groupId, group]));
  return {
    groups: byId(listed.filter((group) => commitsOffsets(group.protocol))),
    others: byId(listed.filter((group) => !commitsOffsets(group.protocol))),
    problems,
  };
}

interface Entry {
  readonly groupId: string;
  readonly protocolType: string;
  readonly groupState?: string;
  readonly groupType?: string;
}

/** Brokers older than KIP-848 return no type: all their groups are classic. */
const groupOf = ({ groupId, protocolType, groupState = '', groupType = '' }: Entry, coordinator: Broker) => ({
  groupId,
  coordinator,
  type: groupType === '' ? 'classic' : groupType.toLowerCase(),
  protocol: protocolType,
  state: stateIn(groupState),
});

const stateIn = (text: string): Reading<string> =>
  text === '' ? unknown('a state in the list of groups needs Kafka 2.6') : known(text);

/** The groups of one broker, of all types. */
async function listOne(session: RequestSession, broker: Broker): Promise<Outcome<readonly Entry[]>> {
  for (let last = false; ; last = true) {
    const outcome = await session.send(broker, LIST_GROUPS, [], []);
    if (!outcome.ok) return outcome;
    const failed = failureOfCode(outcome.value.errorCode);
    if (failed === undefined) return success(outcome.value.groups);
    if (!failed.again || last) return failed;
    await session.pause();
  }
}
