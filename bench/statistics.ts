/** Numbers from repetitions. */

export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** Minimum, median and maximum. @throws without values, or when one is not a number */
export function spreadOf(what: string, values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined || !values.every(Number.isFinite)) {
    throw new Error(`${what} was not measured: got ${JSON.stringify(values)}`);
  }
  const [low = min, high = max] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return { min, median: (low + high) / 2, max };
}

/** `min / median / max`. */
export const showSpread = ({ min, median, max }: Spread, digits = 0): string =>
  [min, median, max].map((value) => value.toFixed(digits)).join(' / ');
