/**
 * At deployment and every hour, outside the VPC: asks AWS for the cluster's brokers and stores the
 * answer.
 */

import { discoverySummary } from '#core/msk/discovered-cluster.ts';
import { type DiscoverWorld, discover } from '#flows/discover/discover.ts';
import { clustersOf, directoryOf, worldOf } from '#functions/support/aws.ts';
import { defaultLogger, tickHandler } from '#functions/support/handler.ts';

export const createHandler = (world: () => DiscoverWorld, logger = defaultLogger) =>
  tickHandler(
    'discover',
    async () => {
      const cluster = await discover(world());
      return { arn: cluster.arn, ...discoverySummary(cluster, world().clock.nowMs()), endpoints: cluster.endpoints };
    },
    logger,
  );

export const handler = createHandler(worldOf({ directory: directoryOf, clusters: clustersOf }));
