/**
 * The two levers of an ECS service: its desired count, or the MinCapacity of its scalable target.
 */
import {
  type ApplicationAutoScalingClient,
  ConcurrentUpdateException,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import {
  ClusterNotFoundException,
  DescribeServicesCommand,
  type ECSClient,
  type Service,
  ServiceNotActiveException,
  ServiceNotFoundException,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { messageOf, NotFoundError } from '#core/errors.ts';
import { ScalingRefusedError } from '#core/runbook/errors.ts';
import { type ScalingLever, type ServiceId, serviceName } from '#core/runbook/service.ts';

const TARGET = { ServiceNamespace: 'ecs', ScalableDimension: 'ecs:service:DesiredCount' } as const;

/** The AWS clients that scaling needs. */
export interface ScalingClients {
  readonly ecs: ECSClient;
  readonly autoScaling: ApplicationAutoScalingClient;
}

/** The lever of a service, and its current value. */
export interface LeverReading {
  readonly lever: ScalingLever;
  readonly leverValue: number;
  /** The scalable target's MaxCapacity; absent without one. */
  readonly maxCapacity?: number;
}

/**
 * The service as ECS describes it.
 *
 * @throws NotFoundError when there is no such service or cluster
 */
export async function readService(ecs: ECSClient, id: ServiceId): Promise<Service> {
  const missing = () => new NotFoundError(`ECS service ${serviceName(id)}`);
  try {
    const command = new DescribeServicesCommand({ cluster: id.cluster, services: [id.service] });
    const { services = [], failures = [] } = await ecs.send(command);
    const [service] = services;
    if (service !== undefined) return service;
    const [failure] = failures;
    if (failure === undefined || failure.reason === 'MISSING') throw missing();
    throw new Error(`ECS could not describe service ${serviceName(id)}: ${failure.reason ?? 'no reason given'}`);
  } catch (error) {
    if (error instanceof ClusterNotFoundException || error instanceof ServiceNotFoundException) throw missing();
    throw error;
  }
}

/** The lever of a service: MinCapacity with a scalable target, else the desired count. */
export async function readLever(clients: ScalingClients, id: ServiceId, service: Service): Promise<LeverReading> {
  const command = new DescribeScalableTargetsCommand({ ...TARGET, ResourceIds: [resourceOf(id)] });
  const { ScalableTargets = [] } = await clients.autoScaling.send(command);
  const [target] = ScalableTargets;
  if (target === undefined)
    return { lever: 'desired-count', leverValue: requireCount(service.desiredCount, 'desiredCount') };
  return {
    lever: 'min-capacity',
    leverValue: requireCount(target.MinCapacity, 'MinCapacity'),
    maxCapacity: requireCount(target.MaxCapacity, 'MaxCapacity'),
  };
}

/** Writes the desired count. @throws ScalingRefusedError when the service is no longer active */
export async function setDesiredCount(ecs: ECSClient, id: ServiceId, desiredCount: number): Promise<void> {
  try {
    await ecs.send(new UpdateServiceCommand({ cluster: id.cluster, service: id.service, desiredCount }));
  } catch (error) {
    if (!(error instanceof ServiceNotActiveException)) throw error;
    throw new ScalingRefusedError('service-refuses', `service ${serviceName(id)} is not active: ${messageOf(error)}`);
  }
}

/**
 * Writes only the MinCapacity of the scalable target. Retries once when another update is under
 * way.
 */
export async function setMinCapacity(client: ApplicationAutoScalingClient, id: ServiceId, min: number): Promise<void> {
  const register = () =>
    client.send(new RegisterScalableTargetCommand({ ...TARGET, ResourceId: resourceOf(id), MinCapacity: min }));
  try {
    await register();
  } catch (error) {
    if (!(error instanceof ConcurrentUpdateException)) throw error;
    await register();
  }
}

const resourceOf = ({ cluster, service }: ServiceId): string => `service/${cluster}/${service}`;

/**
 * A count from an answer.
 *
 * @throws Error when it is missing: a 0 in its place would scale from nothing
 */
export function requireCount(value: number | undefined, name: string): number {
  if (value === undefined) throw new Error(`the answer from AWS has no ${name}`);
  return value;
}
