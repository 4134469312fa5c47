/**
 * Age of the oldest unread record, by bisection over the broker's time index: no record is read, and no history is needed.
 *
 * @see docs/ages.md
 */

import type { RecordAge } from '#core/kafka/model.ts';
import { known, type Reading, unknown } from '#core/kafka/reading.ts';
import { NONE, type Place, placeOf, type Timeline } from './timeline.ts';

/** What is known of a topic's records. */
export interface RecordOrder {
  /** Brokers stamp the records when they append them, so timestamps are in order. */
  readonly stampedByBroker: boolean;
  /** Offsets in between may hold no record, since compaction took it. Markers of transactions are found like records. */
  readonly mayHaveGaps: boolean;
}

/** Order and gaps by a topic's configuration; where that is not known, nothing is taken for granted. */
export function recordOrder(config: ReadonlyMap<string, string>): RecordOrder {
  return {
    stampedByBroker: config.get('message.timestamp.type') === 'LogAppendTime',
    mayHaveGaps: config.get('cleanup.policy') !== 'delete',
  };
}

/** A bracket this narrow is an age: a second, or 2 % of it. */
export const toleranceMs = (ageMs: number): number => Math.max(1_000, 0.02 * ageMs);
/** So far a bracket is narrowed for every partition: its upper end is at most about twice its lower end. */
export const roughToleranceMs = (ageMs: number): number => 1_000 + ageMs;

/** A bracket wider than that: its lower end says too little to be taken for the age. */
export const isRough = ({ atLeastMs, atMostMs = NONE }: RecordAge): boolean =>
  atMostMs - atLeastMs > roughToleranceMs(atLeastMs);

/** Clocks of producers may be ahead of ours by as much; beyond it a timestamp lies in the future. */
const SKEW_MS = 1_000;
/** The first question of a search: older than a second? */
const FIRST_STEP_MS = 1_000;
/** The next is so many times as far back, until a record before the offset is found. */
const STEP_FACTOR = 16;

/** What a search is for. */
export interface AgeSearch {
  readonly nowMs: number;
  readonly order: RecordOrder;
  /** How wide the bracket of an age may stay, ms, by its lower end. */
  readonly tolerance: (ageMs: number) => number;
}

/** Age of the first record at or behind `offset`, which is unread; `offset` lies below the end of the log. */
export function ageOf(timeline: Timeline, offset: number, { nowMs, order }: Omit<AgeSearch, 'tolerance'>): Age {
  if (timeline.contradictory) return unknown('timestamps contradict each other');
  const place = placeOf(timeline, offset);
  const newest = place.at ?? place.before;
  if (newest !== undefined && newest.timestampMs > nowMs + SKEW_MS) {
    const what = place.at === undefined ? 'a record before it' : 'the oldest unread record';
    return unknown(`${what} is stamped in the future: ${timeText(newest.timestampMs)}`);
  }
  if (isUnstamped(place, order)) return unknown('its records carry no timestamps');
  const { atLeastMs, atMostMs } = bracketOf(place, { nowMs, order });
  const proven = place.at !== undefined || (order.stampedByBroker && atMostMs < NONE);
  return known({ atLeastMs, ...(atMostMs < NONE ? { atMostMs } : {}), proven });
}

type Age = Reading<RecordAge>;

/** The last moment that has a date. */
const LAST_DATE_MS = 8.64e15;

const timeText = (ms: number): string => (ms > LAST_DATE_MS ? `${ms} ms` : new Date(ms).toISOString());

/**
 * The question that narrows the widest bracket of several offsets; undefined when all are as narrow as wanted, or no question
 * makes them narrower. `turn` counts the questions asked.
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

/** All records are stamped at or after the beginning of time; where none is found from there on, they are not stamped at all. */
const isUnstamped = ({ at, after }: Place, { mayHaveGaps }: RecordOrder): boolean =>
  at === undefined && after?.askedMs === 0 && (after.offset === NONE || !mayHaveGaps);

interface Bracket {
  readonly atLeastMs: number;
  /** Infinity while nothing bounds it. */
  readonly atMostMs: number;
}

function bracketOf(place: Place, { nowMs, order }: Omit<AgeSearch, 'tolerance'>): Bracket {
  if (place.at !== undefined) return exactly(Math.max(0, nowMs - place.at.timestampMs));
  const atMostMs = place.before === undefined ? NONE : Math.max(0, nowMs - place.before.timestampMs);
  if (place.after === undefined) return { atLeastMs: 0, atMostMs };
  const { after } = place;
  // Where no record may lie in between, the one that was found may be the oldest unread one itself.
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

/** Halves the bracket by the ratio of its ages: what matters is a share of the age. */
function middleOf(nowMs: number, beforeMs: number, afterMs: number): number {
  const least = Math.max(FIRST_STEP_MS / 2, nowMs - afterMs);
  return Math.round(nowMs - Math.sqrt(least * Math.max(least, nowMs - beforeMs)));
}

/** After so many turns records did not come at a steady rate: guessing by it does not help. */
const GUESSES = 9;

/** Three kinds of question in turn: a guess, the record next to the one before, and the middle, for which it is undefined. */
function guessIn(place: Place, offset: number, search: AgeSearch, turn: number): number | undefined {
  if (turn < GUESSES && turn % 3 < 2) return interpolated(place, offset, search, turn);
  // Where many records share a millisecond, the offset among them, this question ends the search.
  return turn % 2 === 1 ? place.before?.timestampMs : undefined;
}

/**
 * Where the record lies if records came at a steady rate between the two that are known: now a little before it, the next time
 * a little behind, so that two good guesses close the bracket.
 */
function interpolated({ before, after }: Place, offset: number, search: AgeSearch, turn: number): number | undefined {
  if (before === undefined || after === undefined || after.offset === NONE) return undefined;
  const share = (offset - before.offset) / (after.offset - before.offset);
  const guess = before.timestampMs + share * (after.timestampMs - before.timestampMs);
  const margin = 0.4 * search.tolerance(Math.max(0, search.nowMs - guess));
  return Math.round(turn % 3 === 0 ? guess - margin : guess + margin);
}
