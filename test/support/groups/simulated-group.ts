/**
 * A group in memory with its producer and its service. Offsets move with the clock. It stands in
 * for Kafka as an `OffsetsReader` and for ECS as a `ServiceScaler`.
 */
import { NotFoundError } from '#core/errors.ts';
import type { ClusterReading, GroupReading, Member } from '#core/kafka/model.ts';
import { absent, known, unknown } from '#core/kafka/reading.ts';
import { compileFilters, type Filters } from '#core/names/filters.ts';
import type { Clock, OffsetsReader, ReadRequest, ServiceScaler } from '#core/ports.ts';
import { ScalingRefusedError } from '#core/runbook/errors.ts';
import { type ScalingLever, type ServiceId, type ServiceStatus, serviceName } from '#core/runbook/service.ts';

/** A clock that a test moves. */
export class ManualClock implements Clock {
  #nowMs: number;

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  advance(ms: number): void {
    this.#nowMs += ms;
  }
}

export interface SimulationOptions {
  readonly clock: ManualClock;
  readonly groupId: string;
  readonly service: ServiceId;
  /** Produce rate of each partition, records per second. */
  readonly arrivals: readonly number[];
  readonly tasks: number;
  /** Records per second that a task can read from all of its partitions. */
  readonly capacity: number;
  /** Records per second that all tasks together can read, as with a slow downstream. */
  readonly ceiling?: number;
  /** What scales the service. The tasks follow at once. */
  readonly lever?: ScalingLever;
  /** Filters of readings; by default those of the settings. */
  readonly filters?: Filters;
}

export class SimulatedGroup implements OffsetsReader, ServiceScaler {
  readonly #options: SimulationOptions;
  readonly #ends: number[];
  readonly #commits: number[];
  #tasks: number;
  #movedAtMs: number;
  /** Every count that the service was scaled to. */
  readonly scaledTo: number[] = [];

  constructor(options: SimulationOptions) {
    this.#options = options;
    this.#tasks = options.tasks;
    this.#movedAtMs = options.clock.nowMs();
    this.#ends = options.arrivals.map(() => 0);
    this.#commits = options.arrivals.map(() => 0);
  }

  async read({ groupIds }: ReadRequest = {}): Promise<ClusterReading> {
    this.#move();
    const { clock, groupId, filters } = this.#options;
    const wanted = groupIds?.includes(groupId) ?? compileFilters(filters).group(groupId);
    const others = (groupIds ?? []).filter((id) => id !== groupId);
    return {
      atMs: clock.nowMs(),
      groups: wanted ? [this.#group()] : [],
      unreadableGroups: others.map((id) => ({ groupId: id, reason: 'no such group' })),
      otherGroups: [],
      problems: [],
      // Its log always begins at 0.
      topics: new Map([['orders', { id: 'simulated', partitions: this.#ends.length, retention: absent }]]),
      openTransactions: absent,
      requests: 1,
    };
  }

  async close(): Promise<void> {}

  async describe(service: ServiceId): Promise<ServiceStatus> {
    this.#check(service);
    return {
      id: service,
      desired: this.#tasks,
      running: this.#tasks,
      pending: 0,
      deploymentInProgress: false,
      lever: this.#options.lever ?? 'desired-count',
      leverValue: this.#tasks,
      taskAddresses: known(['127.0.0.1']),
      cpuPercent: known(10),
      memoryPercent: known(20),
    };
  }

  async scale(service: ServiceId, lever: ScalingLever, from: number, to: number) {
    this.#check(service);
    this.#move();
    if (this.#tasks !== from) {
      throw new ScalingRefusedError('lever-moved', `desired count is ${this.#tasks}, not ${from}`);
    }
    this.#tasks = to;
    this.scaledTo.push(to);
    return { lever, from, to };
  }

  /** Moves all offsets to now. */
  #move(): void {
    const { clock, arrivals, capacity, ceiling = Number.POSITIVE_INFINITY } = this.#options;
    const seconds = (clock.nowMs() - this.#movedAtMs) / 1000;
    this.#movedAtMs = clock.nowMs();
    arrivals.forEach((rate, p) => {
      this.#ends[p] = (this.#ends[p] ?? 0) + rate * seconds;
    });
    const perTask = Math.min(capacity, ceiling / Math.max(1, this.#tasks)) * seconds;
    for (let task = 0; task < this.#tasks; task++) this.#work(this.#owned(task), perTask);
  }

  /** One task spreads its budget evenly over the lag of its partitions. */
  #work(partitions: readonly number[], budget: number): void {
    const lag = (p: number) => (this.#ends[p] ?? 0) - (this.#commits[p] ?? 0);
    const total = partitions.reduce((sum, p) => sum + lag(p), 0);
    const share = total === 0 ? 0 : Math.min(1, budget / total);
    for (const p of partitions) this.#commits[p] = (this.#commits[p] ?? 0) + lag(p) * share;
  }

  #owned(task: number): number[] {
    return this.#options.arrivals.flatMap((_, p) => (p % this.#tasks === task ? [p] : []));
  }

  #group(): GroupReading {
    const topic = 'orders';
    const isRead = compileFilters(this.#options.filters).topic;
    const members = Array.from(
      { length: this.#tasks },
      (_, task): Member => ({
        memberId: `member-${task}`,
        clientId: `task-${task}`,
        host: '127.0.0.1',
        assignment: this.#owned(task).map((partition) => ({ topic, partition })),
      }),
    );
    return {
      groupId: this.#options.groupId,
      type: 'classic',
      kind: 'consumer',
      state: known(members.length > 0 ? 'Stable' : 'Empty'),
      assignor: members.length > 0 ? known('RoundRobinAssigner') : absent,
      epoch: absent,
      members: known(members),
      partitions: this.#ends
        .filter(() => isRead(topic))
        .map((end, partition) => ({
          topic,
          partition,
          committedOffset: known(BigInt(Math.floor(this.#commits[partition] ?? 0))),
          logStartOffset: known(0n),
          logEndOffset: known(BigInt(Math.floor(end))),
          lastStableOffset: known(BigInt(Math.floor(end))),
          age: unknown('the simulation stamps no records'),
        })),
    };
  }

  #check(service: ServiceId): void {
    if (serviceName(service) !== serviceName(this.#options.service)) throw new NotFoundError(serviceName(service));
  }
}
