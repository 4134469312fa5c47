/** Asks AWS for the watched cluster, and leaves the answer where the functions in the VPC can read it. */

import { SettingsError } from '#core/errors.ts';
import { chooseEndpoint, type EndpointChoice } from '#core/msk/cluster.ts';
import type { DiscoveredCluster } from '#core/msk/discovered-cluster.ts';
import type { Clock, ClusterDirectory, ClusterStore } from '#core/ports.ts';
import type { Settings } from '#core/settings.ts';

/** What discovering needs. */
export interface DiscoverWorld {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly directory: ClusterDirectory;
  readonly clusters: ClusterStore;
}

/** The brokers that the functions use: in the VPC, by the login of the settings. */
export const endpointChoice = ({ auth }: Settings): EndpointChoice => ({ auth, network: 'private' });

/**
 * Stores the cluster as it is now. An answer without the brokers that are needed is an error and is not stored: it must
 * not take the place of one with them.
 *
 * @throws SettingsError without the cluster's ARN, or when the cluster does not offer the login; DiscoveryError
 */
export async function discover({ settings, clock, directory, clusters }: DiscoverWorld): Promise<DiscoveredCluster> {
  const { clusterArn } = settings;
  if (clusterArn === undefined) throw new SettingsError(['clusterArn: is needed to discover the cluster and not set']);
  const cluster = { ...(await directory.describe(clusterArn)), atMs: clock.nowMs() };
  chooseEndpoint(cluster, endpointChoice(settings));
  await clusters.save(cluster);
  return cluster;
}
