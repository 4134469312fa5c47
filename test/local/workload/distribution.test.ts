import { describe, expect, it } from 'vitest';
import { hotBefore, parseDistribution } from '#local/workload/distribution.ts';

describe('parseDistribution', () => {
  it.each([
    ['even', 0],
    ['hot:0.75', 0.75],
    ['hot:.5', 0.5],
    ['hot:1', 1],
    ['hot:0', 0],
  ])('reads %s', (text, hotShare) => {
    expect(parseDistribution(text)).toEqual({ hotShare });
  });

  it.each(['', 'hot', 'hot:', 'hot:1.5', 'hot:-1', 'hot:80%', 'random'])('refuses %j', (text) => {
    expect(() => parseDistribution(text)).toThrow('distribution must be even or hot:');
  });
});

describe('hotBefore', () => {
  it.each([0, 0.1, 0.3, 0.75, 1])('keeps the share %d at every moment', (share) => {
    for (let count = 0; count <= 1_000; count++) {
      expect(Math.abs(hotBefore(count, share) - count * share)).toBeLessThan(1);
    }
    expect(hotBefore(1_000, share)).toBe(share * 1_000);
  });
});
