/** Columns of a history: one kind of offset, of many partitions, at one poll. */

/** Stands for a committed offset where the group had none. */
export const UNCOMMITTED = 'none';

/** An offset at one poll: undefined when it could not be read. */
export type OffsetCell = bigint | typeof UNCOMMITTED | undefined;

/** In place of an offset among numbers: not read, none, and one that no number holds exactly. */
const UNREAD = Number.NaN;
export const NONE = Number.NEGATIVE_INFINITY;
export const LARGE = Number.POSITIVE_INFINITY;

/** Offsets in 8 bytes each, exact whatever they are: one beyond 2^53 is kept beside the others. */
export class OffsetColumn {
  readonly length: number;
  readonly #numbers: Float64Array;
  readonly #large = new Map<number, bigint>();

  /** None of the offsets is read at first. */
  constructor(length: number) {
    this.length = length;
    this.#numbers = new Float64Array(length).fill(UNREAD);
  }

  set(index: number, cell: OffsetCell): void {
    const number = typeof cell === 'bigint' ? Number(cell) : cell === undefined ? UNREAD : NONE;
    const isLarge = typeof cell === 'bigint' && !Number.isSafeInteger(number);
    this.#numbers[index] = isLarge ? LARGE : number;
    if (isLarge) this.#large.set(index, cell);
  }

  /** Sets an offset that a number holds exactly. */
  setNumber(index: number, offset: number): void {
    this.#numbers[index] = offset;
  }

  /** Beyond the length nothing was read. */
  get(index: number): OffsetCell {
    const number = this.numberAt(index);
    if (Number.isFinite(number)) return BigInt(number);
    if (number === NONE) return UNCOMMITTED;
    return number === LARGE ? this.#large.get(index) : undefined;
  }

  /** The offset where a number holds it exactly; not finite else. */
  numberAt(index: number): number {
    return this.#numbers[index] ?? UNREAD;
  }

  /** How far the offset lies behind another, exact below 2^53; where it is not read or none as `numberAt`. */
  distanceAt(index: number, origin: bigint): number {
    const cell = this.get(index);
    if (typeof cell === 'bigint') return Number(cell - origin);
    return cell === undefined ? UNREAD : NONE;
  }
}

/** An offset as it is written: how far it moved since the last one that a number held, as a decimal string the offset itself. */
export type StoredCell = number | string | null;

/** Partitions in a row: where they are in a column, and where among the partitions of all polls. */
export interface Stripe {
  readonly first: number;
  readonly row: number;
  readonly count: number;
}

/** The last offset of each partition that a number held, for writing and reading columns poll by poll; 0 before the first. */
export class Movements {
  readonly #last: Float64Array;

  constructor(partitions: number) {
    this.#last = new Float64Array(partitions);
  }

  /** Adds what is written for offsets of a column. `null`: it could not be read. */
  pack(column: OffsetColumn, { first, row, count }: Stripe, cells: StoredCell[]): void {
    for (let i = 0; i < count; i++) {
      const number = column.numberAt(first + i);
      if (!Number.isFinite(number)) {
        cells.push(asText(column.get(first + i)));
        continue;
      }
      const moved = number - (this.#last[row + i] as number);
      this.#last[row + i] = number;
      cells.push(moved);
    }
  }

  /** Puts back into a column what `pack` wrote, which is at the same place in `cells`. @throws Error naming what it never writes */
  unpack(cells: readonly unknown[], column: OffsetColumn, { first, row, count }: Stripe): void {
    for (let i = 0; i < count; i++) {
      const cell = cells[first + i];
      if (cell === null) continue;
      if (typeof cell === 'string') column.set(first + i, offsetOf(cell));
      else column.setNumber(first + i, movedBy(this.#last[row + i] as number, cell));
      const number = column.numberAt(first + i);
      if (Number.isFinite(number)) this.#last[row + i] = number;
    }
  }
}

function movedBy(last: number, cell: unknown): number {
  const number = typeof cell === 'number' ? last + cell : Number.NaN;
  if (!Number.isSafeInteger(cell) || !Number.isSafeInteger(number)) throw noMovement(cell);
  return number;
}

function offsetOf(text: string): OffsetCell {
  if (text === UNCOMMITTED) return UNCOMMITTED;
  if (/^-?\d{1,20}$/.test(text)) return BigInt(text);
  throw noMovement(text);
}

const asText = (cell: OffsetCell): string | null => (cell === undefined ? null : `${cell}`);

const noMovement = (cell: unknown): Error => new Error(`${JSON.stringify(cell)} is no movement of an offset`);

/** Values that seldom change, each with the number of polls in a row that had it; `null`: there was none. */
export function packRuns<T>(values: readonly (T | undefined)[]): [T | null, number][] {
  const runs: [T | null, number][] = [];
  for (const value of values) {
    const run = runs.at(-1);
    if (run !== undefined && run[0] === (value ?? null)) run[1] += 1;
    else runs.push([value ?? null, 1]);
  }
  return runs;
}

/** The values of `count` polls again. @throws Error when they are of another number of polls */
export function unpackRuns<T>(runs: readonly (readonly [T | null, number])[], count: number): (T | undefined)[] {
  const length = runs.reduce((sum, [, times]) => sum + times, 0);
  if (length !== count) throw new Error(`${length} values of ${count} polls`);
  return runs.flatMap(([value, times]) => Array.from({ length: times }, () => value ?? undefined));
}
