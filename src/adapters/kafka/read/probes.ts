/**
 * Requests by a name that is not in use. A broker checks permission before existence, so a denial
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

type Probe = (
  session: RequestSession,
  brokers: readonly Broker[],
  names: readonly string[],
) => Promise<Outcome<Denials>>;

interface Answered {
  readonly name: string;
  readonly errorCode: number;
}

function denialsIn<T>(outcome: Outcome<T>, answersIn: (value: T) => readonly Answered[]): Outcome<Denials> {
  if (!outcome.ok) return outcome;
  const denied = answersIn(outcome.value).flatMap(({ name, errorCode }) => {
    const failed = failureOfCode(errorCode);
    return failed?.denied ? [[name, failed.reason] as const] : [];
  });
  return success(new Map(denied));
}

/**
 * Groups that we may not describe, whether they exist or not. Every broker knows, not only the
 * coordinator.
 */
export const deniedGroups: Probe = async (session, brokers, names) => {
  if (names.length === 0) return success(new Map());
  const outcome = await session.sendToAny(brokers, DESCRIBE_GROUPS, [...names], false);
  return denialsIn(outcome, ({ groups }) => groups.map(({ groupId: name, errorCode }) => ({ name, errorCode })));
};

/** Topics that we may not describe, whether they exist or not. */
export const deniedTopics: Probe = async (session, brokers, names) => {
  if (names.length === 0) return success(new Map());
  const outcome = await session.sendToAny(brokers, METADATA, [...names], false, false);
  return denialsIn(outcome, ({ topics }) => topics.map(({ name, errorCode }) => ({ name: name ?? '', errorCode })));
};

/** Transactional ids that we may not describe, whether they exist or not. */
export const deniedTransactions: Probe = async (session, brokers, names) => {
  const outcome = await session.sendToAny(brokers, DESCRIBE_TRANSACTIONS, [...names]);
  return denialsIn(outcome, ({ transactionStates }) =>
    transactionStates.map(({ transactionalId: name, errorCode }) => ({ name, errorCode })),
  );
};

/** Topics whose configuration we may not describe, whether they exist or not. */
export const deniedConfigs: Probe = async (session, brokers, names) => {
  const outcome = await describeConfigs(session, brokers, names);
  return denialsIn(outcome, ({ results }) => results.map(({ resourceName: name, errorCode }) => ({ name, errorCode })));
};
