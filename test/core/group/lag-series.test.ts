import { describe, expect, it } from 'vitest';
import { lagSeries } from '#core/group/lag-series.ts';
import type { LagHistory, PartitionSample, PollSample } from '#core/history/history.ts';
import { absent, known } from '#core/kafka/reading.ts';
import { historyOf } from '#test/support/groups/history.ts';

const MINUTE = 60_000;
/** Commit, end and start of a partition; left out: not read; `none`: no commit. */
type Row = readonly [commit?: number | 'none' | undefined, end?: number | undefined, start?: number | undefined];

const sampleOf = ([commit, end, start = 0]: Row, partition: number): PartitionSample => ({
  topic: partition < 10 ? 'orders' : 'invoices',
  partition: partition % 10,
  ...(typeof commit === 'number' ? { committedOffset: BigInt(commit) } : {}),
  ...(commit === 'none' ? { uncommitted: true as const } : {}),
  ...(end === undefined ? {} : { logEndOffset: BigInt(end), logStartOffset: BigInt(start) }),
});

const poll = (minute: number, rows: readonly Row[], traits: Partial<PollSample> = {}): PollSample => ({
  atMs: minute * MINUTE,
  groups: [{ groupId: 'billing', partitions: rows.map(sampleOf) }],
  ...traits,
});

const lags = (history: LagHistory) => lagSeries(history, 'billing').points.map(({ lag }) => lag);
const isUnknown = (reason: RegExp) => ({ kind: 'unknown', reason: expect.stringMatching(reason) });
const madeOf = (id: string) => ({ topicIds: { orders: id } });

describe('lagSeries', () => {
  it('sums the partitions of each poll, from the log start where the commit is older', () => {
    expect(
      lags(
        historyOf([
          poll(0, [
            [5, 10],
            [1, 9, 4],
          ]),
          poll(1, [
            [10, 10],
            [9, 9],
          ]),
        ]),
      ),
    ).toEqual([known(10), known(0)]);
  });

  it.each([
    ['the commit was not read', [[undefined, 10]], isUnknown(/orders\/0: its commit/)],
    ['the log was not read', [[5, undefined]], isUnknown(/its log/)],
    ['the commit lies beyond the end', [[11, 10]], isUnknown(/beyond the end/)],
    [
      'one of two partitions was not read',
      [
        [5, 10],
        [5, undefined],
      ],
      isUnknown(/orders\/1/),
    ],
    ['the group has no commit', [['none', 10]], absent],
    [
      'only one of two partitions has a commit',
      [
        ['none', 10],
        [3, 10],
      ],
      known(7),
    ],
  ] as const)('when %s', (_, rows, expected) => {
    expect(lags(historyOf([poll(0, rows)]))).toEqual([expected]);
  });

  it('has a gap for a poll that did not read the group, without a rate across it', () => {
    const missed = { atMs: MINUTE, groups: [] };
    const { points } = lagSeries(historyOf([poll(0, [[0, 0]]), missed, poll(2, [[0, 60]])]), 'billing');

    expect(points.map(({ lag }) => lag)).toEqual([known(0), isUnknown(/did not read/), known(60)]);
    expect(points[2]).toMatchObject({ produceRate: isUnknown(/no previous poll/) });
  });

  it('has rates over the elapsed time, from the second poll on', () => {
    const { points } = lagSeries(historyOf([poll(0, [[0, 0]]), poll(2, [[60, 120]])]), 'billing');

    expect(points[0]).toMatchObject({
      produceRate: isUnknown(/no previous poll/),
      consumeRate: isUnknown(/no previous poll/),
    });
    expect(points[1]).toMatchObject({ produceRate: known(1), consumeRate: known(0.5) });
  });

  it.each([
    ['an offset was not read', [[5, undefined]], /could not be read/],
    [
      'a partition joined',
      [
        [5, 10],
        [5, 10],
      ],
      /have changed/,
    ],
  ] as const)('has no rate when %s', (_, rows, reason) => {
    const { points } = lagSeries(historyOf([poll(0, [[5, 10]]), poll(1, rows)]), 'billing');

    expect(points[1]).toMatchObject({ produceRate: isUnknown(reason) });
  });

  it.each([
    ['a rewind', [[50, 100]], [[20, 110]], 'rewound'],
    ['a truncated log', [[50, 100]], [[50, 90]], 'log-truncated'],
  ] as const)('marks %s, and has no rate across it', (_, before, after, id) => {
    const { points, breaks } = lagSeries(historyOf([poll(0, before), poll(1, after)]), 'billing');

    expect(breaks).toEqual([{ atMs: MINUTE, id, topic: 'orders', partitions: [0] }]);
    expect(points[1]).toMatchObject({
      produceRate: isUnknown(/moved back/),
      consumeRate: isUnknown(/moved back/),
    });
  });

  it('marks a recreated topic once, for all partitions, even if its offsets are higher', () => {
    const samples = [
      poll(
        0,
        [
          [1, 2],
          [1, 2],
        ],
        madeOf('a'),
      ),
      poll(1, [
        [1, 2],
        [1, 2],
      ]),
      poll(
        2,
        [
          [0, 900],
          [0, 900],
        ],
        madeOf('b'),
      ),
      poll(
        3,
        [
          [0, 950],
          [0, 950],
        ],
        madeOf('b'),
      ),
    ];

    expect(lagSeries(historyOf(samples), 'billing').breaks).toEqual([
      { atMs: 2 * MINUTE, id: 'recreated-topic', topic: 'orders', partitions: [0, 1] },
    ]);
  });

  it('marks partitions of a recreated topic that no poll has read before', () => {
    const samples = [
      poll(0, [[1, 2]], madeOf('a')),
      poll(
        1,
        [
          [0, 900],
          [0, 900],
        ],
        madeOf('b'),
      ),
    ];

    expect(lagSeries(historyOf(samples), 'billing').breaks).toMatchObject([{ partitions: [0, 1] }]);
  });

  it('marks a recreated topic once, also for a partition that returns later', () => {
    const both: readonly Row[] = [
      [5, 9],
      [5, 9],
    ];
    const samples = [
      poll(0, both, madeOf('a')),
      poll(1, [[0, 1]], madeOf('b')),
      poll(
        2,
        [
          [1, 2],
          [6, 10],
        ],
        madeOf('b'),
      ),
    ];

    expect(lagSeries(historyOf(samples), 'billing').breaks).toMatchObject([
      { atMs: MINUTE, id: 'recreated-topic', partitions: [0] },
    ]);
  });

  it('sees a rewind across polls that read nothing, and says which partitions', () => {
    const samples = [
      poll(0, [
        [5, 10],
        [5, 10],
        [5, 10],
      ]),
      poll(1, [
        [undefined, 10],
        [undefined, 10],
        [undefined, 10],
      ]),
      poll(2, [
        [6, 10],
        [1, 10],
        [1, 10],
      ]),
    ];

    expect(lagSeries(historyOf(samples), 'billing').breaks).toEqual([
      { atMs: 2 * MINUTE, id: 'rewound', topic: 'orders', partitions: [1, 2] },
    ]);
  });

  it('covers only the chosen partitions, in breaks too', () => {
    const rows = (commit: number): Row[] => [...Array<Row>(10).fill([0, 10]), [commit, 10]];
    const history = historyOf([poll(0, rows(5)), poll(1, rows(3))]);

    const invoices = lagSeries(history, 'billing', ({ topic }) => topic === 'invoices');
    const orders = lagSeries(history, 'billing', ({ topic, partition }) => topic === 'orders' && partition === 3);

    expect(invoices.points.map(({ lag }) => lag)).toEqual([known(5), known(7)]);
    expect(invoices.breaks).toHaveLength(1);
    expect(orders.points.map(({ lag }) => lag)).toEqual([known(10), known(10)]);
    expect(orders.breaks).toEqual([]);
  });
});
