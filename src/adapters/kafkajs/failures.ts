/** What goes wrong in kafkajs, in words that a person can act on. */
import { causesOf, connectionProblem } from '#adapters/kafka-access/connection-problems.ts';
import type { AuthKind } from '#core/msk/logins.ts';
import { present } from '#core/text/json.ts';

/** A request without an answer. */
export interface KafkajsFailure {
  readonly ok: false;
  readonly reason: string;
  /** `host:port` of the broker that failed, where kafkajs names it. */
  readonly broker?: string;
  /** A moment later the answer may be another. */
  readonly again: boolean;
}

/** Outcome of one request. A failure is data here: it costs its part of a reading and no more. */
export type KafkajsOutcome<T> = { readonly ok: true; readonly value: T } | KafkajsFailure;

/** Message of an error at the deadline. */
export const DEADLINE_PASSED = 'the time for this reading was over';

/**
 * Protocol errors that time, or a new search for coordinator or leader, can cure. The names are
 * kafkajs's.
 */
const PASSING = new Set([
  'GROUP_LOAD_IN_PROGRESS',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR_FOR_GROUP',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'BROKER_NOT_AVAILABLE',
  'REPLICA_NOT_AVAILABLE',
  'REQUEST_TIMED_OUT',
  'NETWORK_EXCEPTION',
  'KAFKA_STORAGE_ERROR',
]);

/** The failure behind an error. */
export function failureOf(error: unknown, auth: AuthKind): KafkajsFailure {
  const causes = causesOf(error);
  const [type] = causes.flatMap((cause) => fieldOf(cause, 'type'));
  const [broker] = causes.flatMap((cause) => fieldOf(cause, 'broker'));
  const { id, text } = connectionProblem(error, auth);
  return {
    ok: false,
    reason: type === undefined ? text : `${type}: ${causes.at(-1)?.message.replace(/\.$/, '')}`,
    again: id === 'coordinator-not-found' || (type !== undefined && PASSING.has(type)),
    ...present({ broker }),
  };
}

/** Why the login failed; `undefined` when something else failed. */
export function loginFailure(error: unknown): string | undefined {
  const causes = causesOf(error);
  const signer = causes.find((cause) => cause.name === 'CredentialsProviderError');
  if (signer !== undefined) return `could not be logged in to: no AWS credentials: ${signer.message}`;
  const refused = causes.find((cause) => cause.name === 'KafkaJSSASLAuthenticationError');
  return refused === undefined ? undefined : `refused the login: ${refused.message}`;
}

function fieldOf(error: Error, field: 'type' | 'broker'): readonly string[] {
  const value: unknown = Reflect.get(error, field);
  return typeof value === 'string' && value !== '' ? [value] : [];
}
