import { describe, expect, it } from 'vitest';
import { appendReading, emptyHistory, groupPollsOf, type LagHistory, pollsOf } from '#core/history/history.ts';
import { known, unknown } from '#core/kafka/reading.ts';
import { countRebalances, measureRates } from '#core/lag/rates.ts';
import { present } from '#core/text/json.ts';
import { clusterReadingOf, type GroupTraits, groupReadingOf } from '#test/support/groups/readings.ts';
import { MINUTE, minutes, polls, type SeenPoll, sampleOf, T0 } from '#test/support/groups/status.ts';

/** Polls of one group, one every 10 s. */
function historyOf(polls: readonly GroupTraits[]): LagHistory {
  return polls.reduce<LagHistory>(
    (history, poll, i) => appendReading(history, clusterReadingOf(i * 10_000, [groupReadingOf(poll)]), 100),
    emptyHistory,
  );
}
const ratesOf = (polls: readonly GroupTraits[], fromMs = 0) =>
  measureRates(pollsOf(historyOf(polls), 'billing'), fromMs);

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
      produceRate: 30,
      consumeRate: 15,
      lagGrowthRate: 15,
      samples: 2,
      leftOut: 0,
    });
  });

  it('compares the halves of the window from three polls on', () => {
    const rates = ratesOf([{ offsets: [[0, 0]] }, { offsets: [[0, 100]] }, { offsets: [[0, 400]] }]);

    expect(rates?.produceTrend).toEqual({ earlierPerSecond: 10, laterPerSecond: 30 });
    expect(ratesOf([{ offsets: [[0, 0]] }, { offsets: [[0, 100]] }])?.produceTrend).toBeUndefined();
  });

  it('compares the halves over the same partitions, without one that the middle poll could not read', () => {
    const first = {
      offsets: [
        [0, 0],
        [0, 0],
      ],
    } as const;
    const second = { offsets: [[0, 100]] } as const;
    const third = {
      offsets: [
        [0, 200],
        [0, 9_000],
      ],
    } as const;

    expect(ratesOf([first, second, third])).toMatchObject({
      produceTrend: { earlierPerSecond: 10, laterPerSecond: 10 },
      leftOut: 0,
    });
  });

  it('has no trend when the middle poll read no partition', () => {
    const [first, last] = [{ offsets: [[0, 0]] }, { offsets: [[0, 200]] }] as const;
    const unread = groupReadingOf({ offsets: [[0, 100]] });
    const partitions = unread.partitions.map((p) => ({ ...p, logEndOffset: unknown('timed out') }));
    const readings = [groupReadingOf(first), { ...unread, partitions }, groupReadingOf(last)];
    const history = readings.reduce<LagHistory>(
      (older, group, i) => appendReading(older, clusterReadingOf(i * 10_000, [group]), 100),
      emptyHistory,
    );
    const rates = measureRates(pollsOf(history, 'billing'), 0);

    expect(rates).toMatchObject({ produceRate: 10, samples: 3, leftOut: 0 });
    expect(rates).not.toHaveProperty('produceTrend');
  });

  it('uses only polls inside the window', () => {
    const polls = [{ offsets: [[0, 0]] }, { offsets: [[0, 1000]] }, { offsets: [[0, 1100]] }] as const;

    expect(ratesOf(polls, 10_000)?.produceRate).toBe(10);
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
      expect(measureRates(pollsOf(history, 'billing'), 0)).toBeUndefined();
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

    expect(rates).toMatchObject({ produceRate: 1, consumeRate: 1, leftOut: 1 });
  });

  it('omits partitions without a commit and does not count them as left out', () => {
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

    expect(rates).toMatchObject({ produceRate: 10, leftOut: 0 });
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

    expect(rates).toMatchObject({ fromMs: 10_000, produceRate: 10, leftOut: 0 });
  });
});

describe('countRebalances', () => {
  const count = (polls: readonly GroupTraits[]) =>
    countRebalances(pollsOf(historyOf(polls), 'billing').samples, 0).count;
  const offsets = [
    [0, 1],
    [0, 1],
  ] as const;

  it('counts changes of the assignment and polls during a rebalance', () => {
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

    expect(countRebalances(pollsOf(history, 'billing').samples, 0)).toEqual({ count: 0, samples: 3 });
  });

  it('counts changes of the epoch and reports the number of polls', () => {
    const samples = [3, 3, 4, undefined].map((epoch, i) => ({
      groupId: 'billing',
      atMs: i,
      ...present({ epoch }),
      partitions: [],
    }));

    expect(countRebalances(samples, 0)).toEqual({ count: 1, samples: 4 });
    expect(countRebalances(samples, 2)).toEqual({ count: 0, samples: 2 });
  });

  it('counts a new member that owns nothing', () => {
    const samples = [1, 2].map((members) => ({ groupId: 'billing', atMs: members, members, partitions: [] }));

    expect(countRebalances(samples, 0).count).toBe(1);
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

describe('measureRates across a break', () => {
  const at = (seen: readonly SeenPoll[]) => measureRates(groupPollsOf(seen.map(sampleOf)), T0);

  it('begins after a rewind, which does not affect the rate', () => {
    const rates = at(minutes(5, (m) => ({ commit: m < 3 ? 1_000 * m : 600 * m - 1_600, end: 10_000 + 600 * m })));

    expect(rates).toMatchObject({ consumeRate: 10, produceRate: 10, samples: 3, leftOut: 0 });
  });

  it('begins after the recreation of a topic, even if its offsets are higher', () => {
    const rates = at(
      minutes(5, (m) => ({
        commit: 60 * m + (m < 3 ? 0 : 900),
        end: 60 * m + (m < 3 ? 0 : 900),
        topicId: m < 3 ? 'a' : 'b',
      })),
    );

    expect(rates).toMatchObject({ produceRate: 1, consumeRate: 1, samples: 3, fromMs: T0 + 3 * MINUTE });
  });

  it('leaves out a partition with a break at the newest poll', () => {
    expect(at(minutes(5, (m) => ({ commit: m < 5 ? 100 : 1, end: 200 })))).toBeUndefined();
    expect(at(minutes(5, (m) => ({ commit: 1, end: m < 5 ? 200 : 100 })))).toBeUndefined();
  });

  it('skips polls at which the partition could not be read', () => {
    const seen = minutes(5, (m) => (m === 0 || m === 2 ? {} : { commit: 60 * m, end: 60 * m }));

    expect(at(seen)).toMatchObject({ produceRate: 1, fromMs: T0 + MINUTE, samples: 5, leftOut: 0 });
  });

  it('depends on time, not on the number of polls', () => {
    const seen = polls([0, 0.2, 3, 3.1, 4.9], (m) => ({ commit: 600 * m, end: 1_200 * m }));

    expect(at(seen)?.produceRate).toBeCloseTo(20);
    expect(at(seen)?.consumeRate).toBeCloseTo(10);
  });
});
