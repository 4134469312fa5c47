/**
 * The past of one partition, in the terms that rules of status speak in: the polls of a series that
 * read commit and log end.
 */
import type { PartitionSeries } from '#core/history/partition-series.ts';
import { HISTORY_SPAN_MS } from '#core/history/thinning.ts';

/** One poll of a past. */
export interface Progress {
  readonly atMs: number;
  readonly committed: number;
  readonly end: number;
  /** Records. */
  readonly lag: number;
}

/** The poll of an index. */
export const progressAt = (past: PartitionSeries, index: number): Progress => ({
  atMs: past.timeAt(index),
  committed: past.commitAt(index),
  end: past.endAt(index),
  lag: past.lagAt(index),
});

/**
 * Index of the first of the newest polls for all of which something holds; the length when it does
 * not hold for the newest.
 */
export function trailingFrom({ length }: PartitionSeries, holds: (index: number) => boolean): number {
  let from = length;
  while (from > 0 && holds(from - 1)) from--;
  return from;
}

/**
 * From when on something holds for all newest polls; the newest itself when it does not hold there.
 */
export const since = (series: PartitionSeries, holds: (index: number) => boolean): number =>
  series.timeAt(Math.min(trailingFrom(series, holds), series.length - 1));

/**
 * Index of the first of the newest polls over which the commit stood still though there was
 * something to read. An offset only grows within the past of one log, so what is equal at two polls
 * did not move between them, however far apart they are.
 */
export function stillFrom(past: PartitionSeries): number {
  const now = past.commitAt(past.length - 1);
  return trailingFrom(past, (i) => past.commitAt(i) === now && past.lagAt(i) > 0);
}

/**
 * How long commits usually rest though there is something to read, before they go on: the median
 * over the moves seen, ms. One outage is no habit, and a job that commits every ten minutes has
 * one. Undefined when no commit was seen to move.
 */
export function usualPauseMs(past: PartitionSeries): number | undefined {
  const rests: number[] = [];
  let moves = 0;
  let restsSinceMs: number | undefined;
  let before = past.commitAt(0);
  for (let i = 0; i < past.length; i++) {
    const committed = past.commitAt(i);
    if (committed > before) {
      moves++;
      const restMs = restsSinceMs === undefined ? 0 : past.timeAt(i - 1) - restsSinceMs;
      if (restMs > 0) rests.push(restMs);
      restsSinceMs = undefined;
    }
    before = committed;
    if (past.lagAt(i) > 0) restsSinceMs ??= past.timeAt(i);
  }
  if (moves === 0) return undefined;
  // Most commits go on without a rest, and need no sorting.
  const middle = Math.floor(moves / 2) - (moves - rests.length);
  return middle < 0 ? 0 : rests.sort((a, b) => a - b)[middle];
}

/**
 * For so long a commit has to stand still before that says something, ms. Of a group that usually
 * rests for long between commits, more patience is asked; of one that was not seen to move yet,
 * twice the window, since its habits are not known.
 */
export const patienceMs = (past: PartitionSeries, windowMs: number): number =>
  Math.min(Math.max(windowMs, 2 * (usualPauseMs(past) ?? windowMs)), HISTORY_SPAN_MS);

/** A commit that went back, and has not come as far again. */
export interface Rewind {
  readonly sinceMs: number;
  /** Records that are read once more. */
  readonly back: number;
  /** Polls since. */
  readonly polls: number;
}

/** The rewind that is not made up for at the newest poll; undefined when there is none. */
export function rewindOf(past: PartitionSeries): Rewind | undefined {
  const last = past.length - 1;
  let furthest = last;
  for (let i = last - 1; i >= 0; i--) if (past.commitAt(i) > past.commitAt(furthest)) furthest = i;
  if (furthest === last) return undefined;
  const back = past.commitAt(furthest) - past.commitAt(last);
  return { sinceMs: past.timeAt(furthest + 1), back, polls: last - furthest };
}
