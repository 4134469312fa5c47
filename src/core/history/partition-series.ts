/** The polls of one partition, as far back as they are of one log: what rates, statuses and forecasts are made from. */
import type { TopicPartition } from '../kafka.ts';
import { NONE } from './columns.ts';

/** Columns of many partitions, one behind the other: millions of offsets are looked at in a poll, and nothing is made for each. */
export class SeriesColumns {
  readonly times: Float64Array;
  readonly commits: Float64Array;
  readonly ends: Float64Array;
  readonly starts: Float64Array;

  constructor(size: number) {
    [this.times, this.commits, this.ends, this.starts] = [0, 1, 2, 3].map(() => new Float64Array(size)) as Four;
  }

  /** Puts a poll of other columns at a place. */
  copy(at: number, from: SeriesColumns, fromAt: number): void {
    this.times[at] = from.times[fromAt] as number;
    this.commits[at] = from.commits[fromAt] as number;
    this.ends[at] = from.ends[fromAt] as number;
    this.starts[at] = from.starts[fromAt] as number;
  }
}
type Four = [Float64Array, Float64Array, Float64Array, Float64Array];

/** Where the polls of a partition are in columns. */
interface Place {
  readonly first: number;
  readonly length: number;
}

/**
 * One partition by index of its polls, oldest first. None is from before the clock was set back, the topic was made again or its log
 * truncated. Offsets beyond 2^53 count from one of them, so that how far they are apart is exact.
 */
export class PartitionSeries implements TopicPartition {
  readonly topic: string;
  readonly partition: number;
  /** Polls. */
  readonly length: number;
  readonly #columns: SeriesColumns;
  readonly #first: number;

  constructor({ topic, partition }: TopicPartition, columns: SeriesColumns, { first, length }: Place) {
    this.topic = topic;
    this.partition = partition;
    this.length = length;
    this.#columns = columns;
    this.#first = first;
  }

  /** Epoch ms. */
  timeAt(index: number): number {
    return this.#columns.times[this.#first + index] as number;
  }

  /** Committed offset; NaN where it could not be read, -Infinity where there was none. */
  commitAt(index: number): number {
    return this.#columns.commits[this.#first + index] as number;
  }

  /** Log end; NaN where it could not be read. */
  endAt(index: number): number {
    return this.#columns.ends[this.#first + index] as number;
  }

  /** Log start; NaN where it could not be read. */
  startAt(index: number): number {
    return this.#columns.starts[this.#first + index] as number;
  }

  /** Records that can still be read and were not; 0 also for a commit beyond the end. Of polls that read commit and end. */
  lagAt(index: number): number {
    const [committed, start] = [this.commitAt(index), this.startAt(index)];
    return Math.max(0, this.endAt(index) - (start > committed ? start : committed));
  }

  /** Commit and log end were read. */
  isReadAt(index: number): boolean {
    return Number.isFinite(this.commitAt(index) + this.endAt(index));
  }

  /** It was told that the group had no commit. */
  isUncommittedAt(index: number): boolean {
    return this.commitAt(index) === NONE;
  }

  /** A commit was at two offsets. */
  hasMoved(): boolean {
    let seen = Number.NaN;
    for (let i = 0; i < this.length; i++) {
      const committed = this.commitAt(i);
      if (!Number.isFinite(committed)) continue;
      if (!Number.isNaN(seen) && committed !== seen) return true;
      seen = committed;
    }
    return false;
  }

  /** Index of the poll at a time, not before one of an index; undefined when there is none. */
  indexOf(atMs: number, from: number): number | undefined {
    for (let i = from; i < this.length; i++) if (this.timeAt(i) === atMs) return i;
    return undefined;
  }

  /** The polls that read commit and end: as a rule all of them. */
  whereRead(): PartitionSeries {
    let length = 0;
    for (let i = 0; i < this.length; i++) if (this.isReadAt(i)) length++;
    if (length === this.length) return this;
    const columns = new SeriesColumns(length);
    let at = 0;
    for (let i = 0; i < this.length; i++) if (this.isReadAt(i)) columns.copy(at++, this.#columns, this.#first + i);
    return new PartitionSeries(this, columns, { first: 0, length });
  }
}
