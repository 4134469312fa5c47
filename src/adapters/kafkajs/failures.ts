/** What goes wrong in kafkajs, in words that a person can act on. */

import type { AuthKind } from '#core/msk/logins.ts';
import { present } from '#core/text/json.ts';

/** Nothing was told. */
export interface Failure {
  readonly ok: false;
  readonly reason: string;
  /** `host:port` of the broker that failed, where kafkajs says it. */
  readonly broker?: string;
  /** A moment later the answer may be another. */
  readonly again: boolean;
}

/** Outcome of asking for one thing. A failure is data here: it costs its part of a reading and no more. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | Failure;

/** What an error at the deadline says. */
export const DEADLINE_PASSED = 'the time for this reading was over';

/** Errors of the protocol that a moment, or another look for the coordinator or leader, can cure; kafkajs's names. */
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

/** Words for the errors of sockets and client; the first rule that fits speaks. */
const RULES: readonly (readonly [RegExp, string])[] = [
  [/ECONNREFUSED/, 'connection refused: nothing listens there'],
  [/ENOTFOUND|EAI_AGAIN|EAI_NONAME/, 'the host name cannot be resolved'],
  [/EHOSTUNREACH|ENETUNREACH/, 'there is no network route to it'],
  [
    /ERR_TLS_CERT_ALTNAME_INVALID|does not match certificate|altnames/,
    'its TLS certificate is for another host name; use the names of the bootstrap string, not an address or an alias',
  ],
  [
    /CERT_|UNABLE_TO_|self.signed|unable to verify/i,
    'its TLS certificate is not trusted: no authority that we trust signed it; give the CA of the cluster (ca, in PEM)',
  ],
  [/EPROTO|wrong version number|ERR_SSL|packet length too long/i, 'the port does not speak TLS, which auth AUTH needs'],
  [/Request .* timed out/, 'it accepted the connection and did not answer; is this a Kafka port?'],
  [/Connection timeout|ETIMEDOUT/, 'no connection came about in time; check security groups and routes'],
  [/Failed to find group coordinator/, 'no broker told its coordinator; kafkajs does not say why'],
  [/RangeError|out of range|ERR_BUFFER_OUT_OF_BOUNDS/, 'it answered something that is not Kafka'],
  [
    /Closed connection|Connection closed|Connection error|ECONNRESET|EPIPE/,
    'it closed the connection without an answer; is this a Kafka port, and one without TLS?',
  ],
];

/** The failure that an error stands for. */
export function failureOf(error: unknown, auth: AuthKind): Failure {
  const causes = causesOf(error);
  const type = causes.map((cause) => fieldOf(cause, 'type')).find((value) => value !== undefined);
  const broker = causes.map((cause) => fieldOf(cause, 'broker')).find((value) => value !== undefined);
  const unfound = causes.some((cause) => cause.name === 'KafkaJSGroupCoordinatorNotFound');
  return {
    ok: false,
    reason: type === undefined ? explain(causes, auth) : `${type}: ${lastMessage(causes).replace(/\.$/, '')}`,
    again: unfound || (type !== undefined && PASSING.has(type)),
    ...present({ broker }),
  };
}

/** Why the login failed, if that is what happened. */
export function refusalOf(error: unknown): string | undefined {
  const causes = causesOf(error);
  const signer = causes.find((cause) => cause.name === 'CredentialsProviderError');
  if (signer !== undefined) return `could not be logged in to: no AWS credentials: ${signer.message}`;
  const refused = causes.find((cause) => cause.name === 'KafkaJSSASLAuthenticationError');
  return refused === undefined ? undefined : `refused the login: ${refused.message}`;
}

function explain(causes: readonly Error[], auth: AuthKind): string {
  const text = causes.map((cause) => `${cause.name} ${cause.message} ${fieldOf(cause, 'code') ?? ''}`).join('\n');
  const words = RULES.find(([pattern]) => pattern.test(text))?.[1] ?? lastMessage(causes);
  const hint = auth === 'plaintext' ? ', and one without TLS?' : `, one of auth ${auth}?`;
  return words
    .replace('auth AUTH', `auth ${auth}`)
    .replace(', and one without TLS?', auth === 'iam' ? ', with IAM login?' : hint);
}

const lastMessage = (causes: readonly Error[]): string => causes.at(-1)?.message ?? 'it failed without a word';

/** Everything an error was caused by, itself first. */
function causesOf(error: unknown): readonly Error[] {
  const found: Error[] = [];
  for (let at = error; at instanceof Error && !found.includes(at); at = at.cause) found.push(at);
  return found.length === 0 ? [new Error(String(error))] : found;
}

function fieldOf(error: Error, field: 'type' | 'broker' | 'code'): string | undefined {
  const value: unknown = Reflect.get(error, field);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
