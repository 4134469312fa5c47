/** Twin of an ECS service: its tasks are child processes on this machine. */

import { NotFoundError } from '#core/errors.ts';
import { known, type Reading } from '#core/kafka/reading.ts';
import type { ServiceScaler } from '#core/ports.ts';
import { ScalingRefusedError } from '#core/runbook/errors.ts';
import {
  type ScalingLever,
  type ScalingResult,
  type ServiceId,
  type ServiceStatus,
  serviceName,
} from '#core/runbook/service.ts';
import { present } from '#core/text/json.ts';
import type { WorkloadProcess } from './program.ts';
import { UsageSampler } from './usage-sampler.ts';

const SAMPLE_INTERVAL_MS = 1_000;
/**
 * Tasks that ended by themselves are replaced so often, then no more: a task that cannot start
 * would spin.
 */
const MAX_RESTARTS = 10;

/** What the service runs. */
export interface LocalServiceOptions {
  readonly id: ServiceId;
  /** Tasks at the start. */
  readonly desiredCount: number;
  /** Starts a task; `number` counts up from 1 and is never used again. */
  readonly startTask: (number: number) => WorkloadProcess;
  /** Memory that a task is given; 512 when left out. */
  readonly taskMemoryMiB?: number;
}

interface Task {
  readonly process: WorkloadProcess;
  ready: boolean;
}

/**
 * One service that scales by its desired count. Every change takes effect at once, in the order of
 * the calls.
 */
export class LocalService implements ServiceScaler {
  private readonly options: LocalServiceOptions;
  private readonly sampler: UsageSampler;
  private readonly leaving = new Set<Promise<void>>();
  /** Oldest first. */
  private tasks: Task[] = [];
  private desired: number;
  private started = 0;
  private replaced = 0;
  private stopped = false;

  constructor(options: LocalServiceOptions) {
    this.options = options;
    this.desired = checkCount(options.desiredCount);
    this.sampler = new UsageSampler(() => this.pidsOfReady());
  }

  /** Starts the desired number of tasks; they are pending until each is ready. */
  start(): void {
    this.sampler.start(SAMPLE_INTERVAL_MS);
    this.reconcile();
  }

  /** Tasks that ended by themselves and were replaced. */
  get restarts(): number {
    return this.replaced;
  }

  /** Process ids of all tasks, pending ones too. */
  get pids(): readonly number[] {
    return this.tasks.map((task) => task.process.pid);
  }

  async describe(service: ServiceId): Promise<ServiceStatus> {
    this.checkId(service);
    const running = this.tasks.filter((task) => task.ready).length;
    return {
      id: this.options.id,
      desired: this.desired,
      running,
      pending: this.tasks.length - running,
      deploymentInProgress: false,
      ...present({ refusal: this.refusal }),
      lever: 'desired-count',
      leverValue: this.desired,
      taskAddresses: known(['127.0.0.1']),
      cpuPercent: this.sampler.cpuPercent(),
      memoryPercent: this.memoryPercent(),
    };
  }

  async scale(service: ServiceId, lever: ScalingLever, from: number, to: number): Promise<ScalingResult> {
    this.checkId(service);
    const name = serviceName(service);
    if (this.stopped) throw new ScalingRefusedError('service-stopped', `service ${name} is stopped`);
    if (this.refusal !== undefined) {
      throw new ScalingRefusedError('service-refuses', `service ${name} must not be scaled: ${this.refusal}`);
    }
    if (lever !== 'desired-count') {
      throw new ScalingRefusedError('lever-changed', `service ${name} scales by desired-count, got ${lever}`);
    }
    if (this.desired !== from) {
      const now = `desired count of ${name} is ${this.desired}, not ${from}`;
      throw new ScalingRefusedError('lever-moved', `${now}: something else changed it`);
    }
    this.desired = checkCount(to);
    this.reconcile();
    return { lever, from, to };
  }

  /** Ends every task. Resolves when all processes are gone, those too that were leaving. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.desired = 0;
    this.reconcile();
    await this.sampler.stop();
    await Promise.all(this.leaving);
  }

  private get refusal(): string | undefined {
    return this.replaced < MAX_RESTARTS
      ? undefined
      : `its tasks keep ending by themselves: ${this.replaced} were replaced`;
  }

  /**
   * Starts what is missing and ends what is too much, newest first. Synchronous, so that calls
   * cannot mix.
   */
  private reconcile(): void {
    while (this.tasks.length < this.desired) this.startOne();
    for (const task of this.tasks.splice(this.desired).toReversed()) {
      const left = task.process.stop().finally(() => this.leaving.delete(left));
      this.leaving.add(left);
    }
  }

  private startOne(): void {
    this.started++;
    const task: Task = { process: this.options.startTask(this.started), ready: false };
    this.tasks.push(task);
    task.process.ready.then(
      () => {
        task.ready = true;
        void this.sampler.sample();
      },
      () => {}, // it ended; that is seen below
    );
    void task.process.exited.then(() => this.replace(task));
  }

  private replace(task: Task): void {
    if (!this.tasks.includes(task)) return; // it is ending
    this.tasks = this.tasks.filter((other) => other !== task);
    if (this.refusal !== undefined) return;
    this.replaced++;
    this.startOne();
  }

  private pidsOfReady(): number[] {
    return this.tasks.filter((task) => task.ready).map((task) => task.process.pid);
  }

  private memoryPercent(): Reading<number> {
    const bytes = this.sampler.memoryBytes();
    if (bytes.kind !== 'known') return bytes;
    return known((bytes.value / ((this.options.taskMemoryMiB ?? 512) * 1_048_576)) * 100);
  }

  private checkId(service: ServiceId): void {
    if (serviceName(service) !== serviceName(this.options.id)) {
      throw new NotFoundError(`service ${serviceName(service)}`);
    }
  }
}

function checkCount(count: number): number {
  if (Number.isInteger(count) && count >= 0) return count;
  throw new RangeError(`desired count must be a whole number from 0, got ${count}`);
}
