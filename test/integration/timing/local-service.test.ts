import { afterEach, describe, expect, it } from 'vitest';
import { NotFoundError } from '#core/errors.ts';
import { knownValue } from '#core/kafka/reading.ts';
import { ScalingRefusedError } from '#core/runbook/errors.ts';
import { startChild } from '#local/process/child.ts';
import { LocalService } from '#local/workload/local-service.ts';
import type { WorkloadProcess } from '#local/workload/program.ts';
import { isAlive } from '#test/support/is-alive.ts';

const id = { cluster: 'local', service: 'orders' };
const other = { cluster: 'local', service: 'other' };
const WAIT = { timeout: 15_000, interval: 20 };

const IDLE = "console.log('ready'); setInterval(() => {}, 1000)";
const BUSY = "console.log('ready'); for (;;);";
const NEVER_READY = 'setInterval(() => {}, 1000)';
const FAILING = 'process.exit(1)';

/** A task that runs a piece of JavaScript; ready when it prints. */
function runScript(script: string, number: number): WorkloadProcess {
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  const child = startChild({
    command: process.execPath,
    args: ['-e', script],
    name: `task ${number}`,
    onLine: () => resolve(),
  });
  return { pid: child.pid, clientId: `task-${number}`, ready, exited: child.exited, stop: () => child.stop(1_000) };
}

const services: LocalService[] = [];

function startService(script: string, desiredCount: number, options: { taskMemoryMiB?: number } = {}): LocalService {
  const service = new LocalService({ id, desiredCount, startTask: (number) => runScript(script, number), ...options });
  services.push(service);
  service.start();
  return service;
}

const counts = async (service: LocalService) => {
  const { desired, running, pending } = await service.describe(id);
  return { desired, running, pending };
};

afterEach(async () => {
  await Promise.all(services.splice(0).map((service) => service.stop()));
});

describe('LocalService', () => {
  it('runs the desired number of tasks, pending until each is ready', async () => {
    const service = startService(IDLE, 2);
    expect(await counts(service)).toEqual({ desired: 2, running: 0, pending: 2 });
    await expect.poll(() => counts(service), WAIT).toEqual({ desired: 2, running: 2, pending: 0 });
    expect(service.pids.every(isAlive)).toBe(true);
  });

  it('keeps a task pending that is never ready', async () => {
    const service = startService(NEVER_READY, 1);
    await service.scale(id, 'desired-count', 1, 2);
    expect(await counts(service)).toEqual({ desired: 2, running: 0, pending: 2 });
    expect((await service.describe(id)).cpuPercent).toEqual({ kind: 'unknown', reason: 'not measured yet' });
  });

  it('scales out by new tasks and in by the newest', async () => {
    const service = startService(IDLE, 2);
    const first = [...service.pids];
    expect(await service.scale(id, 'desired-count', 2, 4)).toEqual({ lever: 'desired-count', from: 2, to: 4 });
    const newest = service.pids.slice(2);
    expect(service.pids.slice(0, 2)).toEqual(first);
    await expect.poll(() => counts(service), WAIT).toEqual({ desired: 4, running: 4, pending: 0 });
    await service.scale(id, 'desired-count', 4, 2);
    expect(service.pids).toEqual(first);
    await expect.poll(() => newest.filter(isAlive), WAIT).toEqual([]);
  });

  it('lets one of two calls win that read the same count', async () => {
    const service = startService(IDLE, 1);
    const results = await Promise.allSettled([
      service.scale(id, 'desired-count', 1, 3),
      service.scale(id, 'desired-count', 1, 2),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(service.pids).toHaveLength(3);
  });

  it('refuses to scale from a count that it does not have, or by another lever, and changes nothing', async () => {
    const service = startService(IDLE, 1);
    await expect(service.scale(id, 'desired-count', 2, 3)).rejects.toThrow(ScalingRefusedError);
    await expect(service.scale(id, 'min-capacity', 1, 3)).rejects.toThrow(ScalingRefusedError);
    await expect(service.scale(id, 'desired-count', 1, 1.5)).rejects.toThrow(RangeError);
    await expect(service.scale(id, 'desired-count', 1, -1)).rejects.toThrow(RangeError);
    expect(await counts(service)).toMatchObject({ desired: 1 });
    expect(service.pids).toHaveLength(1);
  });

  it('knows only its own service', async () => {
    const service = startService(IDLE, 1);
    await expect(service.describe(other)).rejects.toThrow(NotFoundError);
    await expect(service.scale(other, 'desired-count', 1, 2)).rejects.toThrow(NotFoundError);
  });

  it('replaces a task that ends by itself, and counts it', async () => {
    const service = startService(IDLE, 2);
    const [victim = 0, survivor] = service.pids;
    await expect.poll(() => counts(service), WAIT).toMatchObject({ running: 2 });
    process.kill(victim, 'SIGKILL');
    await expect.poll(() => service.restarts, WAIT).toBe(1);
    await expect.poll(() => counts(service), WAIT).toEqual({ desired: 2, running: 2, pending: 0 });
    expect(service.pids).toContain(survivor);
    expect(service.pids).not.toContain(victim);
  });

  it('gives up on tasks that cannot start, says so and may not be scaled', async () => {
    const service = startService(FAILING, 1);
    await expect.poll(() => counts(service), WAIT).toEqual({ desired: 1, running: 0, pending: 0 });
    expect(service.restarts).toBe(10);
    expect((await service.describe(id)).refusal).toMatch(/10 were replaced/);
    await expect(service.scale(id, 'desired-count', 1, 2)).rejects.toThrow(ScalingRefusedError);
  });

  it('measures the processor and the memory that its tasks really use', async () => {
    const idle = startService(IDLE, 1);
    const busy = startService(BUSY, 1, { taskMemoryMiB: 1_024 });
    expect((await busy.describe(id)).cpuPercent.kind).toBe('unknown');
    const cpuOf = async (service: LocalService) => knownValue((await service.describe(id)).cpuPercent);
    await expect.poll(() => cpuOf(busy), WAIT).toBeGreaterThan(30);
    await expect.poll(() => cpuOf(idle), WAIT).toBeLessThan(15);
    // A Node process holds 25 to 150 MiB: of the usual 512, and of 1024.
    expect(knownValue((await idle.describe(id)).memoryPercent)).toSatisfy(
      (percent: number) => percent > 5 && percent < 30,
    );
    expect(knownValue((await busy.describe(id)).memoryPercent)).toSatisfy(
      (percent: number) => percent > 2.5 && percent < 15,
    );
  });

  it('leaves no process after stop, pending and leaving ones included', async () => {
    const service = startService(IDLE, 3);
    const pids = [...service.pids];
    await service.scale(id, 'desired-count', 3, 1);
    await service.stop();
    expect(pids.filter(isAlive)).toEqual([]);
    expect(service.pids).toEqual([]);
    await expect(service.scale(id, 'desired-count', 0, 1)).rejects.toThrow(ScalingRefusedError);
  });
});
