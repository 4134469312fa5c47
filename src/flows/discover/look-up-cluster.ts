/** From the name that a person gives a cluster to the cluster. */
import { type Cluster, type ClusterSelector, chooseCluster } from '#core/msk/cluster.ts';
import type { ClusterDirectory } from '#core/ports.ts';

/**
 * The one cluster that a selector matches, as AWS describes it now.
 *
 * @throws DiscoveryError when there is none or AWS does not answer; SettingsError when there are
 * several
 */
export async function lookUpCluster(directory: ClusterDirectory, selector: ClusterSelector): Promise<Cluster> {
  if (selector.kind === 'arn') return directory.describe(selector.arn);
  const listed = await directory.list(selector.kind === 'name' ? selector.name : undefined);
  return directory.describe(chooseCluster(listed, selector).arn);
}
