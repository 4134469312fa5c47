/**
 * Whether lag grows, judged by its lows: the lows of the newer part of a window exceed those of the
 * older part, and lag rises within the newer part. When commits come in batches, lag swings but its
 * lows do not rise. When growing lag dips, its lows still rise.
 */

import type { PartitionSeries } from '#core/history/partition-series.ts';
import { GROWTH_TOLERANCE } from '#core/lag/rates.ts';

/** A warning lasts until lag is below this share of its peak. */
const WELL_BELOW = 0.5;

/** Fewest polls in the newer part. */
const FEWEST_POLLS = 3;

/** What is known about the growth of lag at the newest poll. */
export interface Growth {
  /** Lag grows now. */
  readonly grows: boolean;
  /** Present when lag grows, or grew and has not been well below its peak for long enough. */
  readonly behind?: Behind;
  /** Start of the judged window, epoch ms. */
  readonly fromMs: number;
  readonly samples: number;
}

interface Behind {
  /** The low that lag grew from, epoch ms. */
  readonly sinceMs: number;
  /** Highest lag since growth was found, records. */
  readonly peak: number;
  /** When lag fell well below the peak, epoch ms; undefined while it is above. */
  readonly lowSinceMs: number | undefined;
}

/**
 * The growth at the newest poll. Undefined when history is too short: it covers less than one and a
 * half times `partMs`, or lag after a gap is higher than before it.
 */
export function growthOf(past: PartitionSeries, partMs: number): Growth | undefined {
  let behind: Behind | undefined;
  let newest: Judged | undefined;
  for (let i = firstToJudge(past); i < past.length; i++) {
    const atMs = past.timeAt(i);
    const lag = past.lagAt(i);
    newest = judge(past, i, partMs);
    if (newest?.grows === true) behind ??= { sinceMs: newest.lowAtMs, peak: 0, lowSinceMs: undefined };
    behind = behind && afterPoll(behind, atMs, lag);
    if (behind && newest?.grows !== true && (lag === 0 || isOver(behind, atMs, partMs))) behind = undefined;
  }
  if (newest === undefined || (newest.grows === undefined && behind === undefined)) return undefined;
  const { grows = false, fromMs, samples } = newest;
  return behind === undefined ? { grows, fromMs, samples } : { grows, behind, fromMs, samples };
}

/**
 * Index of the first poll at which lag may grow. If lag never rose, only the newest poll is judged.
 */
function firstToJudge(past: PartitionSeries): number {
  let before = past.lagAt(0);
  for (let i = 1; i < past.length; i++) {
    const lag = past.lagAt(i);
    if (lag > before) return i;
    before = lag;
  }
  return past.length - 1;
}

function afterPoll({ sinceMs, peak: before, lowSinceMs }: Behind, atMs: number, lag: number): Behind {
  const peak = Math.max(before, lag);
  return { sinceMs, peak, lowSinceMs: lag > peak * WELL_BELOW ? undefined : (lowSinceMs ?? atMs) };
}

const isOver = ({ lowSinceMs }: Behind, atMs: number, partMs: number): boolean =>
  lowSinceMs !== undefined && atMs - lowSinceMs >= partMs / 2;

interface Judged {
  /** Undefined when the newer part spans a gap and lag is higher than before the gap. */
  readonly grows: boolean | undefined;
  readonly fromMs: number;
  /** Time of the last low of the older part, epoch ms. */
  readonly lowAtMs: number;
  readonly samples: number;
}

/**
 * Judges the growth at one poll. It runs for every poll of every partition, so it copies no part of
 * the past.
 */
function judge(past: PartitionSeries, at: number, partMs: number): Judged | undefined {
  const atMs = past.timeAt(at);
  const recentFrom = firstWithin(past, at, partMs);
  const newerFrom = Math.min(recentFrom, at + 1 - FEWEST_POLLS);
  let reach = at;
  while (reach >= 0 && atMs - past.timeAt(reach) < 1.5 * partMs) reach--;
  if (newerFrom < 1 || reach < 0) return undefined;
  const olderFrom = Math.min(firstWithin(past, newerFrom - 1, partMs), reach);
  const lowest = lowestOf(past, olderFrom, newerFrom);
  const low = past.lagAt(lowest);
  const tolerance = GROWTH_TOLERANCE * (past.endAt(at) - past.endAt(newerFrom - 1));
  const rise = past.lagAt(lowestOf(past, newerFrom, at + 1)) - low;
  const grows = rise > tolerance && slopePerMs(past, newerFrom, at) * (atMs - past.timeAt(newerFrom - 1)) > tolerance;
  // With few polls since a gap, the lows before the gap would hide later growth: higher lag may
  // be growing.
  const isAfterGap = newerFrom < recentFrom && past.timeAt(recentFrom) - past.timeAt(recentFrom - 1) > partMs;
  const isOpen = !grows && isAfterGap && past.lagAt(at) - low > tolerance;
  return {
    grows: isOpen ? undefined : grows,
    fromMs: past.timeAt(olderFrom),
    lowAtMs: past.timeAt(lowest),
    samples: at + 1 - olderFrom,
  };
}

/** Index of the first poll that is at most `ms` older than poll `at`. */
function firstWithin(past: PartitionSeries, at: number, ms: number): number {
  const fromMs = past.timeAt(at) - ms;
  let first = at;
  while (first > 0 && past.timeAt(first - 1) >= fromMs) first--;
  return first;
}

/** Index of the lowest lag in `[from, to)`; the last one if several are equal. */
function lowestOf(past: PartitionSeries, from: number, to: number): number {
  let lowest = from;
  let low = past.lagAt(from);
  for (let i = from + 1; i < to; i++) {
    const lag = past.lagAt(i);
    if (lag > low) continue;
    lowest = i;
    low = lag;
  }
  return lowest;
}

/**
 * Slope of lag by least squares over `[from, to]`, records per ms. There are at least two polls,
 * all at different times. Values count from the first poll, so that sums of whole numbers are
 * exact: the slope of constant lag is exactly 0.
 */
function slopePerMs(past: PartitionSeries, from: number, to: number): number {
  const polls = to + 1 - from;
  const msAt = (index: number) => past.timeAt(index) - past.timeAt(from);
  const riseAt = (index: number) => past.lagAt(index) - past.lagAt(from);
  let sumMs = 0;
  let sumRise = 0;
  for (let i = from; i <= to; i++) {
    sumMs += msAt(i);
    sumRise += riseAt(i);
  }
  let covariance = 0;
  let variance = 0;
  for (let i = from; i <= to; i++) {
    const ms = msAt(i) - sumMs / polls;
    covariance += ms * (riseAt(i) - sumRise / polls);
    variance += ms ** 2;
  }
  return covariance / variance;
}
