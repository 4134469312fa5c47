/**
 * Columns of a stored history: what one thing was at one poll after the other. Offsets are written as how far they moved,
 * since that is a short number, or nothing at all.
 */

/** Stands for a committed offset where the group had none. */
export const UNCOMMITTED = 'none';

/** An offset at one poll: undefined when it could not be read. */
export type OffsetCell = bigint | typeof UNCOMMITTED | undefined;

/**
 * Offsets, each as the movement since the last one that was known, from 0 on; a decimal string where a number would not be
 * exact. `null`: it could not be read. At the end of a column, what did not move is left out.
 */
export function packOffsets(offsets: readonly OffsetCell[]): unknown[] {
  let last = 0n;
  const cells = offsets.map((offset) => {
    if (typeof offset !== 'bigint') return offset ?? null;
    const moved = offset - last;
    last = offset;
    return Number.isSafeInteger(Number(moved)) ? Number(moved) : `${moved}`;
  });
  return cells.slice(0, cells.findLastIndex((cell) => cell !== 0) + 1);
}

/** The offsets of `count` polls again. @throws Error naming what `packOffsets` never writes */
export function unpackOffsets(cells: readonly unknown[], count: number): OffsetCell[] {
  if (cells.length > count) throw new Error(`${cells.length} offsets of ${count} polls`);
  const offsets: OffsetCell[] = [];
  let last = 0n;
  for (const cell of cells) {
    if (cell === null) offsets.push(undefined);
    else if (cell === UNCOMMITTED) offsets.push(UNCOMMITTED);
    else {
      if (cell !== 0) last += movement(cell);
      offsets.push(last);
    }
  }
  while (offsets.length < count) offsets.push(last);
  return offsets;
}

function movement(cell: unknown): bigint {
  if (typeof cell === 'number' && Number.isSafeInteger(cell)) return BigInt(cell);
  if (typeof cell === 'string' && /^-?\d{1,20}$/.test(cell)) return BigInt(cell);
  throw new Error(`${JSON.stringify(cell)} is no movement of an offset`);
}

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
