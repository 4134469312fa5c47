/** The clusters of an account and Region, from the MSK API. */

import {
  DescribeClusterV2Command,
  GetBootstrapBrokersCommand,
  KafkaClient,
  paginateListClustersV2,
  type Cluster as SdkCluster,
} from '@aws-sdk/client-kafka';
import { messageOf } from '#core/errors.ts';
import { known, unknown } from '#core/kafka/reading.ts';
import type { Cluster, ClusterFacts, ClusterType } from '#core/msk/cluster.ts';
import { DiscoveryError } from '#core/msk/discovery-error.ts';
import type { ClusterDirectory } from '#core/ports.ts';
import { present } from '#core/text/json.ts';
import { endpointsOf } from './endpoints.ts';
import { discoveryError, isBadRequest } from './failures.ts';

/** Clusters in one page: the most that MSK allows. */
const PAGE = 100;

/**
 * A client for the Region, or for that of the environment. Its timeouts are seconds, not minutes.
 */
export const mskClient = (region?: string): KafkaClient =>
  new KafkaClient({
    ...present({ region }),
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  });

/** The clusters that the client's account has in its Region. */
export function createMskClusterDirectory({ client }: { readonly client: KafkaClient }): ClusterDirectory {
  return {
    async list(namePrefix) {
      const filter = present({ ClusterNameFilter: namePrefix });
      const found: SdkCluster[] = [];
      try {
        for await (const page of paginateListClustersV2({ client, pageSize: PAGE }, filter)) {
          found.push(...(page.ClusterInfoList ?? []));
        }
      } catch (error) {
        throw discoveryError(error, 'ListClustersV2', 'the clusters of this account and Region');
      }
      return found.map((cluster) => ({ ...factsOf(cluster), tags: cluster.Tags ?? {} }));
    },

    async describe(arn) {
      const cluster = await describe(client, arn);
      return { ...factsOf(cluster), endpoints: await readEndpoints(client, arn, cluster) };
    },
  };
}

async function describe(client: KafkaClient, arn: string): Promise<SdkCluster> {
  try {
    const { ClusterInfo } = await client.send(new DescribeClusterV2Command({ ClusterArn: arn }));
    if (ClusterInfo !== undefined) return ClusterInfo;
  } catch (error) {
    throw discoveryError(error, 'DescribeClusterV2', `cluster ${arn}`);
  }
  throw new DiscoveryError(`DescribeClusterV2 returned nothing for cluster ${arn}`);
}

/** MSK does not name the brokers of a cluster that is being created or deleted, or has failed. */
async function readEndpoints(client: KafkaClient, arn: string, cluster: SdkCluster): Promise<Cluster['endpoints']> {
  try {
    return known(endpointsOf(await client.send(new GetBootstrapBrokersCommand({ ClusterArn: arn })), cluster));
  } catch (error) {
    if (isBadRequest(error)) return unknown(messageOf(error));
    throw discoveryError(error, 'GetBootstrapBrokers', `cluster ${arn}`);
  }
}

function factsOf(cluster: SdkCluster): ClusterFacts {
  const { ClusterArn = 'unknown', ClusterName = 'unknown', State = 'unknown', Provisioned } = cluster;
  const kafkaVersion = Provisioned?.CurrentBrokerSoftwareInfo?.KafkaVersion;
  const brokers = Provisioned?.NumberOfBrokerNodes;
  return {
    arn: ClusterArn,
    name: ClusterName,
    type: typeOf(cluster),
    state: State,
    ...present({ kafkaVersion, brokers }),
  };
}

/** An Express cluster is a provisioned one whose instance type says so. */
function typeOf({ ClusterType: type, Provisioned }: SdkCluster): ClusterType {
  if (type === 'SERVERLESS') return 'serverless';
  const instance = Provisioned?.BrokerNodeGroupInfo?.InstanceType;
  if (type !== 'PROVISIONED' || instance === undefined) return 'unknown';
  return instance.startsWith('express.') ? 'express' : 'standard';
}
