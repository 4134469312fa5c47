/**
 * Whether lag grows, judged by its lows: those of the newer part of a window are above those of the
 * older part, and lag rises within the newer part. Lag that swings, since commits come in batches,
 * has lows that do not rise; lag that grows with a dip in it has.
 */

import type { PartitionSeries } from '#core/history/partition-series.ts';
import { GROWTH_TOLERANCE } from '#core/lag/rates.ts';
import { present } from '#core/text/json.ts';

/** Lag is behind until it is down to this share of its peak. */
const WELL_BELOW = 0.5;

/** Polls in the newer part, at the least. */
const FEWEST_POLLS = 3;

/** What is known of the growth of a lag at the newest poll. */
export interface Growth {
  /** It grows now. */
  readonly grows: boolean;
  /**
   * It grows, or it grew and is not well below its peak since, or was so for too short a time.
   * Absent else.
   */
  readonly behind?: Behind;
  /** The window that was judged begins here. */
  readonly fromMs: number;
  readonly samples: number;
}

interface Behind {
  /** The low that lag grew from, epoch ms. */
  readonly sinceMs: number;
  /** Highest lag since it was found to grow, records. */
  readonly peak: number;
  /** Since when it is well below that; undefined when it is not. */
  readonly lowSinceMs: number | undefined;
}

/**
 * Undefined when there is too little to judge by: the past does not reach back one and a half times
 * `partMs`, or after a gap lag is higher than before.
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
  return { grows, ...present({ behind }), fromMs, samples };
}

/**
 * Index of the first poll at which lag may grow: lag that never rose grew at none, and then the
 * newest alone is judged.
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
  /** Undefined when the newer part reaches back across a gap, and lag is higher than before it. */
  readonly grows: boolean | undefined;
  readonly fromMs: number;
  /** When the older part was at its lowest, the last time. */
  readonly lowAtMs: number;
  readonly samples: number;
}

/**
 * Judges at the poll of an index. Asked for every poll of every partition, so no part of the past
 * is copied.
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
  // With less than a few polls since a gap, the lows before it would hide what came after: lag that
  // is higher now may grow.
  const isAfterGap = newerFrom < recentFrom && past.timeAt(recentFrom) - past.timeAt(recentFrom - 1) > partMs;
  const isOpen = !grows && isAfterGap && past.lagAt(at) - low > tolerance;
  return {
    grows: isOpen ? undefined : grows,
    fromMs: past.timeAt(olderFrom),
    lowAtMs: past.timeAt(lowest),
    samples: at + 1 - olderFrom,
  };
}

/** Index of the first poll that is at most so much older than the one of an index. */
function firstWithin(past: PartitionSeries, at: number, ms: number): number {
  const fromMs = past.timeAt(at) - ms;
  let first = at;
  while (first > 0 && past.timeAt(first - 1) >= fromMs) first--;
  return first;
}

/** Index of the lowest lag from one index to before another; the last of several. */
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
 * Slope of lag by least squares from one index to another, records per ms; no two polls are at the
 * same time, and there are two at the least. Both count from the first poll, so that sums of whole
 * numbers are exact: of lag that stands still it is 0, and no rounding.
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
