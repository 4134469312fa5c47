/** Which groups there are: each broker lists those that it coordinates. */
import type { Broker } from '@platformatic/kafka';
import { known, type OtherGroup, type Reading, type ReadProblem, unknown } from '../../core/kafka.ts';
import { failureOfCode } from './failures.ts';
import { brokerName, type Inquiry } from './inquiry.ts';
import { LIST_GROUPS } from './requests.ts';

/** A group that has committed offsets, or may have. */
export interface ListedGroup {
  readonly groupId: string;
  /** `classic`, `consumer` (KIP-848) or `streams` (KIP-1071). */
  readonly type: string;
  /** What its members say they are: `consumer`, `streams`; empty for a group that never had any. */
  readonly protocol: string;
}

export interface GroupList {
  readonly groups: ReadonlyMap<string, ListedGroup>;
  /** Groups without committed offsets of their own. */
  readonly others: ReadonlyMap<string, OtherGroup>;
  readonly problems: readonly ReadProblem[];
}

/** Lists the groups of all brokers. A broker that fails costs the groups it coordinates. */
export async function listGroups(inquiry: Inquiry, brokers: readonly Broker[]): Promise<GroupList> {
  const groups = new Map<string, ListedGroup>();
  const others = new Map<string, OtherGroup>();
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
    for (const { state, ...group } of answer) {
      if (COMMITTING.includes(group.protocol)) groups.set(group.groupId, group);
      else others.set(group.groupId, { ...group, state });
    }
  }
  return { groups, others, problems };
}

/** Protocols whose groups commit offsets. A group of commits alone, without members ever, has none. */
const COMMITTING = ['consumer', 'streams', ''];

interface Entry {
  readonly groupId: string;
  readonly protocolType: string;
  readonly groupState?: string;
  readonly groupType?: string;
}

/** Brokers older than KIP-848 tell no type: all their groups are classic. */
const groupOf = ({ groupId, protocolType, groupState = '', groupType = '' }: Entry): OtherGroup => ({
  groupId,
  type: groupType === '' ? 'classic' : groupType.toLowerCase(),
  protocol: protocolType,
  state: stateIn(groupState),
});

const stateIn = (text: string): Reading<string> =>
  text === '' ? unknown('a state in the list of groups needs Kafka 2.6') : known(text);

/** The groups of one broker, of all types, or why they are not known. */
async function listOne(inquiry: Inquiry, broker: Broker) {
  for (let last = false; ; last = true) {
    const outcome = await inquiry.ask(broker, LIST_GROUPS, [], []);
    if (!outcome.ok) return outcome.reason;
    const failed = failureOfCode(outcome.value.errorCode);
    if (failed === undefined) return outcome.value.groups.map(groupOf);
    if (!failed.again || last) return failed.reason;
    await inquiry.pause();
  }
}
