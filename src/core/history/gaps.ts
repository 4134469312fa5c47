/** Where polls are missing: what was so before and after such a gap need not have been so within. */

/** Polls this far apart are no gap, since a history is thinned with age. */
const LEAST_GAP_MS = 300_000;
/** Polls are an hour apart at the most. */
const MOST_STEP_MS = 7_200_000;

/** The longest time between two polls, which are in order of time, that is no gap, ms. */
export function longestStepMs(times: readonly number[]): number {
  const steps = times.slice(1).map((atMs, i) => atMs - (times[i] as number));
  const median = steps.sort((a, b) => a - b)[Math.floor((steps.length - 1) / 2)] ?? 0;
  return Math.min(MOST_STEP_MS, Math.max(LEAST_GAP_MS, 3 * median));
}

/** The first of the newest polls between which there is no gap; the polls are in order of time, and there is one at least. */
export function watchedFromMs(times: readonly number[]): number {
  const longest = longestStepMs(times);
  const from = times.findLastIndex((atMs, i) => atMs - (times[i - 1] ?? Number.NEGATIVE_INFINITY) > longest);
  return times[from] as number;
}
