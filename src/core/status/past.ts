/** The past of one partition, in the terms that rules of status speak in: columns, as a series has them. */
import type { PartitionSeries } from '../history/partition-series.ts';

/** The polls at which commit and log end were read: the values of a poll are at the same index in each column, the newest last. */
export interface Past {
  /** Epoch ms. */
  readonly times: readonly number[];
  readonly commits: readonly number[];
  readonly ends: readonly number[];
  /** Records that can still be read and were not; 0 also for a commit beyond the end. */
  readonly lags: readonly number[];
}

/** One poll of a past. */
export interface Progress {
  readonly atMs: number;
  readonly committed: number;
  readonly end: number;
  readonly lag: number;
}

/** The polls at which both offsets were read. */
export function pastOf(series: PartitionSeries): Past {
  const { times, commits, ends, starts } = readPolls(series);
  const lags: number[] = [];
  for (let i = 0; i < times.length; i++) {
    const [committed, end, start] = [commits[i] as number, ends[i] as number, starts[i] as number];
    lags.push(Math.max(0, end - (start > committed ? start : committed)));
  }
  return { times, commits, ends, lags };
}

type Columns = Pick<PartitionSeries, 'times' | 'commits' | 'ends' | 'starts'>;

/** The series itself where every poll read both, which is most of the time. */
function readPolls(series: PartitionSeries): Columns {
  const isRead = (_: number, i: number) => Number.isFinite(series.commits[i]) && !Number.isNaN(series.ends[i]);
  if (series.times.every(isRead)) return series;
  const [times, commits, ends, starts] = [series.times, series.commits, series.ends, series.starts].map((column) =>
    column.filter(isRead),
  ) as [number[], number[], number[], number[]];
  return { times, commits, ends, starts };
}

/** The poll of an index. */
export const progressAt = ({ times, commits, ends, lags }: Past, index: number): Progress => ({
  atMs: times[index] as number,
  committed: commits[index] as number,
  end: ends[index] as number,
  lag: lags[index] as number,
});

/** Index of the first of the newest polls for all of which something holds; `length` when it does not hold for the newest. */
export function trailingFrom(length: number, holds: (index: number) => boolean): number {
  let from = length;
  while (from > 0 && holds(from - 1)) from--;
  return from;
}

/** From when on something holds for all newest polls; the newest itself when it does not hold there. */
export const since = (times: readonly number[], holds: (index: number) => boolean): number =>
  times[Math.min(trailingFrom(times.length, holds), times.length - 1)] as number;

/**
 * Index of the first of the newest polls over which the commit stood still though there was something to read. An offset only
 * grows within the past of one log, so what is equal at two polls did not move between them, however far apart they are.
 */
export function stillFrom({ commits, lags }: Past): number {
  const now = commits.at(-1);
  return trailingFrom(commits.length, (i) => commits[i] === now && (lags[i] as number) > 0);
}

/**
 * How long commits usually rest though there is something to read, before they go on: the median over the moves seen, ms.
 * One outage is no habit, and a job that commits every ten minutes has one. Undefined when no commit was seen to move.
 */
export function usualPauseMs({ times, commits, lags }: Past): number | undefined {
  const pauses: number[] = [];
  let restsSinceMs: number | undefined;
  for (let i = 0; i < times.length; i++) {
    if (i > 0 && (commits[i] as number) > (commits[i - 1] as number)) {
      pauses.push(restsSinceMs === undefined ? 0 : (times[i - 1] as number) - restsSinceMs);
      restsSinceMs = undefined;
    }
    if ((lags[i] as number) > 0) restsSinceMs ??= times[i];
  }
  return pauses.length < 2 ? pauses[0] : pauses.sort((a, b) => a - b)[Math.floor(pauses.length / 2)];
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
export function rewindOf({ times, commits }: Past): Rewind | undefined {
  const last = commits.length - 1;
  let furthest = last;
  for (let i = last - 1; i >= 0; i--) if ((commits[i] as number) > (commits[furthest] as number)) furthest = i;
  if (furthest === last) return undefined;
  const back = (commits[furthest] as number) - (commits[last] as number);
  return { sinceMs: times[furthest + 1] as number, back, polls: last - furthest };
}
