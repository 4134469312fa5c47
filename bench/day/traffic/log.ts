/** The log of one partition as record counts per tick, which give the timestamp of every record. */
import { NONE, type TimeAnswer } from '#core/ages/timeline.ts';

/** Records arrive evenly over a tick. */
export const TICK_MS = 5_000;
/** How often brokers look for segments to delete. */
const RETENTION_CHECK_MS = 300_000;

/** Retention deletes segments whose records are all older. */
export interface Retention {
  readonly ms: number;
  /** Time that a segment spans. */
  readonly segmentMs: number;
  /** The topic's configuration is not readable; only the log starts show the retention. */
  readonly hidden?: true;
}

export class SimulatedLog {
  readonly #fromMs: number;
  readonly #retention: Retention | undefined;
  /** Records up to the end of each tick. */
  readonly #ends: number[] = [];

  /** `fromMs`: beginning of the first tick. */
  constructor(fromMs: number, retention?: Retention) {
    this.#fromMs = fromMs;
    this.#retention = retention;
  }

  /** Appends the records of the next tick. */
  append(records: number): void {
    this.#ends.push(this.#endOf(this.#ends.length - 1) + records);
  }

  /** Number of records stamped before a time, which is the log end at that time. */
  before(atMs: number): number {
    const tick = Math.floor((atMs - this.#fromMs) / TICK_MS);
    const first = this.#endOf(tick - 1);
    const records = this.#endOf(tick) - first;
    const share = (atMs - this.#tickMs(tick)) / TICK_MS;
    return first + Math.max(0, Math.min(records, Math.ceil(records * share - 0.5)));
  }

  /** Log start at a time. */
  startAt(nowMs: number): number {
    if (this.#retention === undefined) return 0;
    const { ms, segmentMs } = this.#retention;
    const checkedMs = Math.floor(nowMs / RETENTION_CHECK_MS) * RETENTION_CHECK_MS;
    return this.before(Math.floor((checkedMs - ms) / segmentMs) * segmentMs);
  }

  /** Timestamp of a record, with fractions of a millisecond. */
  stampOf(offset: number): number {
    let [low, high] = [0, this.#ends.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#endOf(middle) <= offset) low = middle + 1;
      else high = middle;
    }
    const first = this.#endOf(low - 1);
    return this.#tickMs(low) + ((offset - first + 0.5) / (this.#endOf(low) - first)) * TICK_MS;
  }

  /** A broker's answer at `nowMs` to a lookup of the first record stamped at or after a time. */
  firstFrom(askedMs: number, nowMs: number): TimeAnswer {
    const offset = Math.max(this.before(askedMs), this.startAt(nowMs));
    if (offset >= this.before(nowMs)) return { askedMs, offset: NONE, timestampMs: NONE };
    return { askedMs, offset, timestampMs: this.stampOf(offset) };
  }

  #endOf(tick: number): number {
    return tick < 0 ? 0 : (this.#ends[Math.min(tick, this.#ends.length - 1)] ?? 0);
  }

  #tickMs(tick: number): number {
    return this.#fromMs + tick * TICK_MS;
  }
}
