/** A column of a history: one kind of offset, of many partitions, at one poll. */

/** Stands in place of a committed offset when the group had none. */
export const UNCOMMITTED = 'none';

/** An offset at one poll; undefined when it could not be read. */
export type OffsetCell = bigint | typeof UNCOMMITTED | undefined;

/** Stands in a column for an offset that could not be read. */
const UNREAD = Number.NaN;
/** Stands in a column for a commit that the group does not have. */
export const NONE = Number.NEGATIVE_INFINITY;
/** Stands in a column for an offset that no number holds exactly. */
export const LARGE = Number.POSITIVE_INFINITY;

/** Exact offsets in 8 bytes each. Offsets beyond 2^53 are kept in a map beside the column. */
export class OffsetColumn {
  readonly length: number;
  readonly #numbers: Float64Array;
  readonly #large = new Map<number, bigint>();

  /** At first every offset is unread. */
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

  /** Sets a safe integer, without the checks of `set`. */
  setNumber(index: number, offset: number): void {
    this.#numbers[index] = offset;
  }

  /** Undefined beyond the length of the column. */
  get(index: number): OffsetCell {
    const number = this.numberAt(index);
    if (Number.isFinite(number)) return BigInt(number);
    if (number === NONE) return UNCOMMITTED;
    return number === LARGE ? this.#large.get(index) : undefined;
  }

  /** The offset when a number holds it exactly; else NaN for unread, `NONE` or `LARGE`. */
  numberAt(index: number): number {
    return this.#numbers[index] ?? UNREAD;
  }

  /** Offset minus `origin`, exact below 2^53. NaN for unread and `NONE` as in `numberAt`. */
  distanceAt(index: number, origin: bigint): number {
    const cell = this.get(index);
    if (typeof cell === 'bigint') return Number(cell - origin);
    return cell === undefined ? UNREAD : NONE;
  }
}

/**
 * An offset in its stored form: the movement since the last offset that a number held, or a decimal
 * string with the offset itself, or `none`. `null` when it could not be read.
 */
export type StoredCell = number | string | null;

/** Partitions that follow one another. */
export interface Stripe {
  /** Index of the first in a column. */
  readonly first: number;
  /** Index of the first among the partitions of all polls. */
  readonly row: number;
  readonly count: number;
}

/**
 * Packs and unpacks columns poll by poll. Keeps the last offset of each partition that a number
 * held, 0 before the first.
 */
export class Movements {
  readonly #last: Float64Array;

  constructor(partitions: number) {
    this.#last = new Float64Array(partitions);
  }

  /** Appends the stored form of a stripe of the column to `cells`. */
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

  /**
   * Restores a stripe of the column from the cells at the same indexes.
   *
   * @throws Error with the cell when `pack` never writes it
   */
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

const noMovement = (cell: unknown): Error => new Error(`${JSON.stringify(cell)} is not the movement of an offset`);

/** Values that seldom change, each with its count in a row. `null` stands for undefined. */
export function packRepeated<T>(values: readonly (T | undefined)[]): [T | null, number][] {
  const repeated: [T | null, number][] = [];
  for (const value of values) {
    const last = repeated.at(-1);
    if (last !== undefined && last[0] === (value ?? null)) last[1] += 1;
    else repeated.push([value ?? null, 1]);
  }
  return repeated;
}

/**
 * The values of `count` polls from `packRepeated`.
 *
 * @throws Error when there are more or fewer values
 */
export function unpackRepeated<T>(
  repeated: readonly (readonly [T | null, number])[],
  count: number,
): (T | undefined)[] {
  const length = repeated.reduce((sum, [, times]) => sum + times, 0);
  if (length !== count) throw new Error(`${length} values for ${count} polls`);
  return repeated.flatMap(([value, times]) => Array.from({ length: times }, () => value ?? undefined));
}
