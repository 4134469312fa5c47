/**
 * ECS and Application Auto Scaling behind their clients: what is not taught here fails the test.
 */
import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  type ScalableTarget,
} from '@aws-sdk/client-application-auto-scaling';
import { DescribeServicesCommand, ECSClient, ListTasksCommand, type Service } from '@aws-sdk/client-ecs';
import { mockClient } from 'aws-sdk-client-mock';
import { createEcsServiceScaler } from '#adapters/ecs/service-scaler.ts';
import { known, unknown } from '#core/kafka/reading.ts';

export const id = { cluster: 'prod', service: 'orders' };

/** A service that may be scaled. */
export const service: Service = {
  serviceName: 'orders',
  status: 'ACTIVE',
  schedulingStrategy: 'REPLICA',
  desiredCount: 3,
  runningCount: 2,
  pendingCount: 1,
  deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED', failedTasks: 0 }],
  events: [],
};

export const target: ScalableTarget = {
  ServiceNamespace: 'ecs',
  ResourceId: 'service/prod/orders',
  ScalableDimension: 'ecs:service:DesiredCount',
  MinCapacity: 2,
  MaxCapacity: 10,
  RoleARN: 'arn:aws:iam::111122223333:role/r',
  CreationTime: new Date(0),
};

const ecsClient = new ECSClient({ region: 'us-east-1' });
const autoScalingClient = new ApplicationAutoScalingClient({ region: 'us-east-1' });
export const ecs = mockClient(ecsClient);
export const autoScaling = mockClient(autoScalingClient);

export const scaler = createEcsServiceScaler({
  ecs: ecsClient,
  autoScaling: autoScalingClient,
  load: async () => ({ cpuPercent: known(12), memoryPercent: unknown('no datapoint') }),
});

/**
 * Forgets what was asked; from here on, the service above without tasks and without a scalable
 * target.
 */
export function reset(): void {
  for (const mock of [ecs, autoScaling]) mock.reset();
  ecs.onAnyCommand().rejects('ECS was not taught this');
  autoScaling.onAnyCommand().rejects('Auto Scaling was not taught this');
  hasService({});
  hasTarget(undefined);
  ecs.on(ListTasksCommand).resolves({ taskArns: [] });
}

/** Answers with the service above, changed. */
export const hasService = (change: Service) =>
  ecs.on(DescribeServicesCommand).resolves({ services: [{ ...service, ...change }], failures: [] });

/** Answers with the scalable target, or none. */
export const hasTarget = (scalable: ScalableTarget | undefined) =>
  autoScaling
    .on(DescribeScalableTargetsCommand)
    .resolves({ ScalableTargets: scalable === undefined ? [] : [scalable] });

/** Inputs of the requests sent with a command, oldest first. */
export const inputsOf = (mock: { calls(): { args: unknown[] }[] }, command: new (...args: never[]) => object) =>
  mock.calls().flatMap(({ args: [sent] }) => (sent instanceof command && 'input' in sent ? [sent.input] : []));
