import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { metricsPage } from '#bin/metrics-page.ts';
import { METRICS } from '#core/metrics/catalogue.ts';
import { ROOT } from '#test/support/root.ts';

test('docs/metrics.md is what the catalogue says; npm run docs writes it', () => {
  const written = readFileSync(join(ROOT, 'docs/metrics.md'), 'utf8');

  expect(written, 'docs/metrics.md is not what src/core/metrics/catalogue.ts says: run npm run docs').toBe(
    metricsPage(),
  );
});

test('the page has a row of six cells for each metric', () => {
  const rows = metricsPage()
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2);

  expect(rows.map((row) => row.split(' | ')[0]?.slice(2))).toEqual(Object.keys(METRICS));
  expect(rows.map((row) => row.split(' | ').length)).toEqual(rows.map(() => 6));
});
