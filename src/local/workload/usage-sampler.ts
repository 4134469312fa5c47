/** CPU and memory of processes, measured as the operating system counts them. */
import pidusage from 'pidusage';
import { known, type Reading, unknown } from '#core/kafka/reading.ts';

interface Sample {
  readonly atMs: number;
  readonly cpuMs: number;
  readonly memoryBytes: number;
}

/** Samples per process that a mean is taken over. */
const WINDOW_SAMPLES = 15;
/** Below it the clock ticks of the operating system (10 ms) are too coarse for a percentage. */
const MIN_WINDOW_MS = 900;

/** Measures a changing set of processes again and again. */
export class UsageSampler {
  private readonly pids: () => readonly number[];
  private readonly samples = new Map<number, Sample[]>();
  private timer: NodeJS.Timeout | undefined;
  private sampling: Promise<void> | undefined;
  private failure = 'not measured yet';

  /** `pids` is asked before each measurement; processes that are no longer in it are forgotten. */
  constructor(pids: () => readonly number[]) {
    this.pids = pids;
  }

  /** Measures every `intervalMs` until `stop`. */
  start(intervalMs: number): void {
    this.timer ??= setInterval(() => void this.sample(), intervalMs);
  }

  /** Resolves when no measurement is running any more. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.timer = undefined;
    await this.sampling;
  }

  /**
   * Measures once, now; joins a measurement that is running. Never rejects: a failure shows in the
   * readings.
   */
  sample(): Promise<void> {
    this.sampling ??= this.measure().finally(() => {
      this.sampling = undefined;
    });
    return this.sampling;
  }

  /**
   * Mean over the processes, percent of one CPU each; unknown until one has been measured for a
   * second.
   */
  cpuPercent(): Reading<number> {
    return this.mean((samples) => {
      const [first, last] = [samples[0], samples.at(-1)];
      if (first === undefined || last === undefined || last.atMs - first.atMs < MIN_WINDOW_MS) return undefined;
      return ((last.cpuMs - first.cpuMs) / (last.atMs - first.atMs)) * 100;
    });
  }

  /** Mean over the processes of what each holds now, bytes; unknown until one has been measured. */
  memoryBytes(): Reading<number> {
    return this.mean((samples) => samples.at(-1)?.memoryBytes);
  }

  private mean(of: (samples: readonly Sample[]) => number | undefined): Reading<number> {
    const values = this.pids().flatMap((pid) => of(this.samples.get(pid) ?? []) ?? []);
    if (values.length === 0) return unknown(this.failure);
    return known(values.reduce((sum, value) => sum + value, 0) / values.length);
  }

  private async measure(): Promise<void> {
    const pids = this.pids();
    for (const pid of this.samples.keys()) if (!pids.includes(pid)) this.samples.delete(pid);
    if (pids.length === 0) return;
    try {
      const usage = await pidusage([...pids]);
      for (const pid of pids) this.add(pid, usage[pid]);
    } catch (error) {
      this.failure = `could not be measured: ${String(error)}`;
    }
  }

  private add(pid: number, usage: pidusage.Usage | undefined): void {
    if (usage === undefined) return; // ended in the meantime
    const samples = this.samples.get(pid) ?? [];
    samples.push({ atMs: usage.timestamp, cpuMs: usage.ctime, memoryBytes: usage.memory });
    this.samples.set(pid, samples.slice(-WINDOW_SAMPLES));
  }
}
