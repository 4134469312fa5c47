/** What the rules of status look at: one partition, its past, and who reads it. */

import type { PartitionSeries } from '#core/history/partition-series.ts';
import { HISTORY_SPAN_MS } from '#core/history/thinning.ts';
import { present } from '#core/text/json.ts';
import { type Growth, growthOf } from './growth.ts';
import { type Progress, patienceMs, progressAt, type Rewind, rewindOf, stillFrom, usualPauseMs } from './past.ts';

/**
 * Who reads the partition now: a member; none; none of its topic, while members own others; or that
 * is not known.
 */
export type Ownership = 'owned' | 'unowned' | 'abandoned' | 'unknown';

/** What is known of every partition. */
export interface PartitionFacts {
  readonly series: PartitionSeries;
  readonly ownership: Ownership;
  /** Absent when commit or log end could not be read now. */
  readonly read?: ReadFacts;
}

/** What is known of a partition that could be read now. */
export interface ReadFacts {
  readonly ownership: Ownership;
  /** A transaction is open: what is unread is not markers alone. */
  readonly isHeldBack: boolean;
  readonly now: Progress;
  /** The polls at which it could be read, `now` among them. */
  readonly past: PartitionSeries;
  /**
   * The polls over which the commit stands still with lag: the first and how many; none when
   * nothing is unread.
   */
  readonly still: { readonly first: Progress; readonly samples: number };
  /** For so long the commit has to stand still before that says something, ms. */
  readonly patienceMs: number;
  readonly rewind?: Rewind;
  /** Absent when there is too little to judge by, or nothing unread. */
  readonly growth?: Growth;
}

/** The facts of a partition. `windowMs`: what counts as a while. */
export function factsOf(
  series: PartitionSeries,
  { windowMs, ...present }: Pick<ReadFacts, 'ownership' | 'isHeldBack'> & { readonly windowMs: number },
): PartitionFacts {
  const { ownership } = present;
  if (!series.isReadAt(series.length - 1)) return { series, ownership };
  const past = series.whereRead();
  const now = progressAt(past, past.length - 1);
  return { series, ownership, read: { ...present, now, past, ...movementOf(past, now, windowMs) } };
}

type Movement = Pick<ReadFacts, 'still' | 'patienceMs' | 'rewind' | 'growth'>;

/** How the commit moved. */
function movementOf(past: PartitionSeries, now: Progress, windowMs: number): Movement {
  if (now.lag === 0) return { still: { first: now, samples: 0 }, patienceMs: windowMs };
  const partMs = Math.min(Math.max(windowMs, 2 * (usualPauseMs(past) ?? 0)), HISTORY_SPAN_MS / 2);
  const still = stillFrom(past);
  const rewind = rewindOf(past);
  const growth = growthOf(past, partMs);
  return {
    still: { first: progressAt(past, still), samples: past.length - still },
    patienceMs: patienceMs(past, windowMs),
    ...present({ rewind, growth }),
  };
}
