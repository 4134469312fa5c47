/** Processing time of a consumer: what a record costs, held exactly on the average. */
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';

/** Longest time without a heartbeat while one record is processed. */
const SLICE_MS = 400;
/**
 * Most time that is made up for: a late timer, a fetch, a commit. More is idleness, and that is not
 * saved up.
 */
const CATCH_UP_MS = 100;

/** What a record costs. */
export interface PaceOptions {
  /** Milliseconds per record, above 0. */
  readonly msPerRecord: number;
  /** Burn the time on the CPU; else wait for it. */
  readonly spin: boolean;
  /** Ends a wait at once. */
  readonly signal: AbortSignal;
}

/** Spends time on records, one after another. */
export class Pace {
  private readonly options: PaceOptions;
  /** When the records so far are done, on the clock of `performance`. */
  private doneAt = 0;

  constructor(options: PaceOptions) {
    this.options = options;
  }

  /**
   * Resolves when one more record is processed; calls `keepAlive` while a long one is.
   *
   * A late timer is made up for by the next records, so that the rate is `1000 / msPerRecord` under
   * load.
   * @throws AbortError when the signal fires, and whatever `keepAlive` throws
   */
  async spend(keepAlive: () => Promise<void>): Promise<void> {
    const { msPerRecord, spin, signal } = this.options;
    this.doneAt = Math.max(this.doneAt, performance.now() - CATCH_UP_MS) + msPerRecord;
    for (;;) {
      signal.throwIfAborted();
      const left = this.doneAt - performance.now();
      if (left <= 0) return;
      const slice = Math.min(left, SLICE_MS);
      await (spin ? burn(slice) : delay(slice, undefined, { signal }));
      if (left > SLICE_MS) await keepAlive();
    }
  }
}

async function burn(ms: number): Promise<void> {
  const until = performance.now() + ms;
  while (performance.now() < until);
  await nextTurn();
}
