/** Readings in the words of a heat map. */

import type { RecordAge } from '#core/kafka/model.ts';
import type { Reading } from '#core/kafka/reading.ts';
import { durationText, fullNumber } from '#core/text/text.ts';

/** The value; `none` when it is absent; the reason when it is unknown. */
export function readingText(reading: Reading<string | number>, none: string): string {
  if (reading.kind === 'known') return typeof reading.value === 'number' ? fullNumber(reading.value) : reading.value;
  return reading.kind === 'absent' ? none : `unknown: ${reading.reason}`;
}

/** An age as a bracket: `2 min 5 s to 2 min 30 s`, `at least 3 h`. */
export function ageText(age: Reading<RecordAge>): string {
  if (age.kind !== 'known') return readingText(age, 'nothing unread');
  const { atLeastMs, atMostMs } = age.value;
  const least = durationText(atLeastMs);
  if (atMostMs === undefined) return `at least ${least}`;
  const most = durationText(atMostMs);
  return most === least ? least : `${least} to ${most}`;
}
