import { expect, it } from 'vitest';
import { durationText, MAX_TEXT, roundDecimals, shorten } from '#core/text/text.ts';

it.each([
  [0, '0 s'],
  [999, '0 s'],
  [-5_000, '0 s'],
  [1_000, '1 s'],
  [61_000, '1 min 1 s'],
  [3_600_000, '1 h'],
  [3_605_000, '1 h'],
  [12_000_000, '3 h 20 min'],
  [90_061_000, '1 d 1 h'],
])('durationText of %i ms is %s', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

it('roundDecimals and shorten change only long decimals and long texts', () => {
  expect(roundDecimals('12.3456 and 1.25')).toBe('12.35 and 1.25');
  expect(shorten('a'.repeat(MAX_TEXT))).toHaveLength(MAX_TEXT);
  expect(shorten('a'.repeat(MAX_TEXT + 1))).toMatch(/^a{999}…$/);
});
