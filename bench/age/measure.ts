/** Compares the ages that a reader returns with the truth. */

import { toleranceMs } from '#core/ages/age.ts';
import type { AgeBudget } from '#core/ages/budget.ts';
import type { RecordAge } from '#core/kafka/model.ts';
import type { Reading } from '#core/kafka/reading.ts';
import type { OffsetsReader } from '#core/ports.ts';
import type { DataKind } from './kinds.ts';
import { type AgeStand, trueAgeMs } from './stand.ts';

export interface KindResult {
  readonly kind: string;
  readonly promise: DataKind['promise'];
  readonly groups: number;
  /** Distance between the truth and the certain lower bound, ms. */
  readonly worstErrorMs: number;
  /**
   * The largest error as a share of the true age. Errors up to a second, allowed for any age, count
   * as 0.
   */
  readonly worstRelativeError: number;
  readonly promiseKept: boolean;
  /** Groups with an unknown age. */
  readonly unknown: number;
  /** Groups whose age is certain at both ends. */
  readonly proven: number;
  /** Requests for ages to the only broker: two, then one per round. */
  readonly rounds: number;
}

/** Reads all groups of the stand with ages, and judges the result. */
export async function measureKind(reader: OffsetsReader, stand: AgeStand, ages: AgeBudget): Promise<KindResult> {
  const groupIds = [...stand.groups.keys()];
  const without = await reader.read({ groupIds });
  const reading = await reader.read({ groupIds, ages });
  const judged = reading.groups.map(({ groupId, partitions }) => {
    const truth = trueAgeMs(stand, groupId, reading.atMs);
    return { truth, age: partitions[0]?.age ?? { kind: 'absent' as const } };
  });
  const errors = judged.flatMap(({ truth, age }) =>
    truth !== undefined && age.kind === 'known' ? [{ truth, error: Math.abs(truth - age.value.atLeastMs) }] : [],
  );
  return {
    kind: stand.kind.name,
    promise: stand.kind.promise,
    groups: judged.length,
    worstErrorMs: Math.max(0, ...errors.map(({ error }) => error)),
    worstRelativeError: Math.max(0, ...errors.map(({ truth, error }) => (error <= 1_000 ? 0 : error / truth))),
    promiseKept: judged.every(({ truth, age }) => isKept(stand.kind.promise, truth, age)),
    unknown: judged.filter(({ age }) => age.kind === 'unknown').length,
    proven: judged.filter(({ age }) => age.kind === 'known' && age.value.proven).length,
    rounds: reading.requests - without.requests,
  };
}

function isKept(promise: DataKind['promise'], truth: number | undefined, age: Reading<RecordAge>): boolean {
  if (truth === undefined) return age.kind === 'absent';
  if (age.kind !== 'known') return age.kind === 'unknown' && promise === 'bound';
  const { atLeastMs, atMostMs = Number.POSITIVE_INFINITY, proven } = age.value;
  const isExact = Math.abs(truth - atLeastMs) <= toleranceMs(truth);
  // A millisecond of tolerance between two readings of the clock.
  const isBound = atLeastMs <= Math.max(0, truth) + 1;
  if (promise === 'exact') return isExact;
  return isBound && (promise === 'bracket' ? truth <= atMostMs + 1 : !proven || isExact);
}
