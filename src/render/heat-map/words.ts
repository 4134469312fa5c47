/** Numbers and readings in the words of a heat map. */

import type { RecordAge } from '#core/kafka/model.ts';
import type { Reading } from '#core/kafka/reading.ts';
import { durationText } from '#core/text/text.ts';
import type { HeatMapPartition } from './input.ts';

/** A whole number in full: `1,234`. */
export const inFull = (value: number): string => value.toLocaleString('en-US');

const STEPS = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

/** A number in at most four characters, rounded down: `999`, `1.2k`, `12k`. */
export function inShort(value: number): string {
  const [size, letter] = STEPS.find(([least]) => value >= least) ?? [1, ''];
  const scaled = value / size;
  return `${scaled < 10 && size > 1 ? Math.floor(scaled * 10) / 10 : Math.floor(scaled)}${letter}`;
}

/** Lag for people: records, why there is none, or why it is not known. */
export function lagText({ lag }: Pick<HeatMapPartition, 'lag'>): string {
  if (lag.kind === 'known') return inFull(lag.value);
  return lag.kind === 'absent' ? 'no commit' : `unknown: ${lag.reason}`;
}

/** An age as a bracket: `2 min 5 s to 2 min 30 s`, `at least 3 h`. */
export function ageText(age: Reading<RecordAge>): string {
  if (age.kind === 'absent') return 'nothing unread';
  if (age.kind === 'unknown') return `unknown: ${age.reason}`;
  const { atLeastMs, atMostMs } = age.value;
  const least = durationText(atLeastMs);
  if (atMostMs === undefined) return `at least ${least}`;
  const most = durationText(atMostMs);
  return most === least ? least : `${least} to ${most}`;
}

/** A duration in its largest unit alone, rounded down: `16 min`. */
export const inOneUnit = (ms: number): string => durationText(ms).split(' ').slice(0, 2).join(' ');

/** A text that was asked for. */
export function readingText(reading: Reading<string | number>, none: string): string {
  if (reading.kind === 'known') return typeof reading.value === 'number' ? inFull(reading.value) : reading.value;
  return reading.kind === 'absent' ? none : `unknown: ${reading.reason}`;
}
