/** Ages by bisection over any log. A question that fails only widens the bracket. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ageOf, isRough, nextQuestion, recordOrder, toleranceMs } from '#core/ages/age.ts';
import { emptyTimeline, type TimeAnswer, type Timeline, withAnswer } from '#core/ages/timeline.ts';
import { groupAge } from '#core/group/age.ts';
import type { RecordAge } from '#core/kafka/model.ts';
import { absent, known, knownValue, type Reading, unknown } from '#core/kafka/reading.ts';
import { groupReadingOf, partitionOf } from '#test/support/groups/readings.ts';
import { firstStampedFrom, type LogRecord } from '#test/support/groups/simulated-log.ts';

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;
const RUNS = { numRuns: 500 };

/** Nothing is known of the topic, so any gap between records is possible. */
const SEARCH = { nowMs: NOW, order: recordOrder(new Map()), tolerance: toleranceMs };

/** Records with gaps between their offsets, as after compaction. */
function logOf(records: readonly { readonly age: number; readonly gap: number }[]): LogRecord[] {
  let next = 0;
  return records.map(({ age, gap }) => {
    next += gap + 1;
    return { offset: next - 1, timestampMs: NOW - age };
  });
}
const recordsOf = (age: fc.Arbitrary<number>) =>
  fc.array(fc.record({ age, gap: fc.nat(4) }), { minLength: 1, maxLength: 40 });
const inOrder = recordsOf(fc.nat(HOUR)).map((records) => {
  const ages = records.map(({ age }) => age).sort((a, b) => b - a);
  return logOf(records.map(({ gap }, i) => ({ gap, age: ages[i] ?? 0 })));
});
/** Timestamps in any order, up to five seconds in the future. */
const inNoOrder = recordsOf(fc.integer({ min: -5_000, max: HOUR })).map(logOf);
const lastOf = (log: readonly LogRecord[]): number => log.at(-1)?.offset ?? 0;

/** Whether each question of a search is answered. The search ends with the list. */
const outcomes = fc.array(fc.boolean(), { maxLength: 60 });

/** The timeline of a search in which some questions failed. */
function searched(log: readonly LogRecord[], offsets: readonly number[], answered: readonly boolean[]): Timeline {
  let timeline = emptyTimeline;
  for (const [turn, isAnswered] of answered.entries()) {
    const question = nextQuestion(timeline, offsets, SEARCH, turn);
    if (question === undefined) break;
    if (isAnswered) timeline = withAnswer(timeline, firstStampedFrom(log, question));
  }
  return timeline;
}

const truthOf = (log: readonly LogRecord[], offset: number): number =>
  NOW - (log.find((record) => record.offset >= offset)?.timestampMs ?? Number.NaN);

const bracketOf = (timeline: Timeline, offset: number): RecordAge | undefined =>
  knownValue(ageOf(timeline, offset, SEARCH));

describe('ageOf', () => {
  test('is a bracket around the truth when timestamps are in order, with any answers missing', () => {
    fc.assert(
      fc.property(inOrder, fc.nat(), outcomes, (log, at, answered) => {
        const offset = at % (lastOf(log) + 1);
        const age = bracketOf(searched(log, [offset], answered), offset);
        expect(age?.atLeastMs).toBeGreaterThanOrEqual(0);
        expect(age?.atLeastMs).toBeLessThanOrEqual(truthOf(log, offset));
        expect(age?.atMostMs ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(truthOf(log, offset));
      }),
      RUNS,
    );
  });

  test('is never negative, upside down or more than the truth, for timestamps in any order', () => {
    fc.assert(
      fc.property(inNoOrder, fc.nat(), outcomes, (log, at, answered) => {
        const offset = at % (lastOf(log) + 1);
        const age = bracketOf(searched(log, [offset], answered), offset);
        if (age === undefined) return;
        expect(age.atLeastMs).toBeGreaterThanOrEqual(0);
        expect(age.atMostMs ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(age.atLeastMs);
        expect(age.atLeastMs).toBeLessThanOrEqual(Math.max(0, truthOf(log, offset)));
      }),
      RUNS,
    );
  });

  test('has no upper end while no record before it was found', () => {
    fc.assert(
      fc.property(inNoOrder, fc.nat(), outcomes, (log, at, answered) => {
        const offset = at % (lastOf(log) + 1);
        const timeline = searched(log, [offset], answered);
        const isPlaced = timeline.answers.some((answer: TimeAnswer) => answer.offset <= offset);
        const age = bracketOf(timeline, offset);
        if (age !== undefined) expect(age.atMostMs !== undefined).toBe(isPlaced);
      }),
      RUNS,
    );
  });

  test('falls at both ends as the commit rises', () => {
    fc.assert(
      fc.property(inNoOrder, fc.nat(), fc.nat(), outcomes, (log, at, step, answered) => {
        const offset = at % (lastOf(log) + 1);
        const later = Math.min(lastOf(log), offset + step);
        const timeline = searched(log, [offset, later], answered);
        const [now, then] = [bracketOf(timeline, offset), bracketOf(timeline, later)];
        if (now === undefined || then === undefined) return;
        expect(then.atLeastMs).toBeLessThanOrEqual(now.atLeastMs);
        expect(then.atMostMs ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(now.atMostMs ?? Number.POSITIVE_INFINITY);
      }),
      RUNS,
    );
  });
});

test('groupAge is that of the oldest partition, and unknown when one is unknown or a wide bracket', () => {
  const ages = fc.oneof(
    fc.constant(absent),
    fc.constant(unknown('budget is used up')),
    fc
      .tuple(fc.nat(HOUR), fc.nat(HOUR))
      .map(([atLeastMs, width]) => known({ atLeastMs, atMostMs: atLeastMs + width, proven: false })),
  );
  const isUnclear = (age: Reading<RecordAge>) => age.kind === 'unknown' || (age.kind === 'known' && isRough(age.value));
  const rows = fc.array(fc.record({ age: ages, hasCommit: fc.boolean() }), { maxLength: 6 });
  fc.assert(
    fc.property(rows, (specs) => {
      const partitions = specs.map(({ age, hasCommit }, i) => ({ ...partitionOf(i, [hasCommit ? 3 : null, 9]), age }));
      const committed = specs.filter(({ hasCommit }) => hasCommit).map(({ age }) => age);
      const age = groupAge(
        { ...groupReadingOf(), partitions },
        { isolation: 'read_uncommitted', lastKnownOf: () => undefined },
      );
      if (committed.some(isUnclear)) expect(age.kind).toBe('unknown');
      else if (committed.length === 0) expect(age).toEqual(absent);
      else expect(age).toEqual(known(Math.max(...committed.map((own) => knownValue(own)?.atLeastMs ?? 0))));
    }),
    RUNS,
  );
});
