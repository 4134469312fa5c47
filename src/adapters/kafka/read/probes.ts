/**
 * Asks for things by names that nobody uses: a broker checks the permission before it looks whether a thing exists. So a
 * name that is denied says that we may not describe things of all names, and that brokers leave some out of their lists.
 */
import type { Broker } from '@platformatic/kafka';
import { failureOfCode, type Outcome, success } from '#adapters/kafka/protocol/failures.ts';
import { DESCRIBE_GROUPS, DESCRIBE_TRANSACTIONS, METADATA } from '#adapters/kafka/protocol/requests.ts';
import type { RequestSession } from '#adapters/kafka/session/request-session.ts';
import { describeConfigs } from './topic-configs.ts';

/** The name that is asked for; no pattern of names that people allow begins like it. */
export const PROBE = 'zq7.probe-of-msk-lag-watcher';

/** Which of the names may not be described, and the reason of each. No name is made by asking. */
export type Denials = ReadonlyMap<string, string>;

interface Answered {
  readonly name: string;
  readonly errorCode: number;
}

const denialsIn = (answers: readonly Answered[]): Denials =>
  new Map(
    answers.flatMap(({ name, errorCode }) => {
      const failed = failureOfCode(errorCode);
      return failed?.denied ? [[name, failed.reason] as const] : [];
    }),
  );

/** Groups that may not be described, whether they exist or not. Any broker knows, not the coordinator alone. */
export async function deniedGroups(
  session: RequestSession,
  brokers: readonly Broker[],
  names: readonly string[],
): Promise<Outcome<Denials>> {
  if (names.length === 0) return success(new Map());
  const outcome = await session.askAny(brokers, DESCRIBE_GROUPS, [...names], false);
  if (!outcome.ok) return outcome;
  return success(denialsIn(outcome.value.groups.map(({ groupId, errorCode }) => ({ name: groupId, errorCode }))));
}

/** Topics that may not be described, whether they exist or not. */
export async function deniedTopics(
  session: RequestSession,
  brokers: readonly Broker[],
  names: readonly string[],
): Promise<Outcome<Denials>> {
  if (names.length === 0) return success(new Map());
  const outcome = await session.askAny(brokers, METADATA, [...names], false, false);
  if (!outcome.ok) return outcome;
  return success(denialsIn(outcome.value.topics.map(({ name, errorCode }) => ({ name: name ?? '', errorCode }))));
}

/** Transactional ids that may not be described, whether they exist or not. */
export async function deniedTransactions(
  session: RequestSession,
  brokers: readonly Broker[],
  names: readonly string[],
): Promise<Outcome<Denials>> {
  const outcome = await session.askAny(brokers, DESCRIBE_TRANSACTIONS, [...names]);
  if (!outcome.ok) return outcome;
  const states = outcome.value.transactionStates;
  return success(denialsIn(states.map(({ transactionalId, errorCode }) => ({ name: transactionalId, errorCode }))));
}

/** Topics whose configuration may not be described, whether they exist or not. */
export async function deniedConfigs(
  session: RequestSession,
  brokers: readonly Broker[],
  names: readonly string[],
): Promise<Outcome<Denials>> {
  const outcome = await describeConfigs(session, brokers, names);
  if (!outcome.ok) return outcome;
  return success(
    denialsIn(outcome.value.results.map(({ resourceName, errorCode }) => ({ name: resourceName, errorCode }))),
  );
}
