import { expect, test } from 'vitest';
import { longestStepMs, watchedFromMs } from '#core/history/gaps.ts';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;

test.each([
  { of: 'one poll', times: [5], from: 5 },
  { of: 'polls without a gap', times: [0, MINUTE, 2 * MINUTE], from: 0 },
  { of: 'polls that are thinned with age', times: [0, 5 * MINUTE, 6 * MINUTE, 7 * MINUTE], from: 0 },
  { of: 'polls with a gap of a day', times: [0, MINUTE, DAY, DAY + MINUTE], from: DAY },
  { of: 'two polls with a gap between them', times: [0, DAY], from: DAY },
  { of: 'polls with two gaps', times: [0, DAY, 2 * DAY, 2 * DAY + MINUTE], from: 2 * DAY },
  { of: 'half-hourly polls of which one is missing', times: [0, 30 * MINUTE, 90 * MINUTE, 120 * MINUTE], from: 0 },
])('watchedFromMs finds the last gap in $of', ({ times, from }) => {
  expect(watchedFromMs(times)).toBe(from);
});

test('longestStepMs is three usual steps, at least five minutes and at most two hours', () => {
  expect(longestStepMs([])).toBe(5 * MINUTE);
  expect(longestStepMs([0, MINUTE])).toBe(5 * MINUTE);
  expect(longestStepMs([0, 10 * MINUTE, 20 * MINUTE])).toBe(30 * MINUTE);
  expect(longestStepMs([0, DAY])).toBe(120 * MINUTE);
});
