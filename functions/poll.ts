/** Every minute, in the VPC: reads all groups and publishes their lag. */
import { summaryOf } from '../src/core/discovered-cluster.ts';
import type { Clock, OffsetsReader } from '../src/core/ports.ts';
import type { Part } from '../src/core/world.ts';
import { DiscoveredReader } from '../src/flows/discovered-reader.ts';
import { poll } from '../src/flows/poll.ts';
import { historyOf, metricsOf, worldOf } from './support/aws.ts';
import { offsetsOf } from './support/brokers.ts';
import { defaultLogger, tickHandler } from './support/handler.ts';

/** Problems in the log line of one poll; thousands of groups may have the same one. */
const MAX_PROBLEMS = 20;

export const createHandler = (world: () => Part<'offsets' | 'history' | 'metrics'>, logger = defaultLogger) =>
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

/** What is known of the cluster, when it was discovered. */
function discovered(offsets: OffsetsReader, clock: Clock) {
  if (!(offsets instanceof DiscoveredReader) || offsets.cluster === undefined) return {};
  const { cluster, problem } = offsets;
  return { cluster: summaryOf(cluster, clock.nowMs()), ...(problem === undefined ? {} : { clusterProblem: problem }) };
}

export const handler = createHandler(worldOf({ offsets: offsetsOf, history: historyOf, metrics: metricsOf }));
