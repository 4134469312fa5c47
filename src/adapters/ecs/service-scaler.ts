import { ScalingRefusedError } from '#core/errors.ts';
import type { Reading } from '#core/kafka/reading.ts';
import type { ServiceScaler } from '#core/ports.ts';
import { type ScalingLever, type ScalingResult, type ServiceId, serviceName } from '#core/runbook/service.ts';
import { present } from '#core/text/json.ts';
import { countOf, readLever, readService, type ScalingClients, setDesiredCount, setMinCapacity } from './levers.ts';
import { isDeploying, refusalOf } from './service-status.ts';
import { readTaskAddresses } from './task-addresses.ts';

export interface EcsScalerOptions extends ScalingClients {
  /** CPU and memory of a service, percent; must not throw. */
  readonly load: (id: ServiceId) => Promise<{
    readonly cpuPercent: Reading<number>;
    readonly memoryPercent: Reading<number>;
  }>;
}

/** One change of a lever. */
interface Change {
  readonly id: ServiceId;
  readonly lever: ScalingLever;
  readonly from: number;
  readonly to: number;
}

/**
 * Scales an ECS service: by the MinCapacity of its scalable target where Application Auto Scaling has one, else by
 * its desired count. MaxCapacity is never touched.
 *
 * `scale` looks at the lever alone and not at `refusal`: a service whose new tasks fail must still be brought back.
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
      const refusal = refusalOf(service);
      return {
        id,
        desired: countOf(service.desiredCount, 'desiredCount'),
        running: countOf(service.runningCount, 'runningCount'),
        pending: countOf(service.pendingCount, 'pendingCount'),
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

/** Neither lever has a compare-and-set: this read makes the gap in which another hand goes unseen a short one. */
async function checkBefore(clients: ScalingClients, { id, lever, from, to }: Change): Promise<void> {
  const refuse = (why: string) => {
    throw new ScalingRefusedError(`${lever} of service ${serviceName(id)} is not set to ${to}: ${why}`);
  };
  if (!Number.isInteger(to) || to < 0) refuse('a count is a whole number from 0');
  const now = await currentLever(clients, id);
  if (now.lever !== lever) refuse(`the service is scaled by ${now.lever} now`);
  if (now.leverValue !== from) refuse(`it stands at ${now.leverValue}, not at ${from}; another hand moved it`);
  if (now.maxCapacity !== undefined && to > now.maxCapacity) {
    refuse(`the scalable target ends at MaxCapacity ${now.maxCapacity}, which is left alone`);
  }
}

/** Reads again. The old value is no contradiction: AWS may still answer with it shortly after a write. */
async function checkAfter(clients: ScalingClients, { id, lever, from, to }: Change): Promise<ScalingResult> {
  const { leverValue } = await currentLever(clients, id);
  if (leverValue === to || leverValue === from) return { lever, from, to };
  throw new ScalingRefusedError(
    `${lever} of service ${serviceName(id)} was set to ${to} and stands at ${leverValue}; another hand moved it`,
  );
}
