/** Every minute, in the VPC: reads all groups and publishes their lag. */

import { discoverySummary } from '#core/msk/discovered-cluster.ts';
import type { Clock, OffsetsReader } from '#core/ports.ts';
import { present } from '#core/text/json.ts';
import type { Ports } from '#core/world.ts';
import { DiscoveredReader } from '#flows/discover/discovered-reader.ts';
import { poll } from '#flows/poll.ts';
import { historyOf, metricsOf, worldOf } from '#functions/support/aws.ts';
import { offsetsOf } from '#functions/support/brokers.ts';
import { defaultLogger, tickHandler } from '#functions/support/handler.ts';

/** Problems in the log line of one poll. Thousands of groups may have the same one. */
const MAX_PROBLEMS = 20;

export const createHandler = (world: () => Ports<'offsets' | 'history' | 'metrics'>, logger = defaultLogger) =>
  tickHandler(
    'poll',
    async () => {
      const { offsets, clock } = world();
      const { groups, coverage, requests, groupsUnreadable, statuses, problems } = await poll(world());
      const shown = problems.slice(0, MAX_PROBLEMS);
      const more = problems.length - shown.length;
      return {
        groups: groups.length,
        coverage: coverage ?? 'unknown',
        requests,
        groupsUnreadable,
        statuses,
        problems: shown,
        more,
        ...discovered(offsets, clock),
      };
    },
    logger,
  );

/** The cluster as it was discovered; nothing where the settings name the brokers. */
function discovered(offsets: OffsetsReader, clock: Clock) {
  if (!(offsets instanceof DiscoveredReader) || offsets.cluster === undefined) return {};
  const { cluster, problem } = offsets;
  return { cluster: discoverySummary(cluster, clock.nowMs()), ...present({ clusterProblem: problem }) };
}

export const handler = createHandler(worldOf({ offsets: offsetsOf, history: historyOf, metrics: metricsOf }));
