import { describe, expect, it } from 'vitest';
import { timeToDataLoss, timeToDrain } from '#core/forecast/forecast.ts';
import { groupPollsOf } from '#core/history/history.ts';
import { unknown } from '#core/kafka/reading.ts';
import type { GroupRates } from '#core/lag/rates.ts';
import { minutes, type SeenPoll, sampleOf, WINDOW_MS } from '#test/support/groups/status.ts';

const ratesOf = (produceRate: number, consumeRate: number, leftOut = 0): GroupRates => ({
  fromMs: 0,
  toMs: 300_000,
  samples: 6,
  produceRate,
  consumeRate,
  lagGrowthRate: produceRate - consumeRate,
  partitions: [{ topic: 'orders', partition: 0, produceRate, consumeRate }],
  leftOut,
});
const known = (seconds: number, samples: number) => ({ kind: 'known', value: { seconds, samples } });
/** Retention is unknown: only the movement of log starts is available. */
const lifeOf = () => ({ retention: unknown('denied'), age: unknown('was not asked') });
const unknownFor = (reason: string) => ({ kind: 'unknown', reason: expect.stringContaining(reason) });

describe('timeToDrain', () => {
  it.each([
    ['lag divided by how fast it falls', 6_000, ratesOf(100, 120), known(300, 6)],
    ['absent when nothing is unread', 0, ratesOf(100, 120), { kind: 'absent' }],
    ['absent when lag grows: it never drains', 6_000, ratesOf(120, 100), { kind: 'absent' }],
    ['absent when lag is level within the tolerance', 6_000, ratesOf(100, 104), { kind: 'absent' }],
    ['absent when nothing moves', 6_000, ratesOf(0, 0), { kind: 'absent' }],
    ['unknown when a partition was not followed', 6_000, ratesOf(100, 120, 2), unknownFor('2 partitions')],
  ])('is %s', (_, lag, rates, expected) => {
    expect(timeToDrain(lag, rates)).toEqual(expected);
  });
});

describe('timeToDataLoss', () => {
  const loss = (seen: readonly SeenPoll[], rates = ratesOf(10, 0), isRead = () => true) =>
    timeToDataLoss(groupPollsOf(seen.map(sampleOf)).series, rates, { isRead, lifeOf, windowMs: WINDOW_MS });
  /** The log start moves by 36,000 at once, as segments do: an hour at 10/s. */
  const stepping = (m: number): Omit<SeenPoll, 'minute'> => ({
    commit: 72_000,
    end: 100_000,
    start: m < 30 ? 0 : 36_000,
  });

  it.each([
    [
      'the distance divided by the movement of the log start over an hour',
      minutes(60, stepping),
      ratesOf(10, 0),
      known(3_600, 61),
    ],
    ['longer for a group that still reads', minutes(60, stepping), ratesOf(10, 5), known(7_200, 61)],
    [
      'absent for a group that reads as fast as retention deletes',
      minutes(60, stepping),
      ratesOf(10, 10),
      { kind: 'absent' },
    ],
    [
      'absent when retention deletes nothing',
      minutes(60, () => ({ commit: 5, end: 999, start: 0 })),
      ratesOf(1, 0),
      { kind: 'absent' },
    ],
    [
      'absent when nothing is unread',
      minutes(60, (m) => ({ ...stepping(m), commit: 100_000 })),
      ratesOf(10, 0),
      { kind: 'absent' },
    ],
    [
      'absent when all unread records arrived within the window: retention still deletes daytime traffic at night',
      minutes(60, (m) => ({ ...stepping(m), commit: 72_000, end: 72_030 })),
      ratesOf(0.1, 0.1),
      { kind: 'absent' },
    ],
    [
      'known when one more record is unread than arrived within the window',
      minutes(60, (m) => ({ ...stepping(m), commit: 72_000, end: 72_031 })),
      ratesOf(0.1, 0),
      known(3_600, 61),
    ],
    [
      'absent without a commit',
      minutes(60, (m) => ({ ...stepping(m), commit: 'none' as const })),
      ratesOf(10, 0),
      { kind: 'absent' },
    ],
    [
      '0 when records are lost already, even with a short history',
      minutes(1, () => ({ commit: 5, end: 9, start: 7 })),
      ratesOf(1, 0),
      known(0, 2),
    ],
    [
      'absent when retention has emptied the log: nothing is left to lose',
      minutes(1, () => ({ commit: 5, end: 9, start: 9 })),
      ratesOf(1, 0),
      { kind: 'absent' },
    ],
    [
      'unknown within the first hour, since log starts move in steps',
      minutes(59, stepping),
      ratesOf(10, 0),
      unknownFor('less than an hour'),
    ],
    [
      'unknown when the topic was recreated within the hour',
      minutes(70, (m) => ({ ...stepping(m), topicId: m < 20 ? 'a' : 'b' })),
      ratesOf(10, 0),
      unknownFor('orders/0: its log start was followed'),
    ],
    [
      'unknown when the log start could not be read',
      minutes(60, () => ({ commit: 5, end: 9 })),
      ratesOf(1, 0),
      unknownFor('could not be read'),
    ],
    [
      'unknown when the commit could not be read',
      minutes(60, () => ({ end: 9, start: 5 })),
      ratesOf(1, 0),
      unknownFor('could not be read'),
    ],
    [
      'unknown when the end could not be read',
      minutes(60, () => ({ commit: 9, start: 5 })),
      ratesOf(1, 0),
      unknownFor('could not be read'),
    ],
    [
      'unknown when the consume rate is unknown',
      minutes(60, stepping),
      { ...ratesOf(10, 0), partitions: [] },
      unknownFor('how fast'),
    ],
  ])('is %s', (_, seen, rates, expected) => {
    expect(loss(seen, rates)).toEqual(expected);
  });

  it('skips polls that could not read the log start', () => {
    const seen = minutes(60, (m) => (m === 7 ? { commit: 72_000, end: 100_000 } : stepping(m)));

    expect(loss(seen)).toEqual(known(3_600, 60));
  });

  it('is that of the partition with the shortest time, an upper bound when another is unknown', () => {
    const samples = minutes(60, stepping).map((poll) => {
      const sample = sampleOf(poll);
      const [p] = sample.partitions;
      const soon = { ...p, topic: 'orders', partition: 1, committedOffset: 40_000n };
      const unread = { topic: 'orders', partition: 2 };
      return { ...sample, partitions: [...sample.partitions, soon, unread] };
    });
    const row = { topic: 'orders', produceRate: 10, consumeRate: 0 };
    const rates = { ...ratesOf(10, 0), partitions: [0, 1].map((partition) => ({ ...row, partition })) };

    expect(
      timeToDataLoss(groupPollsOf(samples).series, rates, { isRead: () => true, lifeOf, windowMs: WINDOW_MS }),
    ).toEqual(known(400, 61));
    expect(
      timeToDataLoss(groupPollsOf(samples).series.toReversed(), rates, {
        isRead: () => true,
        lifeOf,
        windowMs: WINDOW_MS,
      }),
    ).toEqual(known(400, 61));
    expect(
      timeToDataLoss(groupPollsOf(samples).series, rates, {
        isRead: ({ partition }) => partition === 2,
        lifeOf,
        windowMs: WINDOW_MS,
      }),
    ).toMatchObject({
      kind: 'unknown',
    });
  });
});
