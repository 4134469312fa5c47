import { describe, expect, it } from 'vitest';
import { appendReading, emptyHistory, type LagHistory, samplesOf } from '../../src/core/history.ts';
import { known, unknown } from '../../src/core/kafka.ts';
import { countRebalances, measureRates } from '../../src/core/rates.ts';
import { clusterReadingOf, type GroupTraits, groupReadingOf } from '../support/readings.ts';

/** Polls of one group, one every 10 s. */
function historyOf(polls: readonly GroupTraits[]): LagHistory {
  return polls.reduce<LagHistory>(
    (history, poll, i) => appendReading(history, clusterReadingOf(i * 10_000, [groupReadingOf(poll)]), 100),
    emptyHistory,
  );
}
const ratesOf = (polls: readonly GroupTraits[], fromMs = 0) =>
  measureRates(samplesOf(historyOf(polls), 'billing'), fromMs);

describe('measureRates', () => {
  it('are the movement of end and commit over the window', () => {
    const rates = ratesOf([
      {
        offsets: [
          [0, 100],
          [0, 50],
        ],
      },
      {
        offsets: [
          [100, 300],
          [50, 150],
        ],
      },
    ]);

    expect(rates).toMatchObject({
      arrivalPerSecond: 30,
      consumePerSecond: 15,
      lagVelocityPerSecond: 15,
      samples: 2,
      leftOut: 0,
    });
  });

  it('compares the halves of the window from three polls on', () => {
    const rates = ratesOf([{ offsets: [[0, 0]] }, { offsets: [[0, 100]] }, { offsets: [[0, 400]] }]);

    expect(rates?.arrivalTrend).toEqual({ earlierPerSecond: 10, laterPerSecond: 30 });
    expect(ratesOf([{ offsets: [[0, 0]] }, { offsets: [[0, 100]] }])?.arrivalTrend).toBeUndefined();
  });

  it('uses only polls inside the window', () => {
    const polls = [{ offsets: [[0, 0]] }, { offsets: [[0, 1000]] }, { offsets: [[0, 1100]] }] as const;

    expect(ratesOf(polls, 10_000)?.arrivalPerSecond).toBe(10);
  });

  it('is unknown, not 0, with fewer than two polls', () => {
    expect(ratesOf([])).toBeUndefined();
    expect(ratesOf([{ offsets: [[0, 100]] }])).toBeUndefined();
    expect(ratesOf([{ offsets: [[0, 1]] }, { offsets: [[0, 1]] }], 10_000)).toBeUndefined();
  });

  it.each<[string, GroupTraits, number]>([
    ['is new', { offsets: [[0, 100]] }, 1],
    [
      'had no commit at the first',
      {
        offsets: [
          [0, 100],
          [null, 5],
        ],
      },
      1,
    ],
    [
      'was read at both',
      {
        offsets: [
          [0, 100],
          [0, 5],
        ],
      },
      0,
    ],
  ])('counts a partition as left out unless it was read at both ends: one that %s', (_, first, leftOut) => {
    const last = {
      offsets: [
        [50, 200],
        [5, 15],
      ],
    } as const;

    expect(ratesOf([first, last])?.leftOut).toBe(leftOut);
  });

  it.each(['committedOffset', 'logEndOffset'] as const)('is unknown, not 0, when no %s was read', (field) => {
    const whole = groupReadingOf({ offsets: [[0, 9]] });
    const partitions = whole.partitions.map((p) => ({ ...p, [field]: unknown('no leader') }));
    const readings = [{ ...whole, partitions }, whole].map((group, i) => clusterReadingOf(i * 10_000, [group]));
    const polls = [readings, readings.toReversed().map((reading, i) => ({ ...reading, atMs: i * 10_000 }))];

    for (const poll of polls) {
      const history = poll.reduce((older, reading) => appendReading(older, reading, 9), emptyHistory);
      expect(measureRates(samplesOf(history, 'billing'), 0)).toBeUndefined();
    }
  });

  it('counts a partition as left out when an offset went backwards', () => {
    const rates = ratesOf([
      {
        offsets: [
          [50, 100],
          [0, 10],
        ],
      },
      {
        offsets: [
          [20, 120],
          [10, 20],
        ],
      },
    ]);

    expect(rates).toMatchObject({ arrivalPerSecond: 1, consumePerSecond: 1, leftOut: 1 });
  });

  it('leaves out partitions that were never committed without calling that a gap', () => {
    const rates = ratesOf([
      {
        offsets: [
          [0, 100],
          [null, 0],
        ],
      },
      {
        offsets: [
          [100, 200],
          [null, 0],
        ],
      },
    ]);

    expect(rates).toMatchObject({ arrivalPerSecond: 10, leftOut: 0 });
  });

  it('starts where every partition has its first commit', () => {
    const rates = ratesOf([
      {
        offsets: [
          [0, 0],
          [null, 5],
        ],
      },
      {
        offsets: [
          [0, 100],
          [5, 5],
        ],
      },
      {
        offsets: [
          [0, 200],
          [5, 5],
        ],
      },
    ]);

    expect(rates).toMatchObject({ fromMs: 10_000, arrivalPerSecond: 10, leftOut: 0 });
  });
});

describe('countRebalances', () => {
  const count = (polls: readonly GroupTraits[]) => countRebalances(samplesOf(historyOf(polls), 'billing'), 0);
  const offsets = [
    [0, 1],
    [0, 1],
  ] as const;

  it('counts changes of the assignment and polls that met a rebalance', () => {
    expect(count([{ offsets }, { offsets }])).toBe(0);
    expect(count([{ offsets }, { offsets, members: 2 }, { offsets }])).toBe(2);
    expect(count([{ offsets }, { offsets, state: known('PreparingRebalance') }])).toBe(1);
  });

  it('does not count what could not be read', () => {
    const group = groupReadingOf({ offsets, members: 2 });
    const unread = { ...group, state: unknown('denied'), members: unknown('denied') };
    const history = [group, unread, groupReadingOf({ offsets })]
      .map((reading, i) => clusterReadingOf(i, [reading]))
      .reduce((older, reading) => appendReading(older, reading, 9), emptyHistory);

    expect(countRebalances(samplesOf(history, 'billing'), 0)).toBe(0);
  });

  it('does not count an Empty group', () => {
    expect(
      count([
        { offsets, members: 0 },
        { offsets, members: 0 },
      ]),
    ).toBe(0);
  });
});
