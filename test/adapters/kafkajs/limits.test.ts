/** The limits in the code are the limits in the documentation. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LIMITS } from '#adapters/kafkajs/limits.ts';
import { ROOT } from '#test/support/root.ts';

const PAGE = readFileSync(join(ROOT, 'docs/readers.md'), 'utf8');
const ROWS = PAGE.split('\n').map((line) => line.split('|').map((text) => text.trim()));

test('the page has each limit with its reason, and no other', () => {
  const rows = ROWS.filter((cells) => cells.length === 4 && cells[1]?.startsWith('`'));

  expect(Object.fromEntries(rows.map(([, name, reason]) => [name?.replaceAll('`', ''), reason]))).toEqual(LIMITS);
});

test('the table uses each limit at a row that kafkajs cannot read', () => {
  const cells = ROWS.filter((row) => row.length === 5).map(([, , , kafkajs]) => kafkajs ?? '');
  const named = cells.flatMap((cell) => /: `(\w+)`$/.exec(cell)?.[1] ?? []);

  expect(named.sort()).toEqual(Object.keys(LIMITS).sort());
});
