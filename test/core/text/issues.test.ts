import { expect, it } from 'vitest';
import { z } from 'zod';
import { describeIssues } from '#core/text/issues.ts';

const inner = (schema: z.ZodType) => z.strictObject({ at: schema });

it.each<[string, z.ZodType, unknown, string]>([
  ['a type', inner(z.string()), { at: 1 }, 'at: is 1; it must be of type string'],
  ['a whole number', inner(z.number().int()), { at: 1.5 }, 'at: is 1.5; it must be a whole number'],
  ['a missing value', inner(z.string()), {}, 'at: is missing; it must be of type string'],
  [
    'a missing value of a missing object',
    inner(z.strictObject({ b: z.string() })),
    { at: {} },
    'at.b: is missing; it must be of',
  ],
  ['the whole input', z.string(), 5, 'it: is 5; it must be of type string'],
  ['a value', inner(z.enum(['a', 'b'])), { at: 'c' }, 'at: is "c"; it must be "a" or "b"'],
  ['an empty text', inner(z.string().min(1)), { at: '' }, 'at: is ""; it must be a text that is not empty'],
  ['a lower limit', inner(z.number().min(2)), { at: 1 }, 'at: is 1; it must be at least 2'],
  ['a lower limit, excluded', inner(z.number().gt(2)), { at: 2 }, 'at: is 2; it must be above 2'],
  ['an upper limit', inner(z.number().max(2)), { at: 3 }, 'at: is 3; it must be at most 2'],
  ['an upper limit, excluded', inner(z.number().lt(2)), { at: 2 }, 'at: is 2; it must be below 2'],
  ['a pattern', inner(z.string().regex(/^a+$/)), { at: 'b' }, 'at: is "b"; it must be a text like /^a+$/'],
  ['a format', inner(z.jwt()), { at: 'b' }, 'at: is "b"; it must be a text like jwt'],
  ['any other limit', inner(z.number().multipleOf(5)), { at: 7 }, 'at: is 7; it must be '],
  ['a custom check', inner(z.string().refine(() => false, 'is not good')), { at: 'b' }, 'at: is not good'],
  ['an unknown key', inner(z.string()), { at: 'a', typo: 1 }, 'typo: is not a setting'],
  ['an unknown key of an object', inner(z.strictObject({})), { at: { typo: 1 } }, 'at.typo: is not a setting'],
])('describeIssues names %s', (_, schema, input, words) => {
  const { error } = schema.safeParse(input);

  const lines = error === undefined ? [] : describeIssues(error, input);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(words);
});
