/** The ages of the newest poll: for whoever shows them without asking a broker. Older ones say nothing that offsets do not. */

import type { RecordAge } from '#core/kafka/model.ts';
import { absent, known, type Reading, unknown } from '#core/kafka/reading.ts';

/** In place of an index of a reason. */
const KNOWN = -1;
const ABSENT = -2;

/** Ages of many partitions, in whole milliseconds: rounded so that a bracket grows. */
export class AgeColumn {
  readonly length: number;
  readonly #kinds: Int32Array;
  readonly #atLeastMs: Float64Array;
  /** NaN: no upper end is known. */
  readonly #atMostMs: Float64Array;
  readonly #proven: Uint8Array;
  readonly #reasons: string[] = [];
  readonly #byReason = new Map<string, number>();

  /** All are absent at first. */
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

/**
 * Ages as they are written. Of each partition: `null` where it is absent, as a string the index of the reason where it is
 * unknown, else the lower end. Then of each that is known the upper end: `null` without one, else its distance, and whether
 * it is proven.
 */
export interface StoredAges {
  readonly lower: unknown[];
  readonly upper: unknown[];
  readonly reasons: string[];
}

/** Writes the ages of partitions in the order of the indexes. */
export function packAges(ages: AgeColumn, indexes: readonly number[]): StoredAges {
  const [lower, upper, reasons]: [unknown[], unknown[], Map<string, string>] = [[], [], new Map()];
  for (const index of indexes) {
    const age = ages.get(index);
    if (age.kind === 'absent') lower.push(null);
    else if (age.kind === 'unknown') {
      const known = reasons.get(age.reason) ?? `${reasons.size}`;
      reasons.set(age.reason, known);
      lower.push(known);
    } else {
      const { atLeastMs, atMostMs, proven } = age.value;
      lower.push(atLeastMs);
      upper.push(atMostMs === undefined ? null : atMostMs - atLeastMs, proven ? 1 : 0);
    }
  }
  return { lower, upper, reasons: [...reasons.keys()] };
}

/** The ages of `length` partitions again. @throws Error naming what `packAges` never writes */
export function unpackAges({ lower, upper, reasons }: StoredAges, length: number): AgeColumn {
  if (lower.length !== length) throw new Error(`${lower.length} ages of ${length} partitions`);
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
    if (typeof cell !== 'string' || reason === undefined) throw new Error(`${JSON.stringify(cell)} is no age`);
    ages.set(index, unknown(reason));
  }
  return ages;
}

function ageOf(atLeastMs: number, width: unknown, proven: unknown): RecordAge {
  if (width !== null && typeof width !== 'number') throw new Error(`${JSON.stringify(width)} is no width of an age`);
  return { atLeastMs, ...(width === null ? {} : { atMostMs: atLeastMs + width }), proven: proven === 1 };
}
