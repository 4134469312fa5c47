import { describe, expect, it } from 'vitest';
import { wantsColor } from '#cli/terminal/colors.ts';

describe('wantsColor', () => {
  const cases: readonly [string, boolean, Record<string, string>, readonly string[], boolean][] = [
    ['a terminal', true, {}, [], true],
    ['a pipe or a file', false, {}, [], false],
    ['the log of a CI', false, { CI: 'true' }, [], false],
    ['a terminal without any abilities', true, { TERM: 'dumb' }, [], false],
    ['a terminal with NO_COLOR', true, { NO_COLOR: '1' }, [], false],
    ['a terminal with an empty NO_COLOR, which means nothing', true, { NO_COLOR: '' }, [], true],
    ['a terminal with --no-color', true, {}, ['lag', 'watch', '--no-color'], false],
    ['a pipe with FORCE_COLOR', false, { FORCE_COLOR: '1' }, [], true],
    ['a terminal with FORCE_COLOR=0', true, { FORCE_COLOR: '0' }, [], false],
    ['FORCE_COLOR against NO_COLOR', true, { FORCE_COLOR: '1', NO_COLOR: '1' }, [], false],
  ];

  it.each(cases)('%s', (_, isTerminal, environment, args, colored) => {
    expect(wantsColor({ isTerminal, environment, args })).toBe(colored);
  });
});
