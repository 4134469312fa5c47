import { describe, expect, it } from 'vitest';
import { widthOf } from '#cli/terminal/fit.ts';
import { type HistoryView, historyJson, historyLines } from '#cli/views/history-view.ts';
import type { LagBreak, LagPoint } from '#core/group/lag-series.ts';
import { absent, known, type Reading, unknown } from '#core/kafka/reading.ts';
import { POLL_MS, viewOf } from '#test/support/groups/views.ts';

const HOSTILE = '\u001b[2Jevil\u202e\r\nname';
const LAGS = [known(10), unknown('no leader'), known(0), absent, known(40)];
const noneBefore = unknown('there is no poll before');

const point = (lag: Reading<number>, i: number): LagPoint => ({
  atMs: POLL_MS - (4 - i) * 60_000,
  lag,
  produceRate: i === 0 ? noneBefore : known(20),
  consumeRate: i === 0 ? noneBefore : known(10),
});
const rewound: LagBreak = { atMs: POLL_MS, id: 'rewound', topic: 'orders', partitions: [0, 3] };

const historyOf = (change: Partial<HistoryView> = {}, breaks: readonly LagBreak[] = [rewound]): HistoryView => ({
  what: 'billing / orders',
  view: viewOf(),
  rebalances: { count: 2, samples: 5 },
  series: { points: LAGS.map(point), breaks },
  ...change,
});

describe('historyLines', () => {
  it('draws lag with gaps and the rates below it, and lists breaks and missing values', () => {
    const lines = historyLines(historyOf(), 53);

    expect(lines.slice(0, 21)).toEqual([
      'lag of billing / orders, records: 5 polls over 4 min',
      '',
      `                40 ┤${' '.repeat(32)}█`,
      ...Array(6).fill(`                   ┤${' '.repeat(32)}█`),
      `                   ┤▄${' '.repeat(31)}█`,
      `                   ┤█${' '.repeat(31)}█`,
      `                 0 ┤█${' '.repeat(15)}▁${' '.repeat(15)}█`,
      '                   └┴───────?───────┴───────?───────!',
      '                    2026-01-05T02:56:00',
      'produce/s, most 20 │        █████████████████████████',
      'consume/s, most 10 │        █████████████████████████',
      '',
      '! 2026-01-05T03:00:00.000Z rewound: the commit went back (topic "orders", partition 0, 3)',
      '? 1 poll with unknown lag, the last at 2026-01-05T02:57:00.000Z: no leader',
      '? 1 poll without a commit, so without lag',
      'rebalances: 2, seen by 5 polls',
    ]);
    expect(lines.slice(22).join('\n')).toMatch(/^as of 2026-01-05T03:00:00.000Z; .*\nGROUP .*\nbilling +ok /);
  });

  it('shows the times at both ends if they fit', () => {
    expect(historyLines(historyOf(), 80)[13]?.trim()).toMatch(/^2026-01-05T02:56:00 {2,}2026-01-05T03:00:00$/);
  });

  it('shows ? as the highest of unknown values', () => {
    const points = [unknown('denied')].map(point);
    const lines = historyLines(historyOf({ series: { points, breaks: [] } }), 60);

    expect(lines[2]).toMatch(/ \? ┤$/);
    expect(lines.join('\n')).toContain('produce/s, most ? │');
  });

  it('shows ten breaks and ten partitions, and counts the others', () => {
    const all = Array.from({ length: 12 }, (_, i) => i);
    const lines = historyLines(historyOf({}, Array(13).fill({ ...rewound, partitions: all })), 80);

    expect(lines.filter((line) => line.startsWith('!'))).toHaveLength(11);
    expect(lines.join('\n')).toContain('! 3 earlier breaks: --json lists all');
    expect(lines.join('\n')).toContain('partition 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more');
  });

  it('writes no character that a terminal acts on', () => {
    const points = [unknown(HOSTILE)].map(point);
    const series = { points, breaks: [{ ...rewound, topic: HOSTILE }] };
    const lines = historyLines(historyOf({ what: HOSTILE, view: viewOf({ groupId: HOSTILE }), series }), 80);

    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what must not be there
    expect(lines.filter((line) => /[\u0000-\u001f\u007f-\u009f\u202e]/.test(line))).toEqual([]);
    expect(lines.join('\n')).toContain('evil\\u{202e}');
  });

  it.each([120, 80, 40])('fits chart and table into %i columns', (columns) => {
    const lines = historyLines(historyOf({ view: viewOf({ groupId: 'long-name-'.repeat(30) }) }), columns);

    const fitted = lines.filter((line) => /[┤│└]|GROUP|long-name/.test(line));
    expect(fitted.length).toBeGreaterThanOrEqual(14);
    expect(Math.max(...fitted.map(widthOf))).toBeLessThanOrEqual(columns);
  });
});

describe('historyJson', () => {
  it('contains the summary, every poll and every break', () => {
    expect(JSON.parse(JSON.stringify(historyJson(historyOf())))).toMatchObject({
      asOf: '2026-01-05T03:00:00.000Z',
      group: 'billing',
      status: { kind: 'ok', since: '2026-01-05T02:57:00.000Z' },
      rebalances: { count: 2, samples: 5 },
      series: [
        { at: '2026-01-05T02:56:00.000Z', lag: 10, produceRate: { unknown: 'there is no poll before' } },
        { lag: { unknown: 'no leader' } },
        { lag: 0, produceRate: 20, consumeRate: 10 },
        { lag: null },
        { lag: 40 },
      ],
      breaks: [{ at: '2026-01-05T03:00:00.000Z', id: 'rewound', topic: 'orders', partitions: [0, 3] }],
    });
  });
});
