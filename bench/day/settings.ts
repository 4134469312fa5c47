/** The settings of the day's watcher, and the configuration of its stack. */

import { GROUPS } from '#bench/day/traffic/traffic.ts';
import type { SettingsInput } from '#core/settings.ts';
import { present } from '#core/text/json.ts';

const CLUSTER_NAME = 'day';

/**
 * Thresholds as an owner of these groups would set them: an age where it fits, or else records of
 * lag.
 */
const WATCHING = {
  defaultThreshold: { lag: 1_000_000 },
  thresholds: GROUPS.map(({ groupId, ageSeconds = 'none' as const, dataLossHorizonSeconds }) => ({
    groups: groupId,
    ageSeconds,
    ...present({ dataLossHorizonSeconds }),
  })),
} satisfies Partial<SettingsInput>;

/** The settings of a watcher without any threshold. */
export const DEFAULT_SETTINGS = {
  clusterName: CLUSTER_NAME,
  bootstrapBrokers: 'b-1.day.example:9098',
} as const satisfies SettingsInput;

export const DAY_SETTINGS = { ...DEFAULT_SETTINGS, ...WATCHING } satisfies SettingsInput;

/** The configuration to synthesize. Its network does not exist, since nothing is deployed. */
export const DAY_CONFIG = {
  ...WATCHING,
  stackName: 'LagWatcherDay',
  clusterArn: `arn:aws:kafka:us-east-1:111122223333:cluster/${CLUSTER_NAME}/00000000-0000-4000-8000-000000000000-1`,
  bootstrapBrokers: 'b-1.day.example:9098',
  network: {
    vpcId: 'vpc-00000000',
    availabilityZones: ['us-east-1a'],
    subnetIds: ['subnet-00000000'],
    routeTableIds: ['rtb-00000000'],
  },
  gatewayEndpoints: 'existing',
} as const;
