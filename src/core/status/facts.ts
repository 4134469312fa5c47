/** What the status rules use: one partition, its past, and its owner. */

import type { PartitionSeries } from '#core/history/partition-series.ts';
import { HISTORY_SPAN_MS } from '#core/history/thinning.ts';
import { type Growth, growthOf } from './growth.ts';
import {
  minimumStandstillMs,
  type Progress,
  progressAt,
  type Rewind,
  rewindOf,
  stillFrom,
  usualPauseMs,
} from './past.ts';

/**
 * Owner of the partition. `owned`: a member. `unowned`: none. `abandoned`: no member owns a
 * partition of its topic, but members own others. `unknown`: the owner is not known.
 */
export type Ownership = 'owned' | 'unowned' | 'abandoned' | 'unknown';

/** What is known about every partition. */
export interface PartitionFacts {
  readonly series: PartitionSeries;
  readonly ownership: Ownership;
  /** Absent when the newest poll did not read commit and log end. */
  readonly read?: ReadFacts;
}

/** What is known about a partition that the newest poll read. */
export interface ReadFacts {
  readonly ownership: Ownership;
  /** A transaction is open, so the unread offsets are not markers alone. */
  readonly isHeldBack: boolean;
  readonly now: Progress;
  /** The polls that read it, `now` included. */
  readonly past: PartitionSeries;
  /**
   * The polls over which the commit stands still with lag: the first one, and their number; 0 when
   * nothing is unread.
   */
  readonly still: { readonly first: Progress; readonly samples: number };
  /** How long the commit must stand still before a status counts it, ms. */
  readonly minimumStandstillMs: number;
  readonly rewind?: Rewind;
  /** Absent when history is too short, or when nothing is unread. */
  readonly growth?: Growth;
}

/** The facts of a partition. `windowMs`: window of statuses. */
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

type Movement = Pick<ReadFacts, 'still' | 'minimumStandstillMs' | 'rewind' | 'growth'>;

/** How the commit moved. */
function movementOf(past: PartitionSeries, now: Progress, windowMs: number): Movement {
  if (now.lag === 0) return { still: { first: now, samples: 0 }, minimumStandstillMs: windowMs };
  const partMs = Math.min(Math.max(windowMs, 2 * (usualPauseMs(past) ?? 0)), HISTORY_SPAN_MS / 2);
  const still = stillFrom(past);
  const rewind = rewindOf(past);
  const growth = growthOf(past, partMs);
  return {
    still: { first: progressAt(past, still), samples: past.length - still },
    minimumStandstillMs: minimumStandstillMs(past, windowMs),
    // Not `present`: this runs for every partition of a poll.
    ...(rewind === undefined ? {} : { rewind }),
    ...(growth === undefined ? {} : { growth }),
  };
}
