import {
  DescribeServicesCommand,
  type DescribeServicesCommandInput,
  UpdateServiceCommand,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import { afterAll, afterEach } from 'vitest';
import { LocalService } from '#local/workload/local-service.ts';
import type { WorkloadProcess } from '#local/workload/program.ts';
import { autoScaling, ecs, scaler as ecsScaler, service as ecsService, reset } from '#test/adapters/ecs/double.ts';
import { ManualClock, SimulatedGroup } from '#test/support/groups/simulated-group.ts';
import { serviceScalerContract } from './service-scaler.contract.ts';

const service = { cluster: 'shop', service: 'orders' };

serviceScalerContract('simulated', () => {
  const clock = new ManualClock(1_800_000_000_000);
  const scaler = new SimulatedGroup({ clock, groupId: 'orders', service, arrivals: [1], tasks: 2, capacity: 1 });
  return { scaler, service };
});

const services: LocalService[] = [];
afterEach(async () => {
  await Promise.all(services.splice(0).map((started) => started.stop()));
});

/** A task of this very process: ready at once, gone when it is stopped. */
function idleTask(): WorkloadProcess {
  const { promise: exited, resolve } = Promise.withResolvers<{ code: number; signal: null }>();
  const stop = async () => resolve({ code: 0, signal: null });
  return { pid: process.pid, ready: Promise.resolve(), exited, stop };
}

serviceScalerContract('of the local stand', () => {
  const scaler = new LocalService({ id: service, desiredCount: 2, startTask: idleTask });
  services.push(scaler);
  scaler.start();
  return { scaler, service };
});

afterAll(() => {
  ecs.restore();
  autoScaling.restore();
});

serviceScalerContract('of ECS', () => {
  reset();
  let desiredCount = 2;
  ecs
    .on(DescribeServicesCommand)
    .callsFake(({ services: names }: DescribeServicesCommandInput) =>
      names?.[0] === service.service
        ? { services: [{ ...ecsService, desiredCount }], failures: [] }
        : { services: [], failures: [{ reason: 'MISSING' }] },
    );
  ecs.on(UpdateServiceCommand).callsFake((input: UpdateServiceCommandInput) => {
    desiredCount = input.desiredCount ?? desiredCount;
    return {};
  });
  return { scaler: ecsScaler, service };
});
