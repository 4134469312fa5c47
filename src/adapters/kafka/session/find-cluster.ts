/** The brokers of a cluster, and whether we may see all of its groups. */

import type { Broker } from '@platformatic/kafka';
import { mayDescribe } from '#adapters/kafka/protocol/authorized-operations.ts';
import { failureOfCode, type Outcome, success } from '#adapters/kafka/protocol/failures.ts';
import { DESCRIBE_CLUSTER, METADATA } from '#adapters/kafka/protocol/requests.ts';
import { present } from '#core/text/json.ts';
import type { RequestSession } from './request-session.ts';

export interface Cluster {
  readonly brokers: readonly Broker[];
  /** As Kafka has it: random, from when the cluster was made. Absent when brokers tell none. */
  readonly id?: string;
  /** False: brokers list only the groups that we may describe, and do not say so. Absent when they do not tell. */
  readonly mayDescribe?: boolean;
}

/** Of a request's brokers, not of a quorum's controllers. */
const BROKERS = 1;

/** Asks the first of the candidates that answers. */
export async function findCluster(session: RequestSession, candidates: readonly Broker[]): Promise<Outcome<Cluster>> {
  const outcome = await session.askAny(candidates, DESCRIBE_CLUSTER, true, BROKERS);
  if (outcome.ok && failureOfCode(outcome.value.errorCode) === undefined) {
    const may = mayDescribe(outcome.value.clusterAuthorizedOperations);
    const brokers = outcome.value.brokers.map(({ host, port }) => ({ host, port }));
    return success({ brokers, ...idIn(outcome.value), ...present({ mayDescribe: may }) });
  }
  if (!outcome.ok && !outcome.unspoken) return outcome;
  const denied = outcome.ok && failureOfCode(outcome.value.errorCode)?.denied === true;
  const metadata = await session.askAny(candidates, METADATA, [], false, false);
  if (!metadata.ok) return metadata;
  const brokers = metadata.value.brokers.map(({ host, port }) => ({ host, port }));
  return success({ brokers, ...idIn(metadata.value), ...(denied ? { mayDescribe: false } : {}) });
}

const idIn = ({ clusterId }: { readonly clusterId?: string | null | undefined }) =>
  clusterId ? { id: clusterId } : {};
