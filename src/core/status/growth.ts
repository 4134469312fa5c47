/**
 * Whether lag grows, judged by its lows: those of the newer part of a window are above those of the older part, and lag rises
 * within the newer part. Lag that swings, since commits come in batches, has lows that do not rise; lag that grows with a dip
 * in it has.
 */
import { GROWTH_TOLERANCE } from '../rates.ts';
import type { Progress } from './past.ts';

/** Lag is behind until it is down to this share of its peak. */
const WELL_BELOW = 0.5;

/** Polls in the newer part, at the least. */
const FEWEST_POLLS = 3;

/** What is known of the growth of a lag at the newest poll. */
export interface Growth {
  /** It grows now. */
  readonly grows: boolean;
  /** It grows, or it grew and is not well below its peak since, or was so for too short a time. Absent else. */
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

/** Undefined when the past does not reach back one and a half times `partMs`: too little to judge by. */
export function growthOf(past: readonly Progress[], partMs: number): Growth | undefined {
  let behind: Behind | undefined;
  let newest: Judged | undefined;
  for (const [i, poll] of past.entries()) {
    newest = judge(past, i, partMs);
    if (newest?.grows === true) behind ??= { sinceMs: newest.lowAtMs, peak: 0, lowSinceMs: undefined };
    behind = behind && afterPoll(behind, poll);
    if (behind && newest?.grows !== true && isOver(behind, poll, partMs)) behind = undefined;
  }
  if (newest === undefined) return undefined;
  const { grows, fromMs, samples } = newest;
  return { grows, ...(behind === undefined ? {} : { behind }), fromMs, samples };
}

function afterPoll({ sinceMs, peak: before, lowSinceMs }: Behind, { atMs, lag }: Progress): Behind {
  const peak = Math.max(before, lag);
  return { sinceMs, peak, lowSinceMs: lag > peak * WELL_BELOW ? undefined : (lowSinceMs ?? atMs) };
}

const isOver = ({ lowSinceMs }: Behind, { atMs, lag }: Progress, partMs: number): boolean =>
  lag === 0 || (lowSinceMs !== undefined && atMs - lowSinceMs >= partMs / 2);

interface Judged {
  readonly grows: boolean;
  readonly fromMs: number;
  /** When the older part was at its lowest, the last time. */
  readonly lowAtMs: number;
  readonly samples: number;
}

/** Judges at the poll of an index. */
function judge(past: readonly Progress[], at: number, partMs: number): Judged | undefined {
  const firstSince = (atMs: number) => past.findIndex((poll) => poll.atMs >= atMs);
  const last = past[at] as Progress;
  const newerFrom = Math.min(firstSince(last.atMs - partMs), at + 1 - FEWEST_POLLS);
  const before = past[newerFrom - 1];
  const reach = past.findLastIndex(({ atMs }) => last.atMs - atMs >= 1.5 * partMs);
  if (before === undefined || reach < 0) return undefined;
  const newer = past.slice(newerFrom, at + 1);
  const older = past.slice(Math.min(firstSince(before.atMs - partMs), reach), newerFrom);
  const lowest = older.reduce((low, poll) => (poll.lag <= low.lag ? poll : low));
  const rise = Math.min(...newer.map(({ lag }) => lag)) - lowest.lag;
  const arrived = Number(last.end - before.end);
  const risesNow = slopePerMs(newer) * (last.atMs - before.atMs) > GROWTH_TOLERANCE * arrived;
  const grows = rise > GROWTH_TOLERANCE * arrived && risesNow;
  const fromMs = Math.min(...older.map(({ atMs }) => atMs));
  return { grows, fromMs, lowAtMs: lowest.atMs, samples: newer.length + older.length };
}

/** Slope of lag by least squares, records per ms; polls may be at any times, no two at the same, two at the least. */
function slopePerMs(polls: readonly Progress[]): number {
  const mean = (of: (poll: Progress) => number) => polls.reduce((sum, poll) => sum + of(poll), 0) / polls.length;
  const [atMs, lag] = [mean((poll) => poll.atMs), mean((poll) => poll.lag)];
  const covariance = mean((poll) => (poll.atMs - atMs) * (poll.lag - lag));
  return covariance / mean((poll) => (poll.atMs - atMs) ** 2);
}
