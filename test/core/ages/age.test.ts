import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ageOf, nextQuestion, recordOrder, toleranceMs } from '#core/ages/age.ts';
import { emptyTimeline, NONE, type TimeAnswer, withAnswer } from '#core/ages/timeline.ts';
import { knownValue } from '#core/kafka/reading.ts';
import { type LogRecord, searchLog } from '#test/support/groups/simulated-log.ts';

const NOW = 1_800_000_000_000;
const DAY = 86_400_000;
const PRODUCER = { stampedByBroker: false, mayHaveGaps: false };
const BROKER = { stampedByBroker: true, mayHaveGaps: false };
const ago = (ms: number) => NOW - ms;

const timelineOf = (...answers: TimeAnswer[]) => answers.reduce(withAnswer, emptyTimeline);
const found = (askedMs: number, offset: number, timestampMs = askedMs): TimeAnswer => ({
  askedMs,
  offset,
  timestampMs,
});
const none = (askedMs: number): TimeAnswer => ({ askedMs, offset: NONE, timestampMs: NONE });
const ageAt10 = (order: typeof PRODUCER, ...answers: TimeAnswer[]) =>
  ageOf(timelineOf(...answers), 10, { nowMs: NOW, order });

describe('ageOf', () => {
  it.each<[string, typeof PRODUCER, TimeAnswer[], object]>([
    ['at least 0 without an answer', PRODUCER, [], { atLeastMs: 0, proven: false }],
    [
      'exact when the record itself was found',
      PRODUCER,
      [found(ago(9_000), 10, ago(5_000))],
      { atLeastMs: 5_000, atMostMs: 5_000, proven: true },
    ],
    [
      'a lower bound when a record after it was found',
      PRODUCER,
      [found(ago(9_000), 50)],
      { atLeastMs: 9_001, proven: false },
    ],
    ['a lower bound when no record was found', PRODUCER, [none(ago(9_000))], { atLeastMs: 9_001, proven: false }],
    [
      'an unproven upper end when a record before it was found',
      PRODUCER,
      [found(ago(9_000), 3, ago(8_000))],
      { atLeastMs: 0, atMostMs: 8_000, proven: false },
    ],
    [
      'a proven upper end when brokers stamp records',
      BROKER,
      [found(ago(9_000), 3, ago(8_000))],
      { atLeastMs: 0, atMostMs: 8_000, proven: true },
    ],
    [
      'a bracket between both',
      PRODUCER,
      [found(ago(9_000), 3), found(ago(4_000), 90)],
      { atLeastMs: 4_001, atMostMs: 9_000, proven: false },
    ],
    [
      '0 when the clock of the producer is a little ahead',
      PRODUCER,
      [found(ago(0), 10, NOW + 400)],
      { atLeastMs: 0, atMostMs: 0, proven: true },
    ],
  ])('is %s', (_, order, answers, age) => {
    expect(ageAt10(order, ...answers)).toEqual({ kind: 'known', value: age });
  });

  it('is at least that of the next record when the topic may be compacted', () => {
    const age = ageAt10(recordOrder(new Map()), found(ago(9_000), 3), found(ago(8_000), 90, ago(2_000)));
    expect(age).toEqual({ kind: 'known', value: { atLeastMs: 2_000, atMostMs: 9_000, proven: false } });
  });

  it.each<[string, TimeAnswer[], RegExp]>([
    [
      'a record before it is stamped in the future',
      [found(ago(5), 3, NOW + DAY)],
      /^a record before the oldest unread one .* future: 20/,
    ],
    ['the record is stamped in the future', [found(ago(5), 10, NOW + DAY)], /^the oldest unread record .* future: 20/],
    ['a timestamp is beyond all dates', [found(ago(5), 3, 9e18)], /future: 9000000000000000000 ms/],
    ['answers contradict each other', [found(ago(9), 7), found(ago(5), 3)], /contradict/],
    ['no record is found from the beginning of time on', [none(0)], /no timestamps/],
    ['only a later record is found from the beginning of time on', [found(0, 50, ago(9))], /no timestamps/],
  ])('is unknown when %s', (_, answers, reason) => {
    expect(ageAt10(PRODUCER, ...answers)).toEqual({ kind: 'unknown', reason: expect.stringMatching(reason) });
  });

  it('is that of a later record when compaction may have deleted those before it', () => {
    const age = ageAt10(recordOrder(new Map()), found(0, 50, ago(9)));
    expect(age).toEqual({ kind: 'known', value: { atLeastMs: 9, proven: false } });
  });
});

describe('recordOrder', () => {
  it.each([
    [{}, false, true],
    [{ 'cleanup.policy': 'delete', 'message.timestamp.type': 'CreateTime' }, false, false],
    [{ 'cleanup.policy': 'compact', 'message.timestamp.type': 'LogAppendTime' }, true, true],
    [{ 'cleanup.policy': 'compact,delete' }, false, true],
  ])('of %j is read from the configuration', (config, stampedByBroker, mayHaveGaps) => {
    expect(recordOrder(new Map(Object.entries(config)))).toEqual({ stampedByBroker, mayHaveGaps });
  });
});

describe('nextQuestion', () => {
  const search = { nowMs: NOW, order: PRODUCER, tolerance: toleranceMs };
  const ask = (...answers: TimeAnswer[]) => nextQuestion(timelineOf(...answers), [10], search, 2);

  it('begins a second ago and goes back in large steps to the beginning of time', () => {
    expect(ask()).toBe(ago(1_000));
    expect(ask(none(ago(1_000)))).toBe(ago(16_000));
    expect(ask(none(ago(1.7e12)))).toBe(0);
    expect(ask(none(0))).toBeUndefined();
  });

  it('is undefined when answers contradict each other, or the bracket is or stays as narrow as possible', () => {
    expect(ask(found(ago(9), 7), found(ago(5), 3))).toBeUndefined();
    expect(ask(found(ago(9_500), 7), found(ago(9_000), 90))).toBeUndefined();
    expect(ask(found(ago(90_000), 7), found(ago(89_999), 12, ago(10)))).toBeUndefined();
    expect(ask(found(ago(90_000), 10))).toBeUndefined();
  });

  it.each([0, 1, 2])('halves the ages when no record was found after the offset (turn %i)', (turn) => {
    const timeline = timelineOf(found(ago(90_000), 3), none(ago(10_000)));

    expect(nextQuestion(timeline, [10], search, turn)).toBe(ago(30_000));
  });

  it('narrows the widest bracket of several offsets', () => {
    const timeline = timelineOf(found(ago(90_000), 3), found(ago(9_000), 50), found(ago(8_800), 60));
    const question = nextQuestion(timeline, [55, 10], search, 2);
    expect(question).toBeGreaterThan(ago(90_000));
    expect(question).toBeLessThan(ago(9_000));
  });
});

/** Gaps between timestamps, each with the count of records that have the later one. */
const runs = fc.array(fc.tuple(fc.nat(3_600_000), fc.integer({ min: 1, max: 30 })), { minLength: 1, maxLength: 60 });

function logOf(gaps: readonly (readonly [number, number])[]): LogRecord[] {
  const total = gaps.reduce((sum, [gap]) => sum + gap, 0);
  let timestampMs = NOW - total - 1;
  let offset = 0;
  return gaps.flatMap(([gap, count]) => {
    timestampMs += gap;
    return Array.from({ length: count }, () => ({ offset: offset++, timestampMs }));
  });
}

describe('the search for an age', () => {
  const lookAt = (log: readonly LogRecord[], offset: number, rounds = 60) => {
    const search = { nowMs: NOW, order: PRODUCER, tolerance: toleranceMs };
    const { timeline, rounds: used } = searchLog(log, [offset], { ...search, rounds });
    return { age: knownValue(ageOf(timeline, offset, search)), used };
  };
  const truthOf = (log: readonly LogRecord[], offset: number) =>
    NOW - (log.find((record) => record.offset >= offset)?.timestampMs ?? Number.NaN);

  it('ends, and brackets the truth in a compacted log when timestamps are in order', () => {
    fc.assert(
      fc.property(runs, fc.nat(), fc.integer({ min: 1, max: 5 }), (gaps, at, keepEach) => {
        const log = logOf(gaps);
        const offset = at % log.length;
        // As after compaction: one record in `keepEach` is left, and the last one.
        const left = log.filter((record, i) => i % keepEach === 0 || record === log.at(-1));
        const search = { nowMs: NOW, order: recordOrder(new Map()), tolerance: toleranceMs };
        const { timeline, rounds } = searchLog(left, [offset], { ...search, rounds: 100 });
        const age = knownValue(ageOf(timeline, offset, search));
        const truth = truthOf(left, offset);
        expect(rounds).toBeLessThan(100);
        expect(age?.atLeastMs).toBeLessThanOrEqual(truth);
        expect(age?.atMostMs ?? NONE).toBeGreaterThanOrEqual(truth);
      }),
    );
  });

  it('is within a second or 2 % in a log without gaps', () => {
    fc.assert(
      fc.property(runs, fc.nat(), (gaps, at) => {
        const log = logOf(gaps);
        const offset = at % log.length;
        const { age } = lookAt(log, offset);
        const truth = truthOf(log, offset);
        expect(Math.abs(truth - (age?.atLeastMs ?? NONE))).toBeLessThanOrEqual(toleranceMs(truth));
      }),
    );
  });

  it('never returns more than the truth for timestamps in any order, and proves only what it found', () => {
    const stamps = fc.array(fc.nat(DAY), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(stamps, fc.nat(), (ages, at) => {
        const log = ages.map((age, offset) => ({ offset, timestampMs: NOW - age }));
        const offset = at % log.length;
        const { age } = lookAt(log, offset);
        expect(age?.atLeastMs ?? 0).toBeLessThanOrEqual(truthOf(log, offset));
        if (age?.proven) expect(age.atLeastMs).toBe(NOW - (log[offset]?.timestampMs ?? 0));
      }),
    );
  });

  it('takes at most 18 rounds for steady data of any age', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60_000 }),
        fc.integer({ min: 10, max: 2_000 }),
        fc.nat(),
        (everyMs, count, at) => {
          const log = Array.from({ length: count }, (_, offset) => ({
            offset,
            timestampMs: NOW - (count - offset) * everyMs,
          }));
          expect(lookAt(log, at % count).used).toBeLessThanOrEqual(18);
        },
      ),
    );
  });
});
