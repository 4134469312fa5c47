/** What goes wrong between us and a broker, in words that a person can act on. */

import { protocolErrors, protocolErrorsCodesById, TimeoutError } from '@platformatic/kafka';
import { causesOf } from '#adapters/kafka-access/connection-problems.ts';
import type { LogFault } from '#core/kafka/model.ts';
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

/** No answer, or no connection, within the time of a request. */
export const isTimeout = (error: unknown): boolean => causesOf(error).some((cause) => cause instanceof TimeoutError);
