/** Age of a group: that of the oldest record it has not read, over all of its partitions. */
import { mayBeMarkers } from './conditions.ts';
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

/**
 * Milliseconds, a lower bound where timestamps are out of order; 0 when nothing is unread.
 *
 * What may be nothing but markers of transactions has no age: it would grow for ever. `before` is the group at the poll before, by
 * which that is told. Absent when the group has no commit; unknown when the age of one partition is: it may be the oldest.
 */
export function groupAge(group: GroupReading, before: TimedSample | undefined): Reading<number> {
  const old = new Map(before?.partitions.map((p) => [partitionKey(p), p]));
  const committed = group.partitions.filter((p) => p.committedOffset.kind !== 'absent');
  if (committed.length === 0) return absent;
  let oldestMs = 0;
  for (const p of committed) {
    const age = mayBeMarkers(p, group, old.get(partitionKey(p))) ? 0 : ageOf(p);
    if (typeof age === 'string') return unknown(`${partitionKey(p)}: ${age}`);
    oldestMs = Math.max(oldestMs, age);
  }
  return known(oldestMs);
}

/** At least so many milliseconds, or why that is not known. */
function ageOf({ age }: PartitionReading): number | string {
  if (age.kind === 'unknown') return age.reason;
  return age.kind === 'known' ? age.value.atLeastMs : 0;
}
