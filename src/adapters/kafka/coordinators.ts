/** Which broker coordinates which group. */
import type { Broker } from '@platformatic/kafka';
import type { ReadProblem } from '../../core/kafka.ts';
import { failure, failureOfCode, type Outcome, success } from './failures.ts';
import { brokerNames, type Inquiry } from './inquiry.ts';
import { FIND_COORDINATOR } from './requests.ts';

/** Key type of consumer groups. */
const GROUP = 0;

export interface Coordinators {
  /** One entry for each group asked for. */
  readonly byGroup: ReadonlyMap<string, Outcome<Broker>>;
  readonly problems: readonly ReadProblem[];
}

/** The coordinator of each group, all in one request. */
export async function findCoordinators(
  inquiry: Inquiry,
  brokers: readonly Broker[],
  groupIds: readonly string[],
): Promise<Coordinators> {
  const outcome = await inquiry.askAny(brokers, FIND_COORDINATOR, GROUP, [...groupIds]);
  if (!outcome.ok) {
    const problem = { broker: brokerNames(brokers), request: FIND_COORDINATOR.name, reason: outcome.reason };
    return { byGroup: new Map(groupIds.map((groupId) => [groupId, outcome])), problems: [problem] };
  }
  const answers = new Map(outcome.value.coordinators.map((answer) => [answer.key, answer]));
  const coordinatorOf = (groupId: string): Outcome<Broker> => {
    const answer = answers.get(groupId);
    if (answer === undefined) return failure('no broker told its coordinator', true);
    return failureOfCode(answer.errorCode) ?? success({ host: answer.host, port: answer.port });
  };
  return { byGroup: new Map(groupIds.map((groupId) => [groupId, coordinatorOf(groupId)])), problems: [] };
}
