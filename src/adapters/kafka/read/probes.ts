/**
 * Requests by a name that nobody uses. A broker checks permission before existence, so a denial
 * means that we may not describe all names, and that brokers leave some of them out of their lists.
 */
import type { Broker } from '@platformatic/kafka';
import { failureOfCode, type Outcome, success } from '#adapters/kafka/protocol/failures.ts';
import { DESCRIBE_GROUPS, DESCRIBE_TRANSACTIONS, METADATA } from '#adapters/kafka/protocol/requests.ts';
import type { RequestSession } from '#adapters/kafka/session/request-session.ts';
import { describeConfigs } from './topic-configs.ts';

/** The name. No pattern that an operator would allow begins like it. */
export const PROBE = 'zq7.probe-of-msk-lag-watcher';

/** Names that we may not describe, each with the reason. The requests create nothing. */
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

/**
 * Groups that we may not describe, whether they exist or not. Every broker knows, not only the
 * coordinator.
 */
export async function deniedGroups(
  session: RequestSession,
  brokers: readonly Broker[],
  names: readonly string[],
): Promise<Outcome<Denials>> {
  if (names.length === 0) return success(new Map());
  const outcome = await session.sendToAny(brokers, DESCRIBE_GROUPS, [...names], false);
  if (!outcome.ok) return outcome;
  return success(denialsIn(outcome.value.groups.map(({ groupId, errorCode }) => ({ name: groupId, errorCode }))));
}

/** Topics that we may not describe, whether they exist or not. */
export async function deniedTopics(
  session: RequestSession,
  brokers: readonly Broker[],
  names: readonly string[],
): Promise<Outcome<Denials>> {
  if (names.length === 0) return success(new Map());
  const outcome = await session.sendToAny(brokers, METADATA, [...names], false, false);
  if (!outcome.ok) return outcome;
  return success(denialsIn(outcome.value.topics.map(({ name, errorCode }) => ({ name: name ?? '', errorCode }))));
}

/** Transactional ids that we may not describe, whether they exist or not. */
export async function deniedTransactions(
  session: RequestSession,
  brokers: readonly Broker[],
  names: readonly string[],
): Promise<Outcome<Denials>> {
  const outcome = await session.sendToAny(brokers, DESCRIBE_TRANSACTIONS, [...names]);
  if (!outcome.ok) return outcome;
  const states = outcome.value.transactionStates;
  return success(denialsIn(states.map(({ transactionalId, errorCode }) => ({ name: transactionalId, errorCode }))));
}

/** Topics whose configuration we may not describe, whether they exist or not. */
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
