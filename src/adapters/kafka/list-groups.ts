/** Which consumer groups there are: each broker lists those that it coordinates. */
import type { Broker } from '@platformatic/kafka';
import type { ReadProblem } from '../../core/kafka.ts';
import { failureOfCode } from './failures.ts';
import { brokerName, type Inquiry } from './inquiry.ts';
import { LIST_GROUPS } from './requests.ts';

export interface ListedGroup {
  readonly groupId: string;
  /** `classic` or `consumer` (KIP-848). */
  readonly type: string;
}

export interface GroupList {
  readonly groups: ReadonlyMap<string, ListedGroup>;
  /** Groups that are not of consumers (Kafka Connect, schema registries), with their protocol. */
  readonly others: ReadonlyMap<string, string>;
  readonly problems: readonly ReadProblem[];
}

/** Lists the groups of all brokers. A broker that fails costs the groups it coordinates. */
export async function listGroups(inquiry: Inquiry, brokers: readonly Broker[]): Promise<GroupList> {
  const groups = new Map<string, ListedGroup>();
  const others = new Map<string, string>();
  const problems: ReadProblem[] = [];
  const answers = await Promise.all(brokers.map((broker) => listOne(inquiry, broker)));
  for (const [index, answer] of answers.entries()) {
    const broker = brokers[index];
    if (typeof answer === 'string') {
      problems.push({
        broker: broker === undefined ? '' : brokerName(broker),
        request: LIST_GROUPS.name,
        reason: answer,
      });
      continue;
    }
    for (const { groupId, protocolType, type } of answer) {
      // A group of commits alone, without members ever, has no protocol.
      if (protocolType !== 'consumer' && protocolType !== '') others.set(groupId, protocolType);
      else groups.set(groupId, { groupId, type });
    }
  }
  return { groups, others, problems };
}

/** Brokers older than KIP-848 tell no type: all their groups are classic. */
const typed = (group: { groupId: string; protocolType: string; groupType?: string }) => ({
  groupId: group.groupId,
  protocolType: group.protocolType,
  type: group.groupType === undefined || group.groupType === '' ? 'classic' : group.groupType.toLowerCase(),
});

/** The groups of one broker, or why they are not known. */
async function listOne(inquiry: Inquiry, broker: Broker) {
  for (let last = false; ; last = true) {
    const outcome = await inquiry.ask(broker, LIST_GROUPS, [], ['classic', 'consumer']);
    if (!outcome.ok) return outcome.reason;
    const failed = failureOfCode(outcome.value.errorCode);
    if (failed === undefined) return outcome.value.groups.map(typed);
    if (!failed.again || last) return failed.reason;
    await inquiry.pause();
  }
}
