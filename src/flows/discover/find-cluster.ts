/** From what a person calls a cluster to the cluster. */
import { type Cluster, type ClusterSelector, chooseCluster } from '#core/msk/cluster.ts';
import type { ClusterDirectory } from '#core/ports.ts';

/**
 * The one cluster that is meant.
 *
 * @throws DiscoveryError, SettingsError
 */
export async function findCluster(directory: ClusterDirectory, selector: ClusterSelector): Promise<Cluster> {
  if (selector.kind === 'arn') return directory.describe(selector.arn);
  const listed = await directory.list(selector.kind === 'name' ? selector.name : undefined);
  return directory.describe(chooseCluster(listed, selector).arn);
}
