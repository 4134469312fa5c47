/** Age of a group: the age of its oldest unread record over all partitions. */

import { isRough } from '#core/ages/age.ts';
import type { LastKnownPartitions } from '#core/history/history.ts';
import { type GroupReading, type PartitionReading, partitionKey } from '#core/kafka/model.ts';
import { absent, known, type Reading, unknown } from '#core/kafka/reading.ts';
import { mayBeginWithMarkers } from '#core/lag/conditions.ts';
import type { IsolationLevel } from '#core/lag/lag.ts';
import { present } from '#core/text/json.ts';

export interface AgeContext {
  /** Each partition as the previous polls last knew it. */
  readonly lastKnownOf: LastKnownPartitions;
  readonly isolation: IsolationLevel;
}

/** What is known about a group's age. */
export interface AgeBound {
  /** At least one unread record has this age, ms; 0 when nothing is unread. */
  readonly atLeastMs: number;
  /** Why a partition may hold a much older record; absent when none does. */
  readonly unknown?: string;
}

/**
 * Age of a group, ms; a lower bound where timestamps are out of order. 0 when nothing is unread, or
 * when the group may not read it yet.
 *
 * Absent when the group has no commit. Unknown when the age of one partition is unknown or a wide
 * bracket, since that record may be the oldest. Offsets that may begin with transaction markers
 * have no age, since it would grow for ever: other partitions decide. Without others the age is
 * unknown.
 */
export function groupAge(group: GroupReading, context: AgeContext): Reading<number> {
  if (group.partitions.every((p) => p.committedOffset.kind === 'absent')) return absent;
  const { atLeastMs, unknown: why, markers } = ageBounds(group, context);
  if (why !== undefined) return unknown(why);
  if (atLeastMs > 0 || markers === undefined) return known(atLeastMs);
  return unknown(`${markers}: the unread offsets may begin with transaction markers`);
}

/**
 * The bounds of a group's age. A roughly known age is enough while it is at most `enoughMs`.
 * Offsets that may begin with transaction markers count as read.
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

/** The group cannot read any unread record before a transaction ends. */
const isStableRead = ({ committedOffset, lastStableOffset }: PartitionReading): boolean =>
  committedOffset.kind === 'known' &&
  lastStableOffset.kind === 'known' &&
  committedOffset.value >= lastStableOffset.value;
