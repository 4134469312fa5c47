/** The brokers of a cluster, and whether we may see all its groups. */

import type { Broker } from '@platformatic/kafka';
import { mayDescribe } from '#adapters/kafka/protocol/authorized-operations.ts';
import { failureOfCode, type Outcome, success } from '#adapters/kafka/protocol/failures.ts';
import { DESCRIBE_CLUSTER, METADATA } from '#adapters/kafka/protocol/requests.ts';
import { present } from '#core/text/json.ts';
import type { RequestSession } from './request-session.ts';

export interface ClusterBrokers {
  readonly brokers: readonly Broker[];
  /**
   * Kafka's id of the cluster: random, made with the cluster. Absent when the brokers return none.
   */
  readonly id?: string;
  /**
   * False: brokers silently list only the groups that we may describe. Absent when they do not say.
   */
  readonly mayDescribe?: boolean;
}

/** Kind of endpoint: brokers, not controllers of a quorum. */
const BROKERS = 1;

/** The cluster, from the first candidate that answers. */
export async function findBrokers(
  session: RequestSession,
  candidates: readonly Broker[],
): Promise<Outcome<ClusterBrokers>> {
  const outcome = await session.sendToAny(candidates, DESCRIBE_CLUSTER, true, BROKERS);
  if (outcome.ok && failureOfCode(outcome.value.errorCode) === undefined) {
    const may = mayDescribe(outcome.value.clusterAuthorizedOperations);
    const brokers = outcome.value.brokers.map(({ host, port }) => ({ host, port }));
    return success({ brokers, ...idIn(outcome.value), ...present({ mayDescribe: may }) });
  }
  if (!outcome.ok && !outcome.unsupported) return outcome;
  const denied = outcome.ok && failureOfCode(outcome.value.errorCode)?.denied === true;
  const metadata = await session.sendToAny(candidates, METADATA, [], false, false);
  if (!metadata.ok) return metadata;
  const brokers = metadata.value.brokers.map(({ host, port }) => ({ host, port }));
  return success({ brokers, ...idIn(metadata.value), ...(denied ? { mayDescribe: false } : {}) });
}

const idIn = ({ clusterId }: { readonly clusterId?: string | null | undefined }) =>
  clusterId ? { id: clusterId } : {};
