/** Gaps between polls. What holds before and after a gap need not have held within it. */

/** Polls up to this far apart are never a gap, because a history is thinned with age. */
const LEAST_GAP_MS = 300_000;
/** Polls farther apart are always a gap: polls are at most an hour apart. */
const MOST_STEP_MS = 7_200_000;

/** The longest time between two polls that is not a gap, ms. `times` are in order, epoch ms. */
export function longestStepMs(times: readonly number[]): number {
  const steps = times.slice(1).map((atMs, i) => atMs - (times[i] as number));
  const median = steps.sort((a, b) => a - b)[Math.floor((steps.length - 1) / 2)] ?? 0;
  return Math.min(MOST_STEP_MS, Math.max(LEAST_GAP_MS, 3 * median));
}

/** Time of the first poll after the last gap, epoch ms. `times` are in order and not empty. */
export function watchedFromMs(times: readonly number[]): number {
  const longest = longestStepMs(times);
  const from = times.findLastIndex((atMs, i) => atMs - (times[i - 1] ?? Number.NEGATIVE_INFINITY) > longest);
  return times[from] as number;
}
