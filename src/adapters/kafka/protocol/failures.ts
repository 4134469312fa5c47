/** What goes wrong between us and a broker, in words that a person can act on. */

import { protocolErrors, protocolErrorsCodesById, TimeoutError } from '@platformatic/kafka';
import type { LogFault } from '#core/kafka/model.ts';
import type { AuthKind } from '#core/msk/logins.ts';
import { present } from '#core/text/json.ts';

/** Nothing was told. */
export interface Failure {
  readonly ok: false;
  readonly reason: string;
  /** Another broker, or the same one a moment later, may tell. Always so when a request failed as a whole. */
  readonly again: boolean;
  /** The request was not sent: the broker speaks none of its versions. Another form of it may do. */
  readonly unspoken?: true;
  /** What it means for a partition's log, where that has a name. */
  readonly fault?: LogFault;
  /** We may not describe it. */
  readonly denied?: true;
}

/** Outcome of asking for one thing. A failure is data here: it costs its part of a reading and no more. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | Failure;

/** Something was answered. */
export const success = <T>(value: T): Outcome<T> => ({ ok: true, value });
/** Nothing was answered, or an error. */
export const failure = (reason: string, again: boolean): Failure => ({ ok: false, reason, again });

/** Errors that a refresh of coordinators or leaders, or a moment, can cure. */
const PASSING = new Set([
  'COORDINATOR_LOAD_IN_PROGRESS',
  'COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_OR_FOLLOWER',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'OFFSET_NOT_AVAILABLE',
  'BROKER_NOT_AVAILABLE',
  'REPLICA_NOT_AVAILABLE',
  'REQUEST_TIMED_OUT',
  'NETWORK_EXCEPTION',
  'KAFKA_STORAGE_ERROR',
]);

const FAULTS: Readonly<Record<string, LogFault>> = {
  TOPIC_AUTHORIZATION_FAILED: 'denied',
  LEADER_NOT_AVAILABLE: 'no-leader',
};

/** What to allow where an ACL or a policy denies. */
const DENIED: Readonly<Record<string, string>> = {
  CLUSTER_AUTHORIZATION_FAILED: 'Describe on the cluster (IAM: kafka-cluster:DescribeCluster)',
  GROUP_AUTHORIZATION_FAILED: 'Describe on the group (IAM: kafka-cluster:DescribeGroup)',
  TOPIC_AUTHORIZATION_FAILED: 'Describe on the topic (IAM: kafka-cluster:DescribeTopic)',
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
    'Describe on the transactional id (IAM: kafka-cluster:DescribeTransactionalId)',
};

/** The failure that an error code of a response stands for; `undefined` for 0. */
export function failureOfCode(code: number): Failure | undefined {
  if (code === 0) return undefined;
  const id = idOf(code);
  const message = id === undefined ? undefined : protocolErrors[id]?.message;
  const reason = `${id ?? `error code ${code}`}${message === undefined ? '' : `: ${message.replace(/\.$/, '')}`}`;
  const fault = FAULTS[id ?? ''];
  const named = present({ fault });
  const right = DENIED[id ?? ''];
  if (right !== undefined) return { ...failure(`${reason}; allow ${right}`, false), denied: true, ...named };
  return { ...failure(reason, id !== undefined && PASSING.has(id)), ...named };
}

/** True when the code has this name in the protocol guide. */
export const isCode = (code: number, name: string): boolean => idOf(code) === name;

const idOf = (code: number): string | undefined => protocolErrorsCodesById[code];

/** Everything an error was caused by, itself first. */
export function causesOf(error: unknown): readonly Error[] {
  const found: Error[] = [];
  const visit = (value: unknown): void => {
    if (!(value instanceof Error) || found.includes(value)) return;
    found.push(value);
    if (value instanceof AggregateError) value.errors.forEach(visit);
    visit(value.cause);
  };
  visit(error);
  return found;
}

/** No answer, or no connection, within the time of a request. */
export const isTimeout = (error: unknown): boolean => causesOf(error).some((cause) => cause instanceof TimeoutError);

/** What is known of a connection that failed. */
interface Attempt {
  readonly auth: AuthKind;
  /** It was new, and had told its versions before it failed. */
  readonly welcomed: boolean;
}

/** Words for the errors of sockets and client; the first rule that fits speaks. */
const RULES: readonly (readonly [RegExp, string | ((attempt: Attempt) => string)])[] = [
  [/ECONNREFUSED/, 'connection refused: nothing listens there'],
  [/ENOTFOUND|EAI_AGAIN|EAI_NONAME/, 'the host name cannot be resolved'],
  [/EHOSTUNREACH|ENETUNREACH/, 'there is no network route to it'],
  [/Broker requires TLS/, 'the port speaks TLS, which auth plaintext does not'],
  [
    /ERR_TLS_CERT_ALTNAME_INVALID/,
    'its TLS certificate is for another host name; use the names of the bootstrap string, not an address or an alias',
  ],
  [/CERT_HAS_EXPIRED/, 'its TLS certificate has expired; the cluster has to renew it'],
  [
    /UNABLE_TO_|CERT_UNTRUSTED|SELF_SIGNED|self.signed/i,
    'its TLS certificate is not trusted: no authority that we trust signed it; give the CA of the cluster (ca, in PEM)',
  ],
  [
    /TLS handshake failed|EPROTO|wrong version number|packet length too long|ERR_SSL/i,
    ({ auth }) => `the port does not speak TLS, which auth ${auth} needs`,
  ],
  [/CERT/, 'its TLS certificate is not trusted'],
  [/Request timed out/, 'it accepted the connection and did not answer; is this a Kafka port?'],
  [/Connection to .* timed out|ETIMEDOUT/, 'no connection came about in time; check security groups and routes'],
  [/correlation_id|out of range|OUT_OF_BOUNDS|outside buffer bounds/i, 'it answered something that is not Kafka'],
  [/Connection closed|Connection error|ECONNRESET|EPIPE/, closedWords],
];

/** One line on why a broker could not be asked. `welcomed`: a new connection had told its versions before it failed. */
export function explainFailure(error: unknown, auth: AuthKind, welcomed = false): string {
  const causes = causesOf(error);
  const text = causes.map((cause) => `${cause.message} ${'code' in cause ? cause.code : ''}`).join('\n');
  const words = RULES.find(([pattern]) => pattern.test(text))?.[1];
  if (words === undefined) return causes.at(-1)?.message ?? String(error);
  return typeof words === 'string' ? words : words({ auth, welcomed });
}

function closedWords({ auth, welcomed }: Attempt): string {
  const closed = 'it closed the connection without an answer';
  if (auth === 'iam') return `${closed}; is this a Kafka port, with IAM login?`;
  if (auth === 'plaintext') return `${closed}; is this a Kafka port, and one without TLS?`;
  if (auth === 'scram') return `${closed}; is this a Kafka port, with SCRAM login?`;
  if (!welcomed) return `${closed}; is this a Kafka port, with TLS?`;
  return `${closed}, as a port does that demands a login: use auth scram or iam, or the port of auth ${auth}`;
}
