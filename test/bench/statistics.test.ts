import { describe, expect, it } from 'vitest';
import { showSpread, spreadOf } from '#bench/statistics.ts';

describe('spreadOf', () => {
  it('returns minimum, median and maximum for any order', () => {
    expect(spreadOf('x', [10, 2, 9])).toEqual({ min: 2, median: 9, max: 10 });
  });

  it('returns the mean of the two middle values as the median', () => {
    expect(spreadOf('x', [1, 10, 2, 4])).toEqual({ min: 1, median: 3, max: 10 });
  });

  it.each([[[]], [[1, Number.NaN]]])('refuses %j: nothing is made up', (values) => {
    expect(() => spreadOf('warm read', values)).toThrow('warm read was not measured');
  });
});

describe('showSpread', () => {
  it('shows all three', () => {
    expect(showSpread({ min: 1, median: 2.5, max: 30 }, 1)).toBe('1.0 / 2.5 / 30.0');
  });
});
