import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { AT_ONCE, mapBounded } from '#adapters/kafka/connection/bounded.ts';

test.each([0, 1, AT_ONCE, 3 * AT_ONCE + 1])('mapBounded keeps the order of %d items, and the bound', async (count) => {
  let underWay = 0;
  let most = 0;
  const items = Array.from({ length: count }, (_, index) => index);

  const results = await mapBounded(items, async (item) => {
    most = Math.max(most, ++underWay);
    // The first comes back last.
    for (let turns = count - item; turns > 0; turns--) await turn();
    underWay--;
    return `${item}`;
  });

  expect(results).toEqual(items.map(String));
  expect(most).toBe(Math.min(count, AT_ONCE));
});

test('mapBounded throws what the work throws', async () => {
  const work = mapBounded([1, 2, 3], async (item) => {
    if (item === 2) throw new Error('login refused');
  });

  await expect(work).rejects.toThrow('login refused');
});
