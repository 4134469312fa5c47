import { describe, expect, it } from 'vitest';
import { type ChartPoint, drawChart } from '#cli/terminal/chart.ts';

const MINUTE = 60_000;
/** Polls one minute apart; null for an unknown value. */
const points = (...values: readonly (number | null)[]): ChartPoint[] =>
  values.map((value, minute) => ({ atMs: minute * MINUTE, value: value ?? undefined }));
const oneRow = (all: readonly ChartPoint[], columns = all.length) => drawChart(all, { columns, rows: 1 });

describe('drawChart', () => {
  it('draws a bar for each value, the highest up to the top', () => {
    expect(drawChart(points(0, 8, 16, 12, 4), { columns: 5, rows: 2 })).toEqual({
      bars: ['  █▄ ', '▁███▄'],
      axis: '┴┴┴┴┴',
    });
  });

  it('leaves a gap for an unknown value, and none for a measured zero', () => {
    expect(oneRow(points(8, null, 0, null, 8))).toEqual({ bars: ['█ ▁ █'], axis: '┴?┴?┴' });
  });

  it('draws nothing for unknown values, and a low bar for zeros', () => {
    expect(oneRow(points(null, null))).toEqual({ bars: ['  '], axis: '??' });
    expect(oneRow(points(0, 0))).toEqual({ bars: ['▁▁'], axis: '┴┴' });
    expect(oneRow([], 3)).toEqual({ bars: ['   '], axis: '───' });
  });

  it('has a time axis: a value holds between two near polls', () => {
    const polls = [0, 1, 5, 6].map((minute) => ({ atMs: minute * MINUTE, value: minute < 5 ? 8 : 4 }));

    expect(oneRow(polls, 7)).toEqual({ bars: ['█████▄▄'], axis: '┴┴───┴┴' });
  });

  it.each([
    ['that are far apart', 8],
    ['of which the second has no value', undefined],
  ])('leaves a gap between two polls %s', (_, value) => {
    const far = value === undefined ? 4 : 12;
    const polls = [
      { atMs: 0, value: 8 },
      { atMs: MINUTE, value: 8 },
      { atMs: far * MINUTE, value },
    ];

    const { bars } = oneRow(polls, far + 1);

    expect(bars[0]?.slice(2, -1).trim()).toBe('');
  });

  it('treats polls at long, equal intervals as near each other', () => {
    const polls = [0, 60, 120].map((minute) => ({ atMs: minute * MINUTE, value: 8 }));

    expect(oneRow(polls, 6).bars).toEqual(['██████']);
  });

  it('shows the highest value in a column, unless one is unknown', () => {
    expect(oneRow(points(2, 8, 4, 4), 2).bars).toEqual(['█▄']);
    expect(oneRow(points(2, null, 4, 4), 2)).toEqual({ bars: [' █'], axis: '?┴' });
  });

  it('prefers a mark to the other signs of a column', () => {
    const [first, ...rest] = points(null, 4);

    expect(oneRow([{ ...(first as ChartPoint), isMarked: true }, ...rest]).axis).toBe('!┴');
  });
});
