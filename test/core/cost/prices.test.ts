import { expect, it } from 'vitest';
import { costOf, PRICED_REGIONS, PRICES, type Price } from '#core/cost/prices.ts';

const all = PRICED_REGIONS.flatMap((region) => Object.entries<Price>(PRICES[region]));

it.each([
  [0, 0],
  [10_000, 3_000],
  [10_001, 3_000.1],
  [250_000, 27_000],
  [1_000_000, 64_500],
  [1_000_100, 64_502],
])('%i metrics cost $%f in steps', (metrics, usd) => {
  expect(costOf(PRICES['us-east-1'].metric, metrics)).toBeCloseTo(usd, 6);
});

it.each(all)('the price %s has a source and a date, and steps without an end', (_, price) => {
  const ends = price.steps.map(({ upTo }) => upTo ?? Number.POSITIVE_INFINITY);

  expect(price.source).toMatch(/^https:\/\/(aws|docs\.aws)\.amazon\.com\//);
  expect(price.checkedOn).toMatch(/^20\d\d-\d\d-\d\d$/);
  expect(ends).toEqual(ends.toSorted((a, b) => a - b));
  expect(ends.at(-1)).toBe(Number.POSITIVE_INFINITY);
});
