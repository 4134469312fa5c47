/**
 * The past of one partition as the status rules need it: the polls that read both the commit and
 * the log end.
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

export const progressAt = (past: PartitionSeries, index: number): Progress => ({
  atMs: past.timeAt(index),
  committed: past.commitAt(index),
  end: past.endAt(index),
  lag: past.lagAt(index),
});

/**
 * Index of the first poll of the trailing run for which `holds` is true; the length when it is
 * false for the newest poll.
 */
export function trailingFrom({ length }: PartitionSeries, holds: (index: number) => boolean): number {
  let from = length;
  while (from > 0 && holds(from - 1)) from--;
  return from;
}

/**
 * Start of the trailing run for which `holds` is true, epoch ms; the newest poll when it is false
 * there.
 */
export const since = (series: PartitionSeries, holds: (index: number) => boolean): number =>
  series.timeAt(Math.min(trailingFrom(series, holds), series.length - 1));

/**
 * Index of the first poll of the trailing run over which the commit stood still with records
 * unread. An offset only grows within one log, so an offset that is equal at two polls did not move
 * between them, however far apart they are.
 */
export function stillFrom(past: PartitionSeries): number {
  const now = past.commitAt(past.length - 1);
  return trailingFrom(past, (i) => past.commitAt(i) === now && past.lagAt(i) > 0);
}

/**
 * The usual pause, ms: how long a commit stands still while records are unread, before it moves. It
 * is the median over the moves seen, so one outage does not change it, and a job that commits every
 * ten minutes has its own. Undefined when no commit was seen to move.
 */
export function usualPauseMs(past: PartitionSeries): number | undefined {
  const pauses: number[] = [];
  let moves = 0;
  let pausedSinceMs: number | undefined;
  let before = past.commitAt(0);
  for (let i = 0; i < past.length; i++) {
    const committed = past.commitAt(i);
    if (committed > before) {
      moves++;
      const pauseMs = pausedSinceMs === undefined ? 0 : past.timeAt(i - 1) - pausedSinceMs;
      if (pauseMs > 0) pauses.push(pauseMs);
      pausedSinceMs = undefined;
    }
    before = committed;
    if (past.lagAt(i) > 0) pausedSinceMs ??= past.timeAt(i);
  }
  if (moves === 0) return undefined;
  // Most commits move without a pause; these need no sorting.
  const middle = Math.floor(moves / 2) - (moves - pauses.length);
  return middle < 0 ? 0 : pauses.sort((a, b) => a - b)[middle];
}

/**
 * How long (ms) a commit must stand still before a status counts it: twice its usual pause, or two
 * windows when it was never seen to move; at least one window, at most an hour.
 */
export const minimumStandstillMs = (past: PartitionSeries, windowMs: number): number =>
  Math.min(Math.max(windowMs, 2 * (usualPauseMs(past) ?? windowMs)), HISTORY_SPAN_MS);

/** A commit that went back and has not returned to its old position. */
export interface Rewind {
  /** First poll after the rewind, epoch ms. */
  readonly sinceMs: number;
  /** Records that are read again. */
  readonly back: number;
  /** Polls since. */
  readonly polls: number;
}

/** The rewind that is not over at the newest poll; undefined when there is none. */
export function rewindOf(past: PartitionSeries): Rewind | undefined {
  const last = past.length - 1;
  let furthest = last;
  for (let i = last - 1; i >= 0; i--) if (past.commitAt(i) > past.commitAt(furthest)) furthest = i;
  if (furthest === last) return undefined;
  const back = past.commitAt(furthest) - past.commitAt(last);
  return { sinceMs: past.timeAt(furthest + 1), back, polls: last - furthest };
}
