/** The past of one partition, in the terms that rules of status speak in. Times are epoch ms, oldest first. */
import type { PartitionSeries, Point } from '../partition-series.ts';

/** A poll at which commit and log end were read. */
export interface Progress {
  readonly atMs: number;
  readonly committed: bigint;
  readonly end: bigint;
  /** Records that can still be read and were not; 0 also for a commit beyond the end. */
  readonly lag: number;
}

/** The polls at which both offsets were read. */
export function progressOf({ points }: PartitionSeries): Progress[] {
  const past: Progress[] = [];
  for (const { atMs, sample } of points) {
    const { committedOffset: committed, logEndOffset: end, logStartOffset } = sample;
    if (committed === undefined || end === undefined) continue;
    const next = logStartOffset !== undefined && logStartOffset > committed ? logStartOffset : committed;
    past.push({ atMs, committed, end, lag: end > next ? Number(end - next) : 0 });
  }
  return past;
}

/** The last elements, all of which hold. */
export function trailing<T>(all: readonly T[], holds: (each: T) => boolean): readonly T[] {
  return all.slice(all.findLastIndex((each) => !holds(each)) + 1);
}

/** From when on all newest points hold; the newest itself when none does. */
export function since(points: readonly Point[], holds: (point: Point) => boolean): number {
  return Math.min(...[...trailing(points, holds), ...points.slice(-1)].map(({ atMs }) => atMs));
}

/**
 * The newest polls over which the commit stood still though there was something to read; without lag none. An offset only
 * grows within the past of one log, so what is equal at two polls did not move between them, however far apart they are.
 */
export const standstill = (past: readonly Progress[], now: Progress): readonly Progress[] =>
  trailing(past, ({ committed, lag }) => committed === now.committed && lag > 0);

/**
 * How long commits usually rest though there is something to read, before they go on: the median over the moves seen, ms.
 * One outage is no habit, and a job that commits every ten minutes has one. Undefined when no commit was seen to move.
 */
export function usualPauseMs(past: readonly Progress[]): number | undefined {
  const pauses: number[] = [];
  let restsSinceMs: number | undefined;
  for (let i = 0; i < past.length; i++) {
    const poll = past[i] as Progress;
    const before = past[i - 1];
    if (before !== undefined && poll.committed > before.committed) {
      pauses.push(restsSinceMs === undefined ? 0 : before.atMs - restsSinceMs);
      restsSinceMs = undefined;
    }
    if (poll.lag > 0) restsSinceMs ??= poll.atMs;
  }
  return pauses.sort((a, b) => a - b)[Math.floor(pauses.length / 2)];
}

/** A commit that went back, and has not come as far again. */
export interface Rewind {
  readonly sinceMs: number;
  /** Records that are read once more. */
  readonly back: number;
  /** Polls since. */
  readonly polls: number;
}

/** The rewind that is not made up for at the newest poll; undefined when there is none. */
export function rewindOf(past: readonly Progress[], now: Progress): Rewind | undefined {
  const furthest = past.reduce((most, { committed }) => (committed > most ? committed : most), now.committed);
  const behind = past.slice(past.findLastIndex(({ committed }) => committed === furthest) + 1);
  const [first] = behind;
  if (first === undefined) return undefined;
  return { sinceMs: first.atMs, back: Number(furthest - now.committed), polls: behind.length };
}
