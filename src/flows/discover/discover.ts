/**
 * Asks AWS for the watched cluster, and stores the answer where the functions in the VPC can read
 * it.
 */

import { SettingsError } from '#core/errors.ts';
import { chooseEndpoint, type EndpointChoice } from '#core/msk/cluster.ts';
import type { DiscoveredCluster } from '#core/msk/discovered-cluster.ts';
import type { Clock, ClusterDirectory, ClusterStore } from '#core/ports.ts';
import type { Settings } from '#core/settings.ts';

/** What a discovery needs. */
export interface DiscoverWorld {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly directory: ClusterDirectory;
  readonly clusters: ClusterStore;
}

/** The addresses that the functions use: private ones, for the login of the settings. */
export const endpointChoice = ({ auth }: Settings): EndpointChoice => ({ auth, network: 'private' });

/**
 * Stores the cluster as it is now. An answer without the needed addresses is an error. It is not
 * stored, so that it never replaces an answer that has them.
 *
 * @throws SettingsError without the cluster's ARN, or when the cluster does not offer the login
 * @throws DiscoveryError when AWS does not answer, or does not name the brokers
 */
export async function discover({ settings, clock, directory, clusters }: DiscoverWorld): Promise<DiscoveredCluster> {
  const { clusterArn } = settings;
  if (clusterArn === undefined) throw new SettingsError(['clusterArn: is not set, but discovery needs it']);
  const cluster = { ...(await directory.describe(clusterArn)), atMs: clock.nowMs() };
  chooseEndpoint(cluster, endpointChoice(settings));
  await clusters.save(cluster);
  return cluster;
}
