/**
 * Age of the oldest unread record, by bisection over the broker's time index. It reads no record
 * and needs no history.
 *
 * @see docs/ages.md
 */

import type { RecordAge } from '#core/kafka/model.ts';
import { known, type Reading, unknown } from '#core/kafka/reading.ts';
import { NONE, type Place, placeOf, type Timeline } from './timeline.ts';

/** What is known of the records of a topic. */
export interface RecordOrder {
  /** Brokers stamp records when they append them, so timestamps are in order. */
  readonly stampedByBroker: boolean;
  /**
   * Offsets may be without a record, because compaction deleted it. Markers of transactions count
   * as records.
   */
  readonly mayHaveGaps: boolean;
}

/** The order of records by a topic's configuration. Without one, neither property is assumed. */
export function recordOrder(config: ReadonlyMap<string, string>): RecordOrder {
  return {
    stampedByBroker: config.get('message.timestamp.type') === 'LogAppendTime',
    mayHaveGaps: config.get('cleanup.policy') !== 'delete',
  };
}

/** Width of a bracket that counts as an age, ms: a second, or 2 % of the age. */
export const toleranceMs = (ageMs: number): number => Math.max(1_000, 0.02 * ageMs);
/** Width to which the bracket of every partition is narrowed, ms: about its lower end. */
export const roughToleranceMs = (ageMs: number): number => 1_000 + ageMs;

/** Whether a bracket is wider than that. Its lower end says too little to be used as the age. */
export const isRough = ({ atLeastMs, atMostMs = NONE }: RecordAge): boolean =>
  atMostMs - atLeastMs > roughToleranceMs(atLeastMs);

/** How far the clock of a producer may be ahead. Beyond it a timestamp is in the future. */
const SKEW_MS = 1_000;
/** The first question of a search goes back this far. */
const FIRST_STEP_MS = 1_000;
/** Each further question goes back this many times as far, until it finds an earlier record. */
const STEP_FACTOR = 16;

/** The conditions of a search. */
export interface AgeSearch {
  readonly nowMs: number;
  readonly order: RecordOrder;
  /** Largest width of a bracket for its lower end, both ms. */
  readonly tolerance: (ageMs: number) => number;
}

/** Age of the first record at or after `offset`, which is below the log end. */
export function ageOf(timeline: Timeline, offset: number, { nowMs, order }: Omit<AgeSearch, 'tolerance'>): Age {
  if (timeline.contradictory) return unknown('timestamps contradict each other');
  const place = placeOf(timeline, offset);
  const newest = place.at ?? place.before;
  if (newest !== undefined && newest.timestampMs > nowMs + SKEW_MS) {
    const what = place.at === undefined ? 'a record before the oldest unread one' : 'the oldest unread record';
    return unknown(`${what} is stamped in the future: ${timeText(newest.timestampMs)}`);
  }
  if (isUnstamped(place, order)) return unknown('its records carry no timestamps');
  const { atLeastMs, atMostMs } = bracketOf(place, { nowMs, order });
  const proven = place.at !== undefined || (order.stampedByBroker && atMostMs < NONE);
  return known({ atLeastMs, ...(atMostMs < NONE ? { atMostMs } : {}), proven });
}

type Age = Reading<RecordAge>;

/** The last time that a `Date` can represent, epoch ms. */
const LAST_DATE_MS = 8.64e15;

const timeText = (ms: number): string => (ms > LAST_DATE_MS ? `${ms} ms` : new Date(ms).toISOString());

/**
 * The next time to ask for, epoch ms: it narrows the widest bracket of several offsets. Undefined
 * when all are narrow enough, or when no question makes them narrower. `turn` counts the questions
 * so far.
 */
export function nextQuestion(
  timeline: Timeline,
  offsets: readonly number[],
  search: AgeSearch,
  turn: number,
): number | undefined {
  if (timeline.contradictory) return undefined;
  let widest = 0;
  let question: number | undefined;
  for (const offset of offsets) {
    const place = placeOf(timeline, offset);
    const bracket = bracketOf(place, search);
    const width = (bracket.atMostMs - bracket.atLeastMs) / search.tolerance(bracket.atLeastMs);
    if (width <= Math.max(1, widest)) continue;
    const next = questionIn(place, offset, search, turn);
    if (next === undefined) continue;
    widest = width;
    question = next;
  }
  return question;
}

/** Whether records have no timestamps: none is found from the beginning of time on. */
const isUnstamped = ({ at, after }: Place, { mayHaveGaps }: RecordOrder): boolean =>
  at === undefined && after?.askedMs === 0 && (after.offset === NONE || !mayHaveGaps);

interface Bracket {
  readonly atLeastMs: number;
  /** Infinity without an upper end. */
  readonly atMostMs: number;
}

function bracketOf(place: Place, { nowMs, order }: Omit<AgeSearch, 'tolerance'>): Bracket {
  if (place.at !== undefined) return exactly(Math.max(0, nowMs - place.at.timestampMs));
  const atMostMs = place.before === undefined ? NONE : Math.max(0, nowMs - place.before.timestampMs);
  if (place.after === undefined) return { atLeastMs: 0, atMostMs };
  const { after } = place;
  // When offsets may have no record, the record that was found may be the oldest unread one itself.
  const mayBeIt = order.mayHaveGaps && after.offset !== NONE;
  const latestMs = mayBeIt ? after.timestampMs : after.askedMs - 1;
  return { atLeastMs: Math.min(atMostMs, Math.max(0, nowMs - latestMs)), atMostMs };
}

const exactly = (ageMs: number): Bracket => ({ atLeastMs: ageMs, atMostMs: ageMs });

function questionIn(place: Place, offset: number, search: AgeSearch, turn: number): number | undefined {
  const { nowMs } = search;
  const before = place.before?.timestampMs;
  const after = place.after?.askedMs ?? nowMs + 1;
  if (before === undefined) return after <= 0 ? undefined : fartherBack(nowMs, after);
  if (after - before <= 1) return undefined;
  return Math.min(
    after - 1,
    Math.max(before + 1, guessIn(place, offset, search, turn) ?? middleOf(nowMs, before, after)),
  );
}

function fartherBack(nowMs: number, afterMs: number): number {
  const age = nowMs - afterMs;
  return Math.max(0, nowMs - (age < FIRST_STEP_MS ? FIRST_STEP_MS : age * STEP_FACTOR));
}

/** The middle of the bracket by the ratio of its ages, because its width is judged by the age. */
function middleOf(nowMs: number, beforeMs: number, afterMs: number): number {
  const least = Math.max(FIRST_STEP_MS / 2, nowMs - afterMs);
  return Math.round(nowMs - Math.sqrt(least * Math.max(least, nowMs - beforeMs)));
}

/** Turns with guesses. If they did not help, records do not come at a steady rate. */
const GUESSES = 9;

/**
 * A guess, or the time of the record before; undefined when it is the turn of the middle. The three
 * kinds of question alternate.
 */
function guessIn(place: Place, offset: number, search: AgeSearch, turn: number): number | undefined {
  if (turn < GUESSES && turn % 3 < 2) return interpolated(place, offset, search, turn);
  // This question ends the search when many records, the wanted one among them, share a
  // millisecond.
  return turn % 2 === 1 ? place.before?.timestampMs : undefined;
}

/**
 * The time of the record if records came at a steady rate between the two known ones. The guesses
 * are alternately a little earlier and a little later, so that two good ones close the bracket.
 */
function interpolated({ before, after }: Place, offset: number, search: AgeSearch, turn: number): number | undefined {
  if (before === undefined || after === undefined || after.offset === NONE) return undefined;
  const share = (offset - before.offset) / (after.offset - before.offset);
  const guess = before.timestampMs + share * (after.timestampMs - before.timestampMs);
  const margin = 0.4 * search.tolerance(Math.max(0, search.nowMs - guess));
  return Math.round(turn % 3 === 0 ? guess - margin : guess + margin);
}
