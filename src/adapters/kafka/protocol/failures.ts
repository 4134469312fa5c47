/** Errors that brokers return, in words that a person can act on. */

import { protocolErrors, protocolErrorsCodesById, TimeoutError } from '@platformatic/kafka';
import { causesOf } from '#adapters/kafka-access/connection-problems.ts';
import type { LogFault } from '#core/kafka/model.ts';
import { present } from '#core/text/json.ts';

/** A request without an answer, or an error in the answer. */
export interface RequestFailure {
  readonly ok: false;
  readonly reason: string;
  /**
   * Another broker, or a second request, may succeed. Always true when a request failed as a whole.
   */
  readonly again: boolean;
  /**
   * The request was not sent: the broker supports none of its versions. Another form of it may
   * work.
   */
  readonly unsupported?: true;
  /** The fault of a partition's log, where it has a name. */
  readonly fault?: LogFault;
  /** We lack the permission to describe it. */
  readonly denied?: true;
}

/**
 * Outcome of one request, or of one item in it. A failure is data: it costs only its part of a
 * reading.
 */
export type Outcome<T> = { readonly ok: true; readonly value: T } | RequestFailure;

export const success = <T>(value: T): Outcome<T> => ({ ok: true, value });
export const failure = (reason: string, again: boolean): RequestFailure => ({ ok: false, reason, again });

/** Errors that time, or a new search for coordinator or leader, can cure. */
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

/** Permissions to add where an ACL or a policy denies. */
const DENIED: Readonly<Record<string, string>> = {
  CLUSTER_AUTHORIZATION_FAILED: 'Describe on the cluster (IAM: kafka-cluster:DescribeCluster)',
  GROUP_AUTHORIZATION_FAILED: 'Describe on the group (IAM: kafka-cluster:DescribeGroup)',
  TOPIC_AUTHORIZATION_FAILED: 'Describe on the topic (IAM: kafka-cluster:DescribeTopic)',
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
    'Describe on the transactional id (IAM: kafka-cluster:DescribeTransactionalId)',
};

/** The failure behind an error code; `undefined` for 0. */
export function failureOfCode(code: number): RequestFailure | undefined {
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

/** The code has this name in the protocol guide. */
export const isCode = (code: number, name: string): boolean => idOf(code) === name;

const idOf = (code: number): string | undefined => protocolErrorsCodesById[code];

/** A request or a connection timed out. */
export const isTimeout = (error: unknown): boolean => causesOf(error).some((cause) => cause instanceof TimeoutError);
