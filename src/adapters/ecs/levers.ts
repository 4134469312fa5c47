/** The two levers of an ECS service: its desired count, or the MinCapacity of its scalable target. */
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
import { messageOf, NotFoundError, ScalingRefusedError } from '#core/errors.ts';
import { type ScalingLever, type ServiceId, serviceName } from '#core/runbook/service.ts';

const TARGET = { ServiceNamespace: 'ecs', ScalableDimension: 'ecs:service:DesiredCount' } as const;

/** The clients that scaling needs. */
export interface ScalingClients {
  readonly ecs: ECSClient;
  readonly autoScaling: ApplicationAutoScalingClient;
}

/** Where the lever stands. */
export interface LeverReading {
  readonly lever: ScalingLever;
  readonly leverValue: number;
  /** The scalable target's MaxCapacity; absent without one. */
  readonly maxCapacity?: number;
}

/** The service as ECS describes it. @throws NotFoundError when there is no such service or cluster */
export async function readService(ecs: ECSClient, id: ServiceId): Promise<Service> {
  const missing = () => new NotFoundError(`ECS service ${serviceName(id)}`);
  try {
    const command = new DescribeServicesCommand({ cluster: id.cluster, services: [id.service] });
    const { services = [], failures = [] } = await ecs.send(command);
    const [service] = services;
    if (service !== undefined) return service;
    const [failure] = failures;
    if (failure === undefined || failure.reason === 'MISSING') throw missing();
    throw new Error(`ECS cannot describe service ${serviceName(id)}: ${failure.reason ?? 'no reason given'}`);
  } catch (error) {
    if (error instanceof ClusterNotFoundException || error instanceof ServiceNotFoundException) throw missing();
    throw error;
  }
}

/** The lever of a service: MinCapacity when a scalable target exists, else the desired count. */
export async function readLever(clients: ScalingClients, id: ServiceId, service: Service): Promise<LeverReading> {
  const command = new DescribeScalableTargetsCommand({ ...TARGET, ResourceIds: [resourceOf(id)] });
  const { ScalableTargets = [] } = await clients.autoScaling.send(command);
  const [target] = ScalableTargets;
  if (target === undefined)
    return { lever: 'desired-count', leverValue: countOf(service.desiredCount, 'desiredCount') };
  return {
    lever: 'min-capacity',
    leverValue: countOf(target.MinCapacity, 'MinCapacity'),
    maxCapacity: countOf(target.MaxCapacity, 'MaxCapacity'),
  };
}

/** Writes the desired count. @throws ScalingRefusedError when the service is not active any more */
export async function setDesiredCount(ecs: ECSClient, id: ServiceId, desiredCount: number): Promise<void> {
  try {
    await ecs.send(new UpdateServiceCommand({ cluster: id.cluster, service: id.service, desiredCount }));
  } catch (error) {
    if (!(error instanceof ServiceNotActiveException)) throw error;
    throw new ScalingRefusedError(`service ${serviceName(id)} is not active: ${messageOf(error)}`);
  }
}

/** Writes MinCapacity and nothing else of the scalable target. Asked again once when another update is under way. */
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

/** A count that has to be in the answer: taking a missing one for 0 would scale from nothing. */
export function countOf(value: number | undefined, name: string): number {
  if (value === undefined) throw new Error(`the answer of AWS holds no ${name}`);
  return value;
}
