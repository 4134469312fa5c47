import type { Reading } from '#core/kafka/reading.ts';
import type { ServiceScaler } from '#core/ports.ts';
import { type ScalingRefusalId, ScalingRefusedError } from '#core/runbook/errors.ts';
import { type ScalingLever, type ScalingResult, type ServiceId, serviceName } from '#core/runbook/service.ts';
import { present } from '#core/text/json.ts';
import {
  readLever,
  readService,
  requireCount,
  type ScalingClients,
  setDesiredCount,
  setMinCapacity,
} from './levers.ts';
import { findRefusal, isDeploying } from './service-status.ts';
import { readTaskAddresses } from './task-addresses.ts';

export interface EcsScalerOptions extends ScalingClients {
  /** CPU and memory use of a service, percent; must not throw. */
  readonly load: (id: ServiceId) => Promise<{
    readonly cpuPercent: Reading<number>;
    readonly memoryPercent: Reading<number>;
  }>;
}

interface Change {
  readonly id: ServiceId;
  readonly lever: ScalingLever;
  readonly from: number;
  readonly to: number;
}

/**
 * Scales an ECS service by the MinCapacity of its scalable target, or by its desired count without
 * one. MaxCapacity never changes.
 *
 * `scale` checks only the lever and not `refusal`: a rollback must work even while new tasks fail.
 */
export function createEcsServiceScaler(options: EcsScalerOptions): ServiceScaler {
  return {
    async describe(id) {
      const service = await readService(options.ecs, id);
      const [lever, taskAddresses, load] = await Promise.all([
        readLever(options, id, service),
        readTaskAddresses(options.ecs, id),
        options.load(id),
      ]);
      const refusal = findRefusal(service);
      return {
        id,
        desired: requireCount(service.desiredCount, 'desiredCount'),
        running: requireCount(service.runningCount, 'runningCount'),
        pending: requireCount(service.pendingCount, 'pendingCount'),
        deploymentInProgress: isDeploying(service),
        ...present({ refusal }),
        ...lever,
        taskAddresses,
        cpuPercent: load.cpuPercent,
        memoryPercent: load.memoryPercent,
      };
    },

    async scale(id, lever, from, to) {
      const change: Change = { id, lever, from, to };
      await checkBefore(options, change);
      if (lever === 'desired-count') await setDesiredCount(options.ecs, id, to);
      else await setMinCapacity(options.autoScaling, id, to);
      return checkAfter(options, change);
    },
  };
}

const currentLever = async (clients: ScalingClients, id: ServiceId) =>
  readLever(clients, id, await readService(clients.ecs, id));

/**
 * Neither lever has a compare-and-set. This read shortens the time in which another change goes
 * unnoticed.
 */
async function checkBefore(clients: ScalingClients, { id, lever, from, to }: Change): Promise<void> {
  const refuse = (reason: ScalingRefusalId, why: string) => {
    throw new ScalingRefusedError(reason, `${lever} of service ${serviceName(id)} is not set to ${to}: ${why}`);
  };
  if (!Number.isInteger(to) || to < 0) refuse('invalid-count', 'a count is a whole number from 0');
  const now = await currentLever(clients, id);
  if (now.lever !== lever) refuse('lever-changed', `the lever is ${now.lever} now`);
  if (now.leverValue !== from) {
    refuse('lever-moved', `it is ${now.leverValue}, not ${from}; something else changed it`);
  }
  if (now.maxCapacity !== undefined && to > now.maxCapacity) {
    refuse('above-max-capacity', `MaxCapacity is ${now.maxCapacity}`);
  }
}

/** Reads again. AWS may still return the old value shortly after a write. */
async function checkAfter(clients: ScalingClients, { id, lever, from, to }: Change): Promise<ScalingResult> {
  const { leverValue } = await currentLever(clients, id);
  if (leverValue === to || leverValue === from) return { lever, from, to };
  throw new ScalingRefusedError(
    'lever-moved',
    `${lever} of service ${serviceName(id)} was set to ${to}, but is ${leverValue}; something else changed it`,
  );
}
