import { expect, it } from 'vitest';
import {
  durationText,
  fullNumber,
  MAX_TEXT,
  roughDuration,
  roundDecimals,
  shorten,
  shortNumber,
} from '#core/text/text.ts';

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

it.each([
  [0, '0'],
  [999, '999'],
  [1_000, '1k'],
  [1_290, '1.2k'],
  [99_999, '99k'],
  [1_999_999, '1.9M'],
  [2.5e9, '2.5G'],
  [3e13, '30T'],
])('%d is %s in short', (value, text) => {
  expect(shortNumber(value)).toBe(text);
});

it('roughDuration keeps the largest unit, and fullNumber keeps every digit', () => {
  expect(roughDuration(12_000_000)).toBe('3 h');
  expect(fullNumber(1_234_567)).toBe('1,234,567');
});
