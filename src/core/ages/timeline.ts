/**
 * What brokers answered to "which is the first record stamped at or after t?" for one partition: enough to place any offset
 * in time, whatever group asks.
 *
 * An answer at an offset beyond c says that record c is stamped before t, whatever the order of the timestamps. An answer
 * before c says the opposite only where timestamps are in the order of offsets.
 */

import { present } from '#core/text/json.ts';

/** The answer to one question. */
export interface TimeAnswer {
  /** The time asked for, epoch ms. */
  readonly askedMs: number;
  /** Offset of the first record stamped at or after it; Infinity when there is none. */
  readonly offset: number;
  /** Its timestamp, epoch ms; Infinity when there is none. */
  readonly timestampMs: number;
}

/** Answers for one partition, in order of the time asked for. */
export interface Timeline {
  readonly answers: readonly TimeAnswer[];
  /** Two answers cannot both be true of one log: it was changed in between, or its timestamps make no sense. */
  readonly contradictory: boolean;
}

/** Offset and timestamp where there is no such record. */
export const NONE = Number.POSITIVE_INFINITY;

export const emptyTimeline: Timeline = { answers: [], contradictory: false };

/** Where an offset lies between the answers. */
export interface Place {
  /** The last answer before the offset. */
  readonly before?: TimeAnswer;
  /** The answer at the offset itself: its timestamp is the record's. */
  readonly at?: TimeAnswer;
  /** The first answer beyond the offset: the record is stamped before the time that was asked. */
  readonly after?: TimeAnswer;
}

/** The timeline with one more answer; asking the same again replaces the older answer. */
export function withAnswer({ answers: asked, contradictory }: Timeline, answer: TimeAnswer): Timeline {
  // What was not found before is found now: it was appended in between.
  const isOvertaken = (older: TimeAnswer) => older.offset === NONE && older.askedMs <= answer.timestampMs;
  const answers = answer.offset === NONE ? asked : asked.filter((older) => !isOvertaken(older));
  const index = answers.findIndex(({ askedMs }) => askedMs >= answer.askedMs);
  const at = index < 0 ? answers.length : index;
  const next = answers[at]?.askedMs === answer.askedMs ? at + 1 : at;
  const fits = inOrder(answers[at - 1], answer) && inOrder(answer, answers[next]);
  return {
    answers: [...answers.slice(0, at), answer, ...answers.slice(next)],
    contradictory: contradictory || !fits,
  };
}

/** An earlier question finds the same record or one before it, which then is stamped too early for the later question. */
function inOrder(earlier: TimeAnswer | undefined, later: TimeAnswer | undefined): boolean {
  if (earlier === undefined || later === undefined) return true;
  if (earlier.offset === later.offset) return true;
  return earlier.offset < later.offset && earlier.timestampMs < later.askedMs;
}

/** Where an offset lies. */
export function placeOf({ answers }: Timeline, offset: number): Place {
  let low = 0;
  let high = answers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const { offset: found } = answers[middle] as TimeAnswer;
    if (found < offset) low = middle + 1;
    else high = middle;
  }
  const [before, found] = [answers[low - 1], answers[low]];
  const place = present({ before });
  if (found === undefined) return place;
  return found.offset === offset ? { ...place, at: found } : { ...place, after: found };
}

/**
 * What is worth keeping until the next reading: records do not change their timestamps. All but the last of the answers before
 * every offset of interest are never needed again.
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

/** What still holds for offsets up to `highest`, when the log ended at `end` as it was asked: "none" speaks of what was there. */
export function stillTrue({ answers, contradictory }: Timeline, end: number, highest: number): Timeline {
  if (highest < end) return { answers, contradictory };
  return { answers: answers.filter(({ offset }) => offset !== NONE), contradictory };
}
