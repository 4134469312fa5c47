/** The polls of one partition since its last break: the input of rates, statuses and forecasts. */

import { NONE } from '#core/history/columns/offset-column.ts';
import type { TopicPartition } from '#core/kafka/model.ts';
import { unreadDistance } from '#core/kafka/offsets.ts';

/** Cells of one poll, and where each value is among them; the time is at 0. */
const CELLS = 4;
const COMMIT = 1;
const END = 2;
const START = 3;

/**
 * Polls of many partitions, one after the other. A poll reads millions of offsets and makes no
 * object for each.
 */
export class SeriesCells {
  // Not a typed array: its memory is outside the heap, and one for each group costs garbage
  // collection.
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

/** The polls of a partition among the cells. */
interface Place {
  readonly first: number;
  readonly length: number;
}

/**
 * The polls of one partition by index, oldest first. They begin after the last time that the clock
 * was set back, the topic was recreated or its log was truncated. Offsets beyond 2^53 count from
 * one of them, so that their distances are exact.
 */
export class PartitionSeries implements TopicPartition {
  readonly topic: string;
  readonly partition: number;
  /** Count of polls. */
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

  /** Committed offset; NaN when it could not be read, −Infinity when there was none. */
  commitAt(index: number): number {
    return this.#cells.commitAt(this.#first + index);
  }

  /** Log end; NaN when it could not be read. */
  endAt(index: number): number {
    return this.#cells.endAt(this.#first + index);
  }

  /** Log start; NaN when it could not be read. */
  startAt(index: number): number {
    return this.#cells.startAt(this.#first + index);
  }

  /** Records that the group has not read; 0 also for a commit beyond the end. Needs `isReadAt`. */
  lagAt(index: number): number {
    return unreadDistance(this.commitAt(index), this.startAt(index), this.endAt(index));
  }

  /** Whether the poll read a commit and the log end. */
  isReadAt(index: number): boolean {
    return Number.isFinite(this.commitAt(index) + this.endAt(index));
  }

  /** Whether the group had no commit. */
  isUncommittedAt(index: number): boolean {
    return this.commitAt(index) === NONE;
  }

  /** Whether two polls saw different commits. */
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

  /** Index of the poll at a time, from the index `from` on; undefined when there is none. */
  indexOf(atMs: number, from: number): number | undefined {
    for (let i = from; i < this.length; i++) if (this.timeAt(i) === atMs) return i;
    return undefined;
  }

  /** The polls that read a commit and the log end: usually all of them. */
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
