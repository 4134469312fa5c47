/** The configuration of the demo's stack. Scenarios set its groups and services. */
import type { SettingsInput } from '#core/settings.ts';
import type { Scenario } from './scenario.ts';

/** Name of the cluster in metrics and alarms of the demo. */
export const CLUSTER_NAME = 'demo';
/** ECS cluster of the simulated services. */
export const ECS_CLUSTER = 'demo';

/** Common to the stack's configuration and the handlers' settings, before any time scale. */
export function demoSettings(scenarios: readonly Scenario[]) {
  return {
    mode: 'scale',
    // Only a threshold of records: a demo ends before age or retention matter.
    defaultThreshold: { ageSeconds: 'none', dataLossHorizonSeconds: 'none' },
    thresholds: scenarios.map(({ name, lagThreshold }) => ({ groups: name, lag: lagThreshold })),
    services: scenarios.map(({ name }) => ({ group: name, ecsCluster: ECS_CLUSTER, ecsService: name })),
  } as const satisfies Partial<SettingsInput>;
}

/** The configuration to synthesize. Its network does not exist, since nothing is deployed. */
export const demoConfig = (scenarios: readonly Scenario[]) => ({
  ...demoSettings(scenarios),
  stackName: 'LagWatcherDemo',
  clusterArn: `arn:aws:kafka:us-east-1:111122223333:cluster/${CLUSTER_NAME}/00000000-0000-4000-8000-000000000000-1`,
  bootstrapBrokers: 'b-1.demo.example:9098',
  network: { vpcId: 'vpc-00000000', availabilityZones: ['us-east-1a'], subnetIds: ['subnet-00000000'] },
  gatewayEndpoints: 'existing',
});
