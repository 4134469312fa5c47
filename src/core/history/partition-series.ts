/** The polls of one partition, as far back as they are of one log: what rates, statuses and forecasts are made from. */

import { NONE } from '#core/history/columns/offset-column.ts';
import type { TopicPartition } from '#core/kafka/model.ts';
import { unreadDistance } from '#core/kafka/offsets.ts';

/** What is kept of a poll. */
const [CELLS, COMMIT, END, START] = [4, 1, 2, 3];

/** Polls of many partitions, one behind the other: millions of offsets are looked at in a poll, and nothing is made for each. */
export class SeriesCells {
  // No typed array: its memory is outside of the heap, and one for each group keeps the garbage collector busy.
  readonly #cells: number[];

  constructor(polls: number) {
    this.#cells = new Array<number>(CELLS * polls);
  }

  set(poll: number, atMs: number, commit: number, end: number, start: number): void {
    const at = CELLS * poll;
    this.#cells[at] = atMs;
    this.#cells[at + COMMIT] = commit;
    this.#cells[at + END] = end;
    this.#cells[at + START] = start;
  }

  timeAt(poll: number): number {
    return this.#cells[CELLS * poll] as number;
  }

  commitAt(poll: number): number {
    return this.#cells[CELLS * poll + COMMIT] as number;
  }

  endAt(poll: number): number {
    return this.#cells[CELLS * poll + END] as number;
  }

  startAt(poll: number): number {
    return this.#cells[CELLS * poll + START] as number;
  }
}

/** Where the polls of a partition are in the cells. */
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
  readonly #cells: SeriesCells;
  readonly #first: number;

  constructor({ topic, partition }: TopicPartition, cells: SeriesCells, { first, length }: Place) {
    this.topic = topic;
    this.partition = partition;
    this.length = length;
    this.#cells = cells;
    this.#first = first;
  }

  /** Epoch ms. */
  timeAt(index: number): number {
    return this.#cells.timeAt(this.#first + index);
  }

  /** Committed offset; NaN where it could not be read, -Infinity where there was none. */
  commitAt(index: number): number {
    return this.#cells.commitAt(this.#first + index);
  }

  /** Log end; NaN where it could not be read. */
  endAt(index: number): number {
    return this.#cells.endAt(this.#first + index);
  }

  /** Log start; NaN where it could not be read. */
  startAt(index: number): number {
    return this.#cells.startAt(this.#first + index);
  }

  /** Records that can still be read and were not; 0 also for a commit beyond the end. Of polls that read commit and end. */
  lagAt(index: number): number {
    return unreadDistance(this.commitAt(index), this.startAt(index), this.endAt(index));
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
    const cells = new SeriesCells(length);
    let at = 0;
    for (let i = 0; i < this.length; i++) {
      if (this.isReadAt(i)) cells.set(at++, this.timeAt(i), this.commitAt(i), this.endAt(i), this.startAt(i));
    }
    return new PartitionSeries(this, cells, { first: 0, length });
  }
}
