/** How a producer spreads its records: evenly, or with one hot key. */

/** A distribution, read. */
export interface Distribution {
  /**
   * Share of the records that have the one hot key, 0 to 1; the rest are spread evenly over the
   * partitions.
   */
  readonly hotShare: number;
}

/** Reads `even` or `hot:<share>`. @throws Error on anything else */
export function parseDistribution(text: string): Distribution {
  if (text === 'even') return { hotShare: 0 };
  const share = /^hot:(0?\.\d+|0|1)$/.exec(text)?.[1];
  if (share === undefined) {
    throw new Error(`distribution must be even or hot:<share from 0 to 1>, got ${JSON.stringify(text)}`);
  }
  return { hotShare: Number(share) };
}

/**
 * How many of the first `count` records have the hot key: the share is kept at every moment, not
 * only on the average.
 */
export const hotBefore = (count: number, hotShare: number): number => Math.floor(count * hotShare + 1e-9);
