/** Readings in JSON output: an unknown value is `{"unknown": reason}`, an absent value is null. */
import type { Reading } from '#core/kafka/reading.ts';

/** Offsets as decimal strings: they may not fit a JSON number. */
export function jsonValue(reading: Reading<unknown>): unknown {
  if (reading.kind === 'absent') return null;
  if (reading.kind === 'unknown') return { unknown: reading.reason };
  return typeof reading.value === 'bigint' ? reading.value.toString() : reading.value;
}

/** A time in UTC, ISO 8601. */
export const jsonTime = (atMs: number): string => new Date(atMs).toISOString();
