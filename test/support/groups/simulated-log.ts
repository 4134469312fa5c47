/** A log in memory that answers requests by time as a broker does. */

import { type AgeSearch, nextQuestion } from '#core/ages/age.ts';
import { emptyTimeline, NONE, type TimeAnswer, type Timeline, withAnswer } from '#core/ages/timeline.ts';

/** A record, or the marker of a transaction. Compacted offsets have none. */
export interface LogRecord {
  readonly offset: number;
  readonly timestampMs: number;
}

/** The first record by offset that is stamped at or after a time. */
export function firstStampedFrom(log: readonly LogRecord[], askedMs: number): TimeAnswer {
  const found = log.find((record) => record.timestampMs >= askedMs);
  return { askedMs, offset: found?.offset ?? NONE, timestampMs: found?.timestampMs ?? NONE };
}

/** Searches until no question is left or the rounds are used up. */
export function searchLog(
  log: readonly LogRecord[],
  offsets: readonly number[],
  { rounds, ...search }: AgeSearch & { readonly rounds: number },
): { readonly timeline: Timeline; readonly rounds: number } {
  let timeline = emptyTimeline;
  for (let round = 0; round < rounds; round++) {
    const question = nextQuestion(timeline, offsets, search, round);
    if (question === undefined) return { timeline, rounds: round };
    timeline = withAnswer(timeline, firstStampedFrom(log, question));
  }
  return { timeline, rounds };
}
