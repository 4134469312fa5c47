/**
 * The ages of the newest poll, so that they can be shown without a request to a broker. A history
 * keeps no older ages: its offsets say the same.
 */

import type { RecordAge } from '#core/kafka/model.ts';
import { absent, known, type Reading, unknown } from '#core/kafka/reading.ts';

/** These stand in place of the index of a reason. */
const KNOWN = -1;
const ABSENT = -2;

/** Ages of many partitions, in whole ms. Rounding makes a bracket wider, never narrower. */
export class AgeColumn {
  readonly length: number;
  readonly #kinds: Int32Array;
  readonly #atLeastMs: Float64Array;
  /** NaN when no upper end is known. */
  readonly #atMostMs: Float64Array;
  readonly #proven: Uint8Array;
  readonly #reasons: string[] = [];
  readonly #byReason = new Map<string, number>();

  /** At first every age is absent. */
  constructor(length: number) {
    this.length = length;
    this.#kinds = new Int32Array(length).fill(ABSENT);
    this.#atLeastMs = new Float64Array(length);
    this.#atMostMs = new Float64Array(length);
    this.#proven = new Uint8Array(length);
  }

  set(index: number, age: Reading<RecordAge>): void {
    if (age.kind === 'absent') return;
    this.#kinds[index] = age.kind === 'known' ? KNOWN : this.#indexOf(age.reason);
    if (age.kind !== 'known') return;
    this.#atLeastMs[index] = Math.floor(age.value.atLeastMs);
    this.#atMostMs[index] = Math.ceil(age.value.atMostMs ?? Number.NaN);
    this.#proven[index] = age.value.proven ? 1 : 0;
  }

  get(index: number): Reading<RecordAge> {
    const kind = this.#kinds[index] as number;
    if (kind === ABSENT) return absent;
    if (kind !== KNOWN) return unknown(this.#reasons[kind] as string);
    const atMostMs = this.#atMostMs[index] as number;
    return known({
      atLeastMs: this.#atLeastMs[index] as number,
      ...(Number.isNaN(atMostMs) ? {} : { atMostMs }),
      proven: this.#proven[index] === 1,
    });
  }

  #indexOf(reason: string): number {
    const index = this.#byReason.get(reason) ?? this.#reasons.push(reason) - 1;
    this.#byReason.set(reason, index);
    return index;
  }
}

/** Ages in their stored form. */
export interface StoredAges {
  /**
   * One cell for each partition: `null` for an absent age, the index of the reason as a string for
   * an unknown one, the lower end in ms for a known one.
   */
  readonly lower: unknown[];
  /**
   * Two cells for each known age: the distance of the upper end from the lower (`null` without an
   * upper end), then 1 when it is proven, else 0.
   */
  readonly upper: unknown[];
  readonly reasons: string[];
}

/** The stored form of the ages at these indexes, in this order. */
export function packAges(ages: AgeColumn, indexes: readonly number[]): StoredAges {
  const lower: unknown[] = [];
  const upper: unknown[] = [];
  const reasons = new Map<string, string>();
  for (const at of indexes) {
    const age = ages.get(at);
    if (age.kind === 'absent') lower.push(null);
    else if (age.kind === 'unknown') {
      const index = reasons.get(age.reason) ?? `${reasons.size}`;
      reasons.set(age.reason, index);
      lower.push(index);
    } else {
      const { atLeastMs, atMostMs, proven } = age.value;
      lower.push(atLeastMs);
      upper.push(atMostMs === undefined ? null : atMostMs - atLeastMs, proven ? 1 : 0);
    }
  }
  return { lower, upper, reasons: [...reasons.keys()] };
}

/**
 * The ages of `length` partitions from their stored form.
 *
 * @throws Error with what is wrong in a form that `packAges` never writes
 */
export function unpackAges({ lower, upper, reasons }: StoredAges, length: number): AgeColumn {
  if (lower.length !== length) throw new Error(`${lower.length} ages for ${length} partitions`);
  const ages = new AgeColumn(length);
  let at = 0;
  for (const [index, cell] of lower.entries()) {
    if (cell === null) continue;
    if (typeof cell === 'number') {
      ages.set(index, known(ageOf(cell, upper[at], upper[at + 1])));
      at += 2;
      continue;
    }
    const reason = reasons[Number(cell)];
    if (typeof cell !== 'string' || reason === undefined) throw new Error(`${JSON.stringify(cell)} is not an age`);
    ages.set(index, unknown(reason));
  }
  return ages;
}

function ageOf(atLeastMs: number, width: unknown, proven: unknown): RecordAge {
  if (width !== null && typeof width !== 'number')
    throw new Error(`${JSON.stringify(width)} is not the width of an age`);
  return { atLeastMs, ...(width === null ? {} : { atMostMs: atLeastMs + width }), proven: proven === 1 };
}
