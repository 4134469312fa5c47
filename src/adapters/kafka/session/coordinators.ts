/** Which broker coordinates which group. */
import type { Broker } from '@platformatic/kafka';
import { mapBounded } from '#adapters/kafka/connection/bounded.ts';
import {
  failure,
  failureOfCode,
  type Outcome,
  type RequestFailure,
  success,
} from '#adapters/kafka/protocol/failures.ts';
import { type CoordinatorAnswer, FIND_COORDINATOR, FIND_ONE_COORDINATOR } from '#adapters/kafka/protocol/requests.ts';
import { brokerNames } from '#adapters/kafka-access/bootstrap.ts';
import type { ReadProblem } from '#core/kafka/model.ts';
import type { RequestSession } from './request-session.ts';

/** Key type of consumer groups. */
const GROUP = 0;

export interface Coordinators {
  /** One entry for each group. */
  readonly byGroup: ReadonlyMap<string, Outcome<Broker>>;
  readonly problems: readonly ReadProblem[];
}

/**
 * The coordinator of each group: in one request where a broker supports that, else in one for each
 * group.
 */
export async function findCoordinators(
  session: RequestSession,
  brokers: readonly Broker[],
  groupIds: readonly string[],
): Promise<Coordinators> {
  const outcome = await session.sendToAny(brokers, FIND_COORDINATOR, GROUP, [...groupIds]);
  if (!outcome.ok && outcome.unsupported) return findEach(session, brokers, groupIds);
  if (!outcome.ok) {
    return { byGroup: new Map(groupIds.map((groupId) => [groupId, outcome])), problems: [problemOf(brokers, outcome)] };
  }
  const answers = new Map(outcome.value.coordinators.map((answer) => [answer.key, answer]));
  return { byGroup: new Map(groupIds.map((groupId) => [groupId, brokerIn(answers.get(groupId))])), problems: [] };
}

async function findEach(
  session: RequestSession,
  brokers: readonly Broker[],
  groupIds: readonly string[],
): Promise<Coordinators> {
  const outcomes = await mapBounded(groupIds, (groupId) =>
    session.sendToAny(brokers, FIND_ONE_COORDINATOR, GROUP, [groupId]),
  );
  const failed = outcomes.find((outcome) => !outcome.ok);
  const byGroup = new Map<string, Outcome<Broker>>();
  for (const [index, groupId] of groupIds.entries()) {
    const outcome = outcomes[index];
    // The answer does not repeat the group's id.
    byGroup.set(groupId, outcome?.ok === false ? outcome : brokerIn(outcome?.value.coordinators[0]));
  }
  return { byGroup, problems: failed === undefined || failed.ok ? [] : [problemOf(brokers, failed)] };
}

function brokerIn(answer: CoordinatorAnswer | undefined): Outcome<Broker> {
  if (answer === undefined) return failure('no broker named its coordinator', true);
  return failureOfCode(answer.errorCode) ?? success({ host: answer.host, port: answer.port });
}

const problemOf = (brokers: readonly Broker[], { reason }: RequestFailure): ReadProblem => ({
  broker: brokerNames(brokers),
  request: FIND_COORDINATOR.name,
  reason,
});
