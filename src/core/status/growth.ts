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

/**
 * Undefined when there is too little to judge by: the past does not reach back one and a half times `partMs`, or after a gap lag
 * is higher than before.
 */
export function growthOf(past: readonly Progress[], partMs: number): Growth | undefined {
  let behind: Behind | undefined;
  let newest: Judged | undefined;
  for (let i = firstToJudge(past); i < past.length; i++) {
    const poll = past[i] as Progress;
    newest = judge(past, i, partMs);
    if (newest?.grows === true) behind ??= { sinceMs: newest.lowAtMs, peak: 0, lowSinceMs: undefined };
    behind = behind && afterPoll(behind, poll);
    if (behind && newest?.grows !== true && isOver(behind, poll, partMs)) behind = undefined;
  }
  if (newest === undefined || (newest.grows === undefined && behind === undefined)) return undefined;
  const { grows = false, fromMs, samples } = newest;
  return { grows, ...(behind === undefined ? {} : { behind }), fromMs, samples };
}

/** Index of the first poll at which lag may grow: lag that never rose grew at none, and then the newest alone is judged. */
function firstToJudge(past: readonly Progress[]): number {
  const rise = past.findIndex(({ lag }, i) => lag > (past[i - 1]?.lag ?? lag));
  return rise === -1 ? past.length - 1 : rise;
}

function afterPoll({ sinceMs, peak: before, lowSinceMs }: Behind, { atMs, lag }: Progress): Behind {
  const peak = Math.max(before, lag);
  return { sinceMs, peak, lowSinceMs: lag > peak * WELL_BELOW ? undefined : (lowSinceMs ?? atMs) };
}

const isOver = ({ lowSinceMs }: Behind, { atMs, lag }: Progress, partMs: number): boolean =>
  lag === 0 || (lowSinceMs !== undefined && atMs - lowSinceMs >= partMs / 2);

interface Judged {
  /** Undefined when the newer part reaches back across a gap, and lag is higher than before it. */
  readonly grows: boolean | undefined;
  readonly fromMs: number;
  /** When the older part was at its lowest, the last time. */
  readonly lowAtMs: number;
  readonly samples: number;
}

/** Judges at the poll of an index. Asked for every poll of every partition, so no part of the past is copied but for a slope. */
function judge(past: readonly Progress[], at: number, partMs: number): Judged | undefined {
  const last = past[at] as Progress;
  const recentFrom = firstWithin(past, at, partMs);
  const newerFrom = Math.min(recentFrom, at + 1 - FEWEST_POLLS);
  const before = past[newerFrom - 1];
  let reach = at;
  while (reach >= 0 && last.atMs - (past[reach] as Progress).atMs < 1.5 * partMs) reach--;
  if (before === undefined || reach < 0) return undefined;
  const olderFrom = Math.min(firstWithin(past, newerFrom - 1, partMs), reach);
  const lowest = lowestOf(past, olderFrom, newerFrom);
  const tolerance = GROWTH_TOLERANCE * Number(last.end - before.end);
  const rise = lowestOf(past, newerFrom, at + 1).lag - lowest.lag;
  const grows = rise > tolerance && slopePerMs(past.slice(newerFrom, at + 1)) * (last.atMs - before.atMs) > tolerance;
  // With less than a few polls since a gap, the lows before it would hide what came after: lag that is higher now may grow.
  const isOpen =
    !grows && newerFrom < recentFrom && stepTo(past, recentFrom) > partMs && last.lag - lowest.lag > tolerance;
  const judged = { fromMs: (past[olderFrom] as Progress).atMs, lowAtMs: lowest.atMs, samples: at + 1 - olderFrom };
  return { ...judged, grows: isOpen ? undefined : grows };
}

/** Time between the poll of an index and the one before, ms. */
const stepTo = (past: readonly Progress[], at: number): number =>
  (past[at] as Progress).atMs - (past[at - 1] as Progress).atMs;

/** Index of the first poll that is at most so much older than the one of an index. */
function firstWithin(past: readonly Progress[], at: number, ms: number): number {
  const fromMs = (past[at] as Progress).atMs - ms;
  let first = at;
  while ((past[first - 1]?.atMs ?? Number.NEGATIVE_INFINITY) >= fromMs) first--;
  return first;
}

/** The poll of the lowest lag from one index to before another; the last of several. */
function lowestOf(past: readonly Progress[], from: number, to: number): Progress {
  let lowest = past[from] as Progress;
  for (let i = from + 1; i < to; i++) {
    const poll = past[i] as Progress;
    if (poll.lag <= lowest.lag) lowest = poll;
  }
  return lowest;
}

/** Slope of lag by least squares, records per ms; polls may be at any times, no two at the same, two at the least. */
function slopePerMs(polls: readonly Progress[]): number {
  const mean = (of: (poll: Progress) => number) => polls.reduce((sum, poll) => sum + of(poll), 0) / polls.length;
  const [atMs, lag] = [mean((poll) => poll.atMs), mean((poll) => poll.lag)];
  const covariance = mean((poll) => (poll.atMs - atMs) * (poll.lag - lag));
  return covariance / mean((poll) => (poll.atMs - atMs) ** 2);
}
