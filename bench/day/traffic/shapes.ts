/** How a group behaves over the day, as data. Times are epoch ms. */
import type { Retention } from './log.ts';

export interface Stretch {
  readonly fromMs: number;
  /** The first moment after it. */
  readonly toMs: number;
}

/**
 * When nobody reads: `no-members`, the group is empty; `rebalancing`, members are there and own nothing;
 * `members-unknown`, as that, and the coordinator does not tell who they are.
 */
export interface Absence extends Stretch {
  readonly kind: 'no-members' | 'rebalancing' | 'members-unknown';
}

/** Members are alive, and get nowhere. */
export interface Stall extends Stretch {
  /** Absent: on every partition. */
  readonly partition?: number;
  /** Whether the offset that stands still is committed again and again, as automatic commits do. */
  readonly repeatsCommits: boolean;
}

/** One partition is read more slowly. */
export interface Slowness extends Stretch {
  readonly partition: number;
  /** Share of what arrives that is read. */
  readonly share: number;
}

/** An operator sets the offsets back. */
export interface Rewind {
  readonly atMs: number;
  /** To what was written so long before. */
  readonly backMs: number;
}

/** What is wrong, and what the watcher owes: an alarm by some moment. */
export interface Fault extends Stretch {
  readonly name: string;
  /**
   * What the bound is counted from: the fault itself, the moment at which the age of the oldest unread record crosses the
   * group's objective, or, backwards, the first loss of a record.
   */
  readonly due: 'after-start' | 'after-crossing' | 'before-loss';
  readonly dueMinutes: number;
}

export interface GroupShape {
  readonly groupId: string;
  /** What is asked of it while it is well, and may look alarming. */
  readonly traits: string;
  readonly topic: string;
  readonly partitions: number;
  readonly members: number;
  /** Records per second of one partition. */
  readonly rate: (atMs: number) => number;
  /** Records per second that are read of one partition, at most. */
  readonly capacity: number;
  readonly commitEveryMs: number;
  readonly retention?: Retention;
  /** Topic, of one partition, that the group reads until a moment and never again; records go on arriving. */
  readonly abandoned?: { readonly topic: string; readonly atMs: number };
  readonly absences: readonly Absence[];
  readonly stalls: readonly Stall[];
  readonly slowness: readonly Slowness[];
  readonly rewinds: readonly Rewind[];
  readonly faults: readonly Fault[];
  /** Age of the oldest unread record that is too much, seconds; absent: the group has no such objective. */
  readonly ageSeconds?: number;
  /** Data is to be told of that is lost within so many seconds; absent: as by default. */
  readonly dataLossHorizonSeconds?: number;
  /** The oldest unread record is this old at most while all is well. */
  readonly wellMs: number;
}

export const isIn = ({ fromMs, toMs }: Stretch, atMs: number): boolean => atMs >= fromMs && atMs < toMs;
