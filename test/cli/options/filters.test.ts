import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { type FilterFlags, filtersOf, isolationEntries, withFilters } from '#cli/options/filters.ts';
import { filtersSchema } from '#core/names/filters.ts';

/** The options as a command reads them. @throws CommanderError */
function parse(...args: string[]): FilterFlags {
  const command = withFilters(new Command('describe').option('-g, --group <name...>'))
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  command.parse(args, { from: 'user' });
  return command.opts<FilterFlags>();
}

test('without options the filters are the defaults, and isolationEntries is empty', () => {
  expect(filtersOf(parse())).toEqual(filtersSchema.parse({}));
  expect(isolationEntries(parse())).toEqual([]);
});

test('an option accepts several patterns, together or one by one', () => {
  const flags = parse(
    ...['--groups', 'a-*', '/^b/', '--groups', 'c', '--exclude-groups', 'a-test', '--topics', '{x,y}'],
    ...['--exclude-topics', '*-dlq', '--internal-topics', '--read-committed', 'a-*', 'c'],
  );

  expect(filtersOf(flags)).toEqual({
    groups: { include: ['a-*', '/^b/', 'c'], exclude: ['a-test'] },
    topics: { include: ['{x,y}'], exclude: ['*-dlq'] },
    internalTopics: true,
  });
  expect(isolationEntries(flags)).toEqual(['a-*', 'c'].map((groups) => ({ groups, level: 'read_committed' })));
});

describe('wrong usage names', () => {
  test.each(['--groups', '--exclude-groups', '--topics', '--exclude-topics', '--read-committed'])(
    '%s, its pattern, the problem and what is allowed',
    (option) => {
      const wrong = expect.objectContaining({ code: 'commander.invalidArgument' });

      expect(() => parse(option, 'ok', 'a[b]')).toThrow(wrong);
      expect(() => parse(option, 'ok', 'a[b]')).toThrow(
        new RegExp(`${option} .*'a\\[b\\]' is invalid. It is "a\\[b\\]", which has a \\[; allowed are globs`),
      );
    },
  );

  test('an empty pattern, which an unset variable produces', () => {
    expect(() => parse('--topics', '')).toThrow(/--topics .* argument '' is invalid\. It is empty.*\* matches all/);
  });

  test('patterns of groups together with names of groups', () => {
    expect(() => parse('--group', 'a', '--groups', 'b')).toThrow(/--groups .* cannot be used with option '-g, --group/);
    expect(() => parse('--group', 'a', '--exclude-groups', 'b')).toThrow(/cannot be used with option '-g, --group/);
  });
});
