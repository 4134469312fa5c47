import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileFilters, filtersSchema } from '#core/names/filters.ts';
import { compilePattern, compilePatterns, firstMatch, patternSchema } from '#core/names/patterns.ts';

/** Names as brokers may hold them: any characters, and many of those that patterns give a meaning. */
const name = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(...'ab*?{},\\/[]\n-:é😀'), maxLength: 30 }),
);
const escapeGlob = (text: string): string => text.replace(/[\\*?{}[/]/g, '\\$&');

/** What a glob without braces means, said in the plainest way. */
function meansPlainly(glob: string, text: string): boolean {
  const [first, ...rest] = Array.from(glob);
  const [character, ...others] = Array.from(text);
  if (first === undefined) return text === '';
  if (first === '*') return meansPlainly(rest.join(''), text) || (text !== '' && meansPlainly(glob, others.join('')));
  return (
    character !== undefined && (first === '?' || first === character) && meansPlainly(rest.join(''), others.join(''))
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
  ])('%j', (pattern, meant, others) => {
    const matches = compilePattern(pattern);

    expect(meant.filter(matches)).toEqual(meant);
    expect(others.filter(matches)).toEqual([]);
  });

  it('that is * means every name; one that is escaped means that name alone', () => {
    fc.assert(
      fc.property(name, name, (one, other) => {
        expect(compilePattern('*')(one)).toBe(true);
        const matches = compilePattern(escapeGlob(one));
        expect(matches(one)).toBe(true);
        expect(matches(other)).toBe(one === other);
      }),
    );
  });

  it('means what it plainly says', () => {
    const glob = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n', '😀'), maxLength: 8 });
    fc.assert(
      fc.property(glob, text, (g, t) => {
        expect(compilePattern(g)(t)).toBe(meansPlainly(g, t));
      }),
      {
        numRuns: 2_000,
      },
    );
  });

  it('is fast on the longest name that a broker takes, however many runs it has', () => {
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
  ])('%s', (pattern, meant, others) => {
    const matches = compilePattern(pattern);

    expect(meant.filter(matches)).toEqual(meant);
    expect(others.filter(matches)).toEqual([]);
  });
});

describe('a pattern that is wrong', () => {
  it.each([
    ['orders-[ab]', /has a \[/],
    ['{a,{b,c}}', /has braces within braces/],
    ['a}', /has a } without its {/],
    ['{a', /has a { without its }/],
    ['a\\', /ends in a single \\/],
    ['{a,b}'.repeat(7), /stands for more than 64 globs/],
    ['/orders', /begins with \/ and does not end/],
    ['//', /begins with \/ and does not end/],
    ['/a/g', /begins with \/ and does not end/],
    ['/(a/', /is no regular expression \(.*Unterminated group/],
    ['/a\\-b/', /is no regular expression \(.*Invalid escape/],
  ])('%s is refused with the reason and what is allowed', (pattern, reason) => {
    const [issue] = patternSchema.safeParse(pattern).error?.issues ?? [];

    expect(issue?.message).toMatch(reason);
    expect(issue?.message).toContain(`is ${JSON.stringify(pattern)}, which`);
    expect(issue?.message).toMatch(/allowed are globs .* and \/regular expressions\//);
  });

  it('is refused or means something, whatever it is', () => {
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
  it('mean what one of them means; none mean nothing', () => {
    expect(['a', 'b', 'c'].filter(compilePatterns(['a', '/^b/']))).toEqual(['a', 'b']);
    expect(compilePatterns([])('a')).toBe(false);
  });

  it('are asked in order where only one counts', () => {
    const found = firstMatch([
      { groups: 'orders-eu', value: 1 },
      { groups: 'orders-*', value: 2 },
    ]);

    expect(['orders-eu', 'orders-us', 'x'].map((id) => found(id)?.value)).toEqual([1, 2, undefined]);
  });
});

describe('filters', () => {
  const topics = ['orders', 'orders-dlq', '__consumer_offsets', '__transaction_state', '__amazon_msk_canary'];

  it('let all through but internal topics', () => {
    const { group, topic } = compileFilters();

    expect(['', '__g', 'orders\n'].filter(group)).toEqual(['', '__g', 'orders\n']);
    expect(topics.filter(topic)).toEqual(['orders', 'orders-dlq']);
  });

  it('let internal topics through when asked to, as far as topics are included', () => {
    const { topic } = compileFilters(filtersSchema.parse({ internalTopics: true, topics: { exclude: ['__amazon*'] } }));

    expect(topics.filter(topic)).toEqual(topics.slice(0, 4));
  });

  it('exclude what they include', () => {
    const { group } = compileFilters(filtersSchema.parse({ groups: { include: ['a*'], exclude: ['/b$/'] } }));

    expect(['a', 'ab', 'b'].filter(group)).toEqual(['a']);
  });
});
