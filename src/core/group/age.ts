/** Age of a group: that of the oldest record it has not read, over all of its partitions. */

import { isRough } from '#core/ages/age.ts';
import type { LastKnownPartitions } from '#core/history/history.ts';
import { type GroupReading, type PartitionReading, partitionKey } from '#core/kafka/model.ts';
import { absent, known, type Reading, unknown } from '#core/kafka/reading.ts';
import { mayBeginWithMarkers } from '#core/lag/conditions.ts';
import type { IsolationLevel } from '#core/lag/lag.ts';
import { present } from '#core/text/json.ts';

export interface AgeContext {
  /** Each partition as the polls before last knew it. */
  readonly lastKnownOf: LastKnownPartitions;
  readonly isolation: IsolationLevel;
}

/** What is known of a group's age. */
export interface AgeBound {
  /** Some unread record is at least so old; 0 when nothing is unread. */
  readonly atLeastMs: number;
  /** Why a partition may hold a much older one; absent when none does. */
  readonly unknown?: string;
}

/**
 * Milliseconds, a lower bound where timestamps are out of order; 0 when nothing is unread, or
 * nothing that the group may read.
 *
 * Absent when the group has no commit. Unknown when the age of one partition is, or is a wide
 * bracket: it may be the oldest. What may begin with markers of transactions has no age, which
 * would grow for ever: other partitions decide, and without one it is unknown.
 */
export function groupAge(group: GroupReading, context: AgeContext): Reading<number> {
  if (group.partitions.every((p) => p.committedOffset.kind === 'absent')) return absent;
  const { atLeastMs, unknown: why, markers } = ageBounds(group, context);
  if (why !== undefined) return unknown(why);
  if (atLeastMs > 0 || markers === undefined) return known(atLeastMs);
  return unknown(`${markers}: what is unread may begin with markers of transactions`);
}

/**
 * The bounds of a group's age. An age that is known roughly does no harm as long as it is at most
 * `enoughMs`. What may begin with markers of transactions counts as read.
 */
export function boundAge(group: GroupReading, context: AgeContext & { readonly enoughMs: number }): AgeBound {
  const { markers: _, ...bound } = ageBounds(group, context);
  return bound;
}

function ageBounds(
  group: GroupReading,
  { lastKnownOf, isolation, enoughMs = 0 }: AgeContext & { readonly enoughMs?: number },
): AgeBound & { readonly markers?: string } {
  let atLeastMs = 0;
  let why: string | undefined;
  let markers: string | undefined;
  for (const p of group.partitions) {
    if (p.committedOffset.kind === 'absent' || (isolation === 'read_committed' && isStableRead(p))) continue;
    if (mayBeginWithMarkers(p, group, lastKnownOf)) {
      markers = partitionKey(p);
      continue;
    }
    const problem = ageProblem(p, enoughMs);
    if (problem !== undefined) why ??= `${partitionKey(p)}: ${problem}`;
    if (p.age.kind === 'known') atLeastMs = Math.max(atLeastMs, p.age.value.atLeastMs);
  }
  return { atLeastMs, ...present({ unknown: why, markers }) };
}

/** Why a partition may hold a much older record than is known; undefined when it does not. */
function ageProblem({ age }: PartitionReading, enoughMs: number): string | undefined {
  if (age.kind === 'unknown') return age.reason;
  if (age.kind === 'absent' || !isRough(age.value)) return undefined;
  const isEnough = age.value.atMostMs !== undefined && age.value.atMostMs <= enoughMs;
  return isEnough ? undefined : 'its age is known only roughly';
}

/** Nothing that is unread can be read before a transaction ends. */
const isStableRead = ({ committedOffset, lastStableOffset }: PartitionReading): boolean =>
  committedOffset.kind === 'known' &&
  lastStableOffset.kind === 'known' &&
  committedOffset.value >= lastStableOffset.value;
