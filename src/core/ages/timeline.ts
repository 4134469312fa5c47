/**
 * Answers of brokers to "which is the first record stamped at or after t?" for one partition. They
 * place any offset in time, for all groups.
 *
 * An answer at an offset beyond c proves that record c is stamped before t. An answer before c
 * proves the opposite only when timestamps follow offsets.
 */

import { present } from '#core/text/json.ts';

/** The answer to one question. */
export interface TimeAnswer {
  /** The requested time, epoch ms. */
  readonly askedMs: number;
  /** Offset of the first record stamped at or after it; Infinity when there is none. */
  readonly offset: number;
  /** Its timestamp, epoch ms; Infinity when there is none. */
  readonly timestampMs: number;
}

/** Answers for one partition, by requested time. */
export interface Timeline {
  readonly answers: readonly TimeAnswer[];
  /** Two answers exclude each other: the log changed between them, or its timestamps are wrong. */
  readonly contradictory: boolean;
}

/** Offset and timestamp of an answer without a record. */
export const NONE = Number.POSITIVE_INFINITY;

export const emptyTimeline: Timeline = { answers: [], contradictory: false };

/** The answers around an offset. */
export interface Place {
  /** The last answer before the offset. */
  readonly before?: TimeAnswer;
  /** The answer at the offset itself, with the timestamp of its record. */
  readonly at?: TimeAnswer;
  /** The first answer beyond the offset: the record is stamped before its requested time. */
  readonly after?: TimeAnswer;
}

/** The timeline with one more answer. It replaces an answer for the same time. */
export function withAnswer({ answers: older, contradictory }: Timeline, answer: TimeAnswer): Timeline {
  // An older answer without a record is out of date: the record was appended after it.
  const isOutdated = (each: TimeAnswer) => each.offset === NONE && each.askedMs <= answer.timestampMs;
  const answers = answer.offset === NONE ? older : older.filter((each) => !isOutdated(each));
  const index = answers.findIndex(({ askedMs }) => askedMs >= answer.askedMs);
  const at = index < 0 ? answers.length : index;
  const next = answers[at]?.askedMs === answer.askedMs ? at + 1 : at;
  const fits = inOrder(answers[at - 1], answer) && inOrder(answer, answers[next]);
  return {
    answers: [...answers.slice(0, at), answer, ...answers.slice(next)],
    contradictory: contradictory || !fits,
  };
}

/**
 * Whether two answers are possible together. A question for an earlier time finds the same record,
 * or an earlier one with a timestamp before the later time.
 */
function inOrder(earlier: TimeAnswer | undefined, later: TimeAnswer | undefined): boolean {
  if (earlier === undefined || later === undefined) return true;
  if (earlier.offset === later.offset) return true;
  return earlier.offset < later.offset && earlier.timestampMs < later.askedMs;
}

/** The place of an offset. */
export function placeOf({ answers }: Timeline, offset: number): Place {
  let low = 0;
  let high = answers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const { offset: found } = answers[middle] as TimeAnswer;
    if (found < offset) low = middle + 1;
    else high = middle;
  }
  const found = answers[low];
  const place = present({ before: answers[low - 1] });
  if (found === undefined) return place;
  return found.offset === offset ? { ...place, at: found } : { ...place, after: found };
}

/**
 * At most `most` answers to keep for the next reading: records do not change their timestamps. Of
 * the answers before all of `offsets`, only the last is ever needed again.
 */
export function worthKeeping({ answers, contradictory }: Timeline, offsets: readonly number[], most: number): Timeline {
  if (contradictory) return emptyTimeline;
  const lowest = Math.min(...offsets);
  const firstNeeded = Math.max(
    0,
    answers.findLastIndex(({ offset }) => offset <= lowest),
  );
  return { answers: answers.slice(firstNeeded, firstNeeded + most), contradictory: false };
}

/**
 * The answers that hold for offsets up to `highest`, from requests when the log ended at `end`: an
 * answer without a record says nothing about later records.
 */
export function stillTrue({ answers, contradictory }: Timeline, end: number, highest: number): Timeline {
  if (highest < end) return { answers, contradictory };
  return { answers: answers.filter(({ offset }) => offset !== NONE), contradictory };
}
