import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cliPage } from '#bin/cli-page.ts';
import { COMMANDS } from '#cli/commands.ts';
import { EXIT_CODES } from '#cli/exit-codes.ts';
import { summaryTable } from '#cli/views/summary-table.ts';
import { ROOT } from '#test/support/root.ts';

const PAGE = await cliPage();
const NAMES = COMMANDS.map(({ name }) => name);

/** The text below a heading, up to the next one. */
const sectionOf = (heading: string): string => PAGE.split(/^## /m).find((one) => one.startsWith(`${heading}\n`)) ?? '';

/** First cells of the table below a heading. */
const firstCells = (heading: string): readonly string[] =>
  [...sectionOf(heading).matchAll(/^\| (?!---|Option|Column|Code)([^|]+) \|/gm)].map(([, cell = '']) => cell);

describe('docs/cli.md', () => {
  it('is what the commands say', () => {
    const written = readFileSync(join(ROOT, 'docs/cli.md'), 'utf8');

    expect(written, 'docs/cli.md is not what the commands say: run npm run docs').toBe(PAGE);
  });

  it.each(NAMES)('has a section for %s with an example and its options', (name) => {
    expect(sectionOf(name)).toMatch(new RegExp(`^npm run .*\\b${name}\\b`, 'm'));
    expect(firstCells(name).join()).toContain('`--');
  });

  it('has every exit code', () => {
    expect(firstCells('Exit codes')).toEqual(Object.values(EXIT_CODES).map(String));
  });

  it('explains every column of lag watch', () => {
    const columns = summaryTable([], { atMs: 0 }).trim().split(/\s+/);

    expect(firstCells('watch').slice(0, columns.length), 'change the table in bin/cli-page.md').toEqual(columns);
  });

  it('lists options that commands share once', () => {
    expect(PAGE.match(/`-b, --bootstrap <brokers>`/g)).toHaveLength(1);
    expect(PAGE.match(/`--exclude-topics <pattern...>`/g)).toHaveLength(1);
    expect(sectionOf('watch')).toContain(
      'Also takes the [connection options](#connection-options), [filter options](#filter-options), ' +
        '[history options](#history-options).',
    );
  });
});
