/** Messages for wrong input that a person can act on: the key, the value, what is allowed. */
import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** One line for each problem of `input`, in the order of the error's issues. */
export const describeIssues = (error: z.ZodError, input: unknown): string[] =>
  error.issues.flatMap((issue) => describe(issue, input));

function describe(issue: Issue, input: unknown): string[] {
  const key = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') return issue.keys.map((name) => `${join(key, name)}: is not a setting`);
  const value = issue.path.reduce<unknown>(
    (at, step) => (at as Record<PropertyKey, unknown> | undefined)?.[step],
    input,
  );
  const name = key === '' ? 'it' : key;
  if (issue.code === 'custom') return [`${name}: ${issue.message}`];
  if (value === undefined) return [`${name}: is missing; it must be ${allowed(issue)}`];
  return [`${name}: is ${JSON.stringify(value)}; it must be ${allowed(issue)}`];
}

function allowed(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'int' ? 'a whole number' : `of type ${issue.expected}`;
    case 'invalid_value':
      return issue.values.map((value) => JSON.stringify(value)).join(' or ');
    case 'too_small':
      return issue.origin === 'string'
        ? 'a text that is not empty'
        : `${issue.inclusive ? 'at least' : 'above'} ${issue.minimum}`;
    case 'too_big':
      return `${issue.inclusive ? 'at most' : 'below'} ${issue.maximum}`;
    case 'invalid_format':
      return `a text like ${issue.pattern ?? issue.format}`;
    default:
      return issue.message;
  }
}

const join = (key: string, name: string): string => (key === '' ? name : `${key}.${name}`);
