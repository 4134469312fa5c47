import { expect, test } from 'vitest';
import { longestStepMs, watchedFromMs } from '#core/history/gaps.ts';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;

test.each([
  ['one poll', [5], 5],
  ['polls that follow one another', [0, MINUTE, 2 * MINUTE], 0],
  ['polls that are thinned with age', [0, 5 * MINUTE, 6 * MINUTE, 7 * MINUTE], 0],
  ['a day between', [0, MINUTE, DAY, DAY + MINUTE], DAY],
  ['a day between two polls', [0, DAY], DAY],
  ['two gaps', [0, DAY, 2 * DAY, 2 * DAY + MINUTE], 2 * DAY],
  ['polls of half an hour, one of which is missing', [0, 30 * MINUTE, 90 * MINUTE, 120 * MINUTE], 0],
])('watchedFromMs of %s', (_, times, from) => {
  expect(watchedFromMs(times)).toBe(from);
});

test('longestStepMs is three usual steps, from five minutes to two hours', () => {
  expect(longestStepMs([])).toBe(5 * MINUTE);
  expect(longestStepMs([0, MINUTE])).toBe(5 * MINUTE);
  expect(longestStepMs([0, 10 * MINUTE, 20 * MINUTE])).toBe(30 * MINUTE);
  expect(longestStepMs([0, DAY])).toBe(120 * MINUTE);
});
