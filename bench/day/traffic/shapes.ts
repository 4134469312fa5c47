/** The behaviour of a group over the day, as data. Times are epoch ms. */
import type { Retention } from './log.ts';

export interface Stretch {
  readonly fromMs: number;
  /** The first moment after it. */
  readonly toMs: number;
}

/**
 * A time without reading. `no-members`: the group is empty. `rebalancing`: its members own nothing.
 * `members-unknown`: the same, and the coordinator does not return the members.
 */
export interface Absence extends Stretch {
  readonly kind: 'no-members' | 'rebalancing' | 'members-unknown';
}

/** Members are alive but make no progress. */
export interface Stall extends Stretch {
  /** Absent: on every partition. */
  readonly partition?: number;
  /** Whether the same offset is committed repeatedly, as automatic commits do. */
  readonly repeatsCommits: boolean;
}

/** One partition is read more slowly. */
export interface Slowness extends Stretch {
  readonly partition: number;
  /** Share of the produced records that is read. */
  readonly share: number;
}

/** An operator sets the offsets back. */
export interface Rewind {
  readonly atMs: number;
  /** Distance back, by the time of the records. */
  readonly backMs: number;
}

/** A fault, and the time by which an alarm is owed. */
export interface Fault extends Stretch {
  readonly name: string;
  /**
   * Start of the bound: the fault itself, the time at which the age of the oldest unread record
   * crosses the group's objective, or, counted backwards, the first loss of a record.
   */
  readonly due: 'after-start' | 'after-crossing' | 'before-loss';
  readonly dueMinutes: number;
}

export interface GroupShape {
  readonly groupId: string;
  /** Why its healthy traffic may look alarming. */
  readonly traits: string;
  readonly topic: string;
  readonly partitions: number;
  readonly members: number;
  /** Records per second of one partition. */
  readonly rate: (atMs: number) => number;
  /** Most records per second that are read from one partition. */
  readonly capacity: number;
  readonly commitEveryMs: number;
  readonly retention?: Retention;
  /** Topic with one partition that the group stops reading at a time; records still arrive. */
  readonly abandoned?: { readonly topic: string; readonly atMs: number };
  readonly absences: readonly Absence[];
  readonly stalls: readonly Stall[];
  readonly slowness: readonly Slowness[];
  readonly rewinds: readonly Rewind[];
  readonly faults: readonly Fault[];
  /** Objective: highest age of the oldest unread record, seconds. Absent: none. */
  readonly ageSeconds?: number;
  /** Setting `dataLossHorizonSeconds`. Absent: its default. */
  readonly dataLossHorizonSeconds?: number;
  /** Highest age of the oldest unread record while the group is healthy. */
  readonly wellMs: number;
}

export const isIn = ({ fromMs, toMs }: Stretch, atMs: number): boolean => atMs >= fromMs && atMs < toMs;
