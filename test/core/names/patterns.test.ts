import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileFilters, filtersSchema } from '#core/names/filters.ts';
import { compilePattern, compilePatterns, firstMatch, patternSchema } from '#core/names/patterns.ts';

/** Names as brokers accept them: any characters, and often those with a meaning in patterns. */
const name = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(...'ab*?{},\\/[]\n-:é😀'), maxLength: 30 }),
);
const escapeGlob = (text: string): string => text.replace(/[\\*?{}[/]/g, '\\$&');

/** Matches a glob without braces in the simplest way. */
function matchesPlainly(glob: string, text: string): boolean {
  const [first, ...rest] = Array.from(glob);
  const [character, ...others] = Array.from(text);
  if (first === undefined) return text === '';
  if (first === '*')
    return matchesPlainly(rest.join(''), text) || (text !== '' && matchesPlainly(glob, others.join('')));
  return (
    character !== undefined && (first === '?' || first === character) && matchesPlainly(rest.join(''), others.join(''))
  );
}

describe('a glob', () => {
  it.each<[string, string[], string[]]>([
    ['orders', ['orders'], ['orders-1', 'Orders', '', 'my-orders', 'orders\n']],
    ['orders-*', ['orders-', 'orders-eu.v2', 'orders-a\nb', 'orders-a/b'], ['orders', 'my-orders-1']],
    ['*-?', ['a-1', '-😀', '--'], ['a-12', '-', 'a1']],
    ['{orders,pay*}-v?', ['orders-v1', 'pay-v2', 'payments-v3'], ['orders', 'orders-v', '{orders,pay*}-v1']],
    ['a{,b}{c,d}', ['ac', 'abc', 'ad', 'abd'], ['a', 'ab', 'acd']],
    ['\\*\\{a,b\\}\\\\', ['*{a,b}\\'], ['x{a,b}\\', 'a']],
    ['a,b]', ['a,b]'], ['a', 'b]']],
    ['\\/x/', ['/x/'], ['x', '/x']],
    ['{\\,,\\}}', [',', '}'], ['', '\\']],
  ])('%j matches the meant names and no others', (pattern, meant, others) => {
    const matches = compilePattern(pattern);

    expect(meant.filter(matches)).toEqual(meant);
    expect(others.filter(matches)).toEqual([]);
  });

  it('of * matches every name, and an escaped name matches only itself', () => {
    fc.assert(
      fc.property(name, name, (one, other) => {
        expect(compilePattern('*')(one)).toBe(true);
        const matches = compilePattern(escapeGlob(one));
        expect(matches(one)).toBe(true);
        expect(matches(other)).toBe(one === other);
      }),
    );
  });

  it('matches the same names as the simplest matcher', () => {
    const glob = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n', '😀'), maxLength: 8 });
    fc.assert(
      fc.property(glob, text, (g, t) => {
        expect(compilePattern(g)(t)).toBe(matchesPlainly(g, t));
      }),
      {
        numRuns: 2_000,
      },
    );
  });

  it('with many * is fast on the longest name that a broker accepts', () => {
    const matches = compilePattern(`${'*a'.repeat(200)}*b`);

    expect(matches('a'.repeat(32_767))).toBe(false);
    expect(matches(`${'a'.repeat(32_766)}b`)).toBe(true);
  });
});

describe('a regular expression', () => {
  it.each<[string, string[], string[]]>([
    ['/orders/', ['orders', 'my-orders-1'], ['Orders', 'order']],
    ['/^orders-(eu|us)$/i', ['orders-eu', 'ORDERS-US'], ['orders-eu2', 'orders-eu\n']],
    ['/^a.b$/', ['a\nb', 'a😀b'], ['ab']],
    ['/a\\/b/', ['a/b'], ['ab']],
    ['/^a/b$/', ['a/b'], ['a']],
  ])('%s matches the meant names and no others', (pattern, meant, others) => {
    const matches = compilePattern(pattern);

    expect(meant.filter(matches)).toEqual(meant);
    expect(others.filter(matches)).toEqual([]);
  });
});

describe('a wrong pattern', () => {
  it.each([
    ['orders-[ab]', /has a \[/],
    ['{a,{b,c}}', /has braces within braces/],
    ['a}', /has a } without its {/],
    ['{a', /has a { without its }/],
    ['a\\', /ends in a single \\/],
    ['{a,b}'.repeat(7), /stands for more than 64 globs/],
    ['/orders', /begins with \/ but does not end/],
    ['//', /begins with \/ but does not end/],
    ['/a/g', /begins with \/ but does not end/],
    ['/(a/', /is not a regular expression \(.*Unterminated group/],
    ['/a\\-b/', /is not a regular expression \(.*Invalid escape/],
  ])('%s is rejected with the reason and what is allowed', (pattern, reason) => {
    const [issue] = patternSchema.safeParse(pattern).error?.issues ?? [];

    expect(issue?.message).toMatch(reason);
    expect(issue?.message).toContain(`is ${JSON.stringify(pattern)}, which`);
    expect(issue?.message).toMatch(/allowed are globs .* and \/regular expressions\//);
  });

  it('is rejected, and every other pattern matches or does not', () => {
    fc.assert(
      fc.property(name, name, (pattern, text) => {
        if (pattern === '' || patternSchema.safeParse(pattern).success) {
          expect(compilePattern(pattern)(text)).toBeTypeOf('boolean');
        } else expect(() => compilePattern(pattern)).toThrow(/allowed are globs/);
      }),
    );
  });
});

describe('several patterns', () => {
  it('match what one of them matches, and nothing without patterns', () => {
    expect(['a', 'b', 'c'].filter(compilePatterns(['a', '/^b/']))).toEqual(['a', 'b']);
    expect(compilePatterns([])('a')).toBe(false);
  });

  it('are tried in order when only the first match counts', () => {
    const found = firstMatch([
      { groups: 'orders-eu', value: 1 },
      { groups: 'orders-*', value: 2 },
    ]);

    expect(['orders-eu', 'orders-us', 'x'].map((id) => found(id)?.value)).toEqual([1, 2, undefined]);
  });
});

describe('filters', () => {
  const topics = ['orders', 'orders-dlq', '__consumer_offsets', '__transaction_state', '__amazon_msk_canary'];

  it('read everything but internal topics by default', () => {
    const { group, topic } = compileFilters();

    expect(['', '__g', 'orders\n'].filter(group)).toEqual(['', '__g', 'orders\n']);
    expect(topics.filter(topic)).toEqual(['orders', 'orders-dlq']);
  });

  it('read internal topics that are not excluded with internalTopics', () => {
    const { topic } = compileFilters(filtersSchema.parse({ internalTopics: true, topics: { exclude: ['__amazon*'] } }));

    expect(topics.filter(topic)).toEqual(topics.slice(0, 4));
  });

  it('exclude names that they also include', () => {
    const { group } = compileFilters(filtersSchema.parse({ groups: { include: ['a*'], exclude: ['/b$/'] } }));

    expect(['a', 'ab', 'b'].filter(group)).toEqual(['a']);
  });
});
