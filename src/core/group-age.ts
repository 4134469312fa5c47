/** Age of a group: that of the oldest record it has not read, over all of its partitions. */
import { mayBeginWithMarkers } from './conditions.ts';
import type { TimedSample } from './history.ts';
import {
  absent,
  type GroupReading,
  known,
  type PartitionReading,
  partitionKey,
  type Reading,
  unknown,
} from './kafka.ts';
import type { IsolationLevel } from './lag.ts';
import { isRough } from './time-lag.ts';

export interface AgeContext {
  /** The group at the last poll before that read it; absent when there was none. */
  readonly before?: TimedSample;
  readonly isolation: IsolationLevel;
}

/**
 * Milliseconds, a lower bound where timestamps are out of order; 0 when nothing is unread, or nothing that the group may read.
 *
 * Absent when the group has no commit. Unknown when the age of one partition is, or is a wide bracket: it may be the oldest. What may
 * begin with markers of transactions has no age, which would grow for ever: other partitions decide, and without one it is unknown.
 */
export function groupAge(group: GroupReading, { before, isolation }: AgeContext): Reading<number> {
  const old = new Map(before?.partitions.map((p) => [partitionKey(p), p]));
  const committed = group.partitions.filter((p) => p.committedOffset.kind !== 'absent');
  if (committed.length === 0) return absent;
  let oldestMs = 0;
  let markers: string | undefined;
  for (const p of committed) {
    if (isolation === 'read_committed' && isStableRead(p)) continue;
    if (mayBeginWithMarkers(p, group, old.get(partitionKey(p)))) {
      markers = partitionKey(p);
      continue;
    }
    const age = ageOf(p);
    if (typeof age === 'string') return unknown(`${partitionKey(p)}: ${age}`);
    oldestMs = Math.max(oldestMs, age);
  }
  if (oldestMs > 0 || markers === undefined) return known(oldestMs);
  return unknown(`${markers}: what is unread may begin with markers of transactions`);
}

/** At least so many milliseconds, or why that is not known. */
function ageOf({ age }: PartitionReading): number | string {
  if (age.kind === 'unknown') return age.reason;
  if (age.kind === 'absent') return 0;
  return isRough(age.value) ? 'its age could only be told roughly' : age.value.atLeastMs;
}

/** Nothing that is unread can be read before a transaction ends. */
const isStableRead = ({ committedOffset, lastStableOffset }: PartitionReading): boolean =>
  committedOffset.kind === 'known' &&
  lastStableOffset.kind === 'known' &&
  committedOffset.value >= lastStableOffset.value;
