import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Forecast } from '#core/forecast/model.ts';
import { forecastLoss, lifeIn, type RetentionCase } from '#core/forecast/retention-forecast.ts';
import { lastKnownPartitions, timedSampleOf } from '#core/history/history.ts';
import type { RecordAge, TopicFacts } from '#core/kafka/model.ts';
import { absent, known, type Reading, unknown } from '#core/kafka/reading.ts';
import { present } from '#core/text/json.ts';
import { clusterReadingOf, groupReadingOf } from '#test/support/groups/readings.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const aged = (seconds: number, atMostSeconds = seconds): Reading<RecordAge> =>
  known({ atLeastMs: seconds * 1_000, atMostMs: atMostSeconds * 1_000, proven: true });
const kept = (seconds: number, bytes?: number): RetentionCase['retention'] =>
  known({ ms: seconds * 1_000, ...present({ bytes }) });
const byRetention = (seconds: number) => known({ seconds, samples: 6, by: 'retention' });
const byLogStart = (seconds: number) => known({ seconds, samples: 61 });

/**
 * A group that stands still while 10 records arrive per second. It is an hour behind on a topic
 * with a retention of a day.
 */
const STOPPED: RetentionCase = {
  retention: kept(DAY),
  age: aged(HOUR),
  lag: 36_000,
  produceRate: 10,
  consumeRate: 0,
  samples: 6,
};
const unasked = (): Reading<Forecast> => {
  throw new Error('the movement of the log start was asked for');
};

describe('forecastLoss, by retention alone', () => {
  it.each<[string, Partial<RetentionCase>, Reading<unknown>]>([
    ['the rest of the retention, for a group that stands still', {}, byRetention(23 * HOUR)],
    ['the same when no more records arrive', { produceRate: 0 }, byRetention(23 * HOUR)],
    [
      'longer for a group that reads too slowly',
      { lag: 864_000, age: aged(12 * HOUR), consumeRate: 5 },
      byRetention(16 * HOUR),
    ],
    [
      'the retention, when the lag takes exactly that long to drain',
      { lag: 864_000, consumeRate: 10, produceRate: 20 },
      byRetention(DAY),
    ],
    [
      '0 once the oldest unread record is older than the retention',
      { age: aged(25 * HOUR), lag: 900_000 },
      byRetention(0),
    ],
    ['0 at the limit', { age: aged(DAY) }, byRetention(0)],
    ['0 with a retention of 0', { retention: kept(0) }, byRetention(0)],
    [
      'long for a group that falls behind slowly: it reads the lag in time, but not later records',
      { consumeRate: 5 },
      byRetention(2 * HOUR + (DAY - 2 * HOUR) * 2),
    ],
    ['absent for a group that drains its lag', { consumeRate: 12 }, absent],
    ['absent for a group with a level lag, within the tolerance', { consumeRate: 9.6 }, absent],
    ['absent where retention deletes nothing', { retention: absent, age: unknown('was not asked') }, absent],
    [
      'absent for a full replay that ends long before records are too old',
      { age: aged(DAY + HOUR), lag: 864_000, consumeRate: 1_000 },
      absent,
    ],
    [
      'absent when the lag is drained in time, whatever its age',
      { age: unknown('was not asked'), consumeRate: 10 },
      absent,
    ],
    [
      'by the upper end of a narrow bracket: the lower end would report the loss too late',
      { age: aged(HOUR, 1.01 * HOUR) },
      byRetention(DAY - 1.01 * HOUR),
    ],
    // A retention of an hour, and a data loss horizon of two.
    [
      'absent on a topic of short retention, for a group that keeps up',
      { retention: kept(HOUR), age: aged(MINUTE), lag: 600, consumeRate: 9.8 },
      absent,
    ],
    [
      'absent on it for a group that drains the lag of a deployment',
      { retention: kept(HOUR), age: aged(6 * MINUTE), lag: 3_600, consumeRate: 14 },
      absent,
    ],
    [
      'short on it for a group that stopped',
      { retention: kept(HOUR), age: aged(10 * MINUTE), lag: 6_000 },
      byRetention(50 * MINUTE),
    ],
  ])('is %s', (_, change, expected) => {
    expect(forecastLoss({ ...STOPPED, ...change }, unasked)).toEqual(expected);
  });
});

describe('forecastLoss, with the movement of the log start', () => {
  const sized = kept(DAY, 1_000_000);
  const wide = aged(HOUR, 2 * HOUR);
  const notAHour = unknown('not an hour');
  it.each<[string, Partial<RetentionCase>, Reading<Forecast>, Reading<unknown>]>([
    ['uses it where retention is not readable', { retention: unknown('denied') }, byLogStart(HOUR), byLogStart(HOUR)],
    [
      'has both reasons where neither is known',
      { retention: unknown('denied') },
      notAHour,
      unknown('not an hour, and denied'),
    ],
    [
      'uses it where only a size limits the log',
      { retention: known({ bytes: 1 }) },
      byLogStart(HOUR),
      byLogStart(HOUR),
    ],
    [
      'reports that a size gives no time',
      { retention: known({ bytes: 1 }) },
      notAHour,
      { kind: 'unknown', reason: expect.stringMatching(/^not an hour, and only a size limits /) } as never,
    ],
    ['uses it where the age is unknown', { age: unknown('rounds') }, absent, absent],
    [
      'reports that the age is unknown',
      { age: unknown('rounds') },
      notAHour,
      { kind: 'unknown', reason: expect.stringMatching(/^not an hour, and the age .*: rounds$/) } as never,
    ],
    [
      'is the shorter where a size limits the log too: the log start',
      { retention: sized },
      byLogStart(HOUR),
      byLogStart(HOUR),
    ],
    [
      'is the shorter where a size limits the log too: the time',
      { retention: sized },
      byLogStart(2 * DAY),
      byRetention(23 * HOUR),
    ],
    ['is at most the time when the log start shows nothing', { retention: sized }, notAHour, byRetention(23 * HOUR)],
    [
      'uses the log start for a group that keeps up where a size may delete sooner',
      { retention: sized, consumeRate: 12 },
      byLogStart(HOUR),
      byLogStart(HOUR),
    ],
    ['uses the lower end of a wide bracket as an upper bound', { age: wide }, notAHour, byRetention(23 * HOUR)],
    ['is the shorter of that and the log start', { age: wide }, byLogStart(HOUR), byLogStart(HOUR)],
    [
      'does so where the age has no upper end',
      { age: known({ atLeastMs: 0, proven: false }) },
      absent,
      byRetention(DAY),
    ],
  ])('%s', (_, change, byMovement, expected) => {
    expect(forecastLoss({ ...STOPPED, ...change }, () => byMovement)).toEqual(expected);
  });
});

describe('forecastLoss, whatever the numbers', () => {
  const rate = fc.oneof(fc.constant(0), fc.double({ min: 1e-6, max: 1e7, noNaN: true }));
  const cases = fc.record({
    keptSeconds: fc.integer({ min: 0, max: 1e10 }),
    lag: fc.integer({ min: 1, max: 1e12 }),
    produceRate: rate,
    consumeRate: rate,
    ages: fc.tuple(fc.nat(1e10), fc.nat(1e10)),
  });
  /** Absent is later than any time. */
  const secondsOf = (loss: Reading<Forecast>) => {
    if (loss.kind === 'unknown') throw new Error(loss.reason);
    return loss.kind === 'known' ? loss.value.seconds : Number.POSITIVE_INFINITY;
  };

  it('is a number that is never negative and never before the record is old enough', () => {
    fc.assert(
      fc.property(cases, ({ keptSeconds, ages: [age], ...numbers }) => {
        const of = { ...numbers, retention: kept(keptSeconds), age: aged(age), samples: 6 };
        const seconds = secondsOf(forecastLoss(of, unasked));
        expect(seconds).toBeGreaterThanOrEqual(Math.max(0, keptSeconds - age) * (1 - 1e-9));
      }),
    );
  });

  it('never leaves more time to an older record', () => {
    fc.assert(
      fc.property(cases, ({ keptSeconds, ages, ...numbers }) => {
        const left = ages
          .toSorted((a, b) => a - b)
          .map((age) =>
            secondsOf(forecastLoss({ ...numbers, retention: kept(keptSeconds), age: aged(age), samples: 6 }, unasked)),
          );
        const [younger, older] = left as [number, number];
        expect(older).toBeLessThanOrEqual(younger * (1 + 1e-9));
      }),
    );
  });

  it('never leaves more time with a shorter retention or a slower group', () => {
    fc.assert(
      fc.property(
        cases,
        fc.double({ min: 0, max: 1, noNaN: true }),
        ({ keptSeconds, ages: [age], ...numbers }, share) => {
          const of = { ...numbers, retention: kept(keptSeconds), age: aged(age), samples: 6 };
          const left = secondsOf(forecastLoss(of, unasked));
          const shorter = secondsOf(forecastLoss({ ...of, retention: kept(keptSeconds * share) }, unasked));
          const slower = secondsOf(forecastLoss({ ...of, consumeRate: of.consumeRate * share }, unasked));
          expect(shorter).toBeLessThanOrEqual(left * (1 + 1e-9) + 1e-9);
          expect(slower).toBeLessThanOrEqual(left * (1 + 1e-9) + 1e-9);
        },
      ),
    );
  });
});

describe('lifeIn', () => {
  const NOTHING_TOLD = lastKnownPartitions(() => []);
  const group = groupReadingOf({
    offsets: [
      [10, 100],
      [98, 100],
    ],
  });
  const withAges = { ...group, partitions: group.partitions.map((p) => ({ ...p, age: aged(HOUR) })) };
  const topics = new Map<string, TopicFacts>([['orders', { partitions: 2, retention: kept(DAY) }]]);
  const at = (partition: number, topic = 'orders') => ({ topic, partition });

  it('has the retention of the topic and the age of its unread records', () => {
    expect(lifeIn(withAges, topics, NOTHING_TOLD)(at(0))).toEqual({ retention: kept(DAY), age: aged(HOUR) });
  });

  it('finds partitions in any order', () => {
    const late = groupReadingOf({
      offsets: [
        [10, 100],
        [10, 100],
      ],
    });
    const aging = { ...late, partitions: late.partitions.map((p, i) => ({ ...p, age: aged(i) })) };
    const lifeOf = lifeIn(aging, topics, NOTHING_TOLD);

    expect([1, 0, 0, 1].map((partition) => lifeOf(at(partition)).age)).toEqual([1, 0, 0, 1].map((age) => aged(age)));
  });

  it('gives the reason when there is none', () => {
    const lifeOf = lifeIn(withAges, new Map([['orders', { partitions: 2 }]]), NOTHING_TOLD);

    expect(lifeOf(at(0)).retention).toEqual(unknown('the retention of its topic was not requested'));
    expect(lifeOf(at(7, 'gone'))).toMatchObject({
      retention: { kind: 'unknown' },
      age: unknown('the partition is not in the reading'),
    });
  });

  it('has no age for offsets that may begin with transaction markers, since it would grow for ever', () => {
    const before = timedSampleOf(clusterReadingOf(0, [group]), group);

    expect(
      lifeIn(
        withAges,
        topics,
        lastKnownPartitions(() => [before]),
      )(at(1)).age,
    ).toMatchObject({ kind: 'unknown' });
    // A commit that has moved since shows that records are read.
    const moving = timedSampleOf(
      clusterReadingOf(0, []),
      groupReadingOf({
        offsets: [
          [10, 100],
          [90, 100],
        ],
      }),
    );
    expect(
      lifeIn(
        withAges,
        topics,
        lastKnownPartitions(() => [moving]),
      )(at(1)).age,
    ).toEqual(aged(HOUR));
  });
});
