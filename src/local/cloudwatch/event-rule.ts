/**
 * The EventBridge rules of a synthesized template, with the part of the pattern language that they
 * use: exact values, nesting, `exists`, `prefix`, `anything-but`. Anything else is an error when
 * the rule is read.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
import { z } from 'zod';
import { resourcesOf } from './template.ts';

/**
 * The ARN or name of a reference in a pattern; `attribute` is absent for `Ref`. Throws on an
 * unknown reference.
 */
export type ResolveReference = (logicalId: string, attribute?: string) => string;

/** A rule on events. */
export interface EventRule {
  readonly logicalId: string;
  readonly matches: (event: unknown) => boolean;
}

type Test = (value: unknown) => boolean;

const ruleSchema = z.strictObject({
  Name: z.string().optional(),
  Description: z.string().optional(),
  EventBusName: z.literal('default').optional(),
  EventPattern: z.record(z.string(), z.unknown()),
  State: z.literal('ENABLED').default('ENABLED'),
  Targets: z.array(z.unknown()).optional(),
  Tags: z.array(z.unknown()).optional(),
});

/** The rules of a template, in its order. @throws Error that names the rule and what is unknown */
export function rulesFromTemplate(template: unknown, resolve: ResolveReference): EventRule[] {
  return resourcesOf(template)
    .filter(({ type }) => type === 'AWS::Events::Rule')
    .map(({ logicalId, properties }) => {
      const parsed = ruleSchema.safeParse(properties);
      if (!parsed.success) {
        const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
        throw new Error(`rule ${logicalId} of the template is not understood: ${problems.join('; ')}`);
      }
      return { logicalId, matches: compilePattern(parsed.data.EventPattern, resolve) };
    });
}

/** A predicate on events from a pattern. @throws Error `unsupported event pattern: …` */
export function compilePattern(pattern: unknown, resolve: ResolveReference): Test {
  return compileObject(asObject(pattern, 'the pattern'), '', resolve);
}

const refuse = (path: string, problem: string): Error =>
  new Error(`unsupported event pattern: ${path === '' ? 'the pattern' : path} ${problem}`);

function asObject(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refuse(what, 'must be an object');
  return value as Record<string, unknown>;
}

function compileObject(pattern: Record<string, unknown>, path: string, resolve: ResolveReference): Test {
  const tests = Object.entries(pattern).map(([key, expected]): [string, Test] => {
    const where = path === '' ? key : `${path}.${key}`;
    if (key.startsWith('$')) throw refuse(where, 'is an operator that is not known');
    if (Array.isArray(expected)) return [key, compileLeaf(expected, where, resolve)];
    return [key, compileObject(asObject(expected, where), where, resolve)];
  });
  if (tests.length === 0) throw refuse(path, 'is empty');
  return (value) => {
    const fields = isObject(value) ? value : {};
    return tests.every(([key, test]) => test(fields[key]));
  };
}

function compileLeaf(allowed: readonly unknown[], path: string, resolve: ResolveReference): Test {
  if (allowed.length === 0) throw refuse(path, 'is an empty list, which matches nothing');
  const tests = allowed.map((expected) => compileValue(expected, path, resolve));
  return (value) => {
    // EventBridge compares leaves only: on an object, only `exists: false` would match.
    if (isObject(value)) throw refuse(path, 'meets an object in the event; name a field inside it');
    return tests.some((test) => test(value));
  };
}

function compileValue(expected: unknown, path: string, resolve: ResolveReference): Test {
  if (!isObject(expected)) return equals(expected, path);
  const [entry, ...more] = Object.entries(expected);
  if (entry === undefined || more.length > 0)
    throw refuse(path, `has ${JSON.stringify(expected)}; one operator is allowed`);
  const [operator, operand] = entry;
  switch (operator) {
    case 'Ref':
    case 'Fn::GetAtt':
      return equals(resolveReference(operator, operand, resolve), path);
    case 'exists':
      if (typeof operand !== 'boolean') throw refuse(path, 'has an exists that is neither true nor false');
      return (value) => (value !== undefined) === operand;
    case 'prefix':
      if (typeof operand !== 'string') throw refuse(path, 'has a prefix that is not a text');
      return anyOf((value) => typeof value === 'string' && value.startsWith(operand));
    case 'anything-but': {
      const excluded = (Array.isArray(operand) ? operand : [operand]).map((each) => equals(each, path));
      return anyOf((value) => value !== undefined && !excluded.some((test) => test(value)));
    }
    default:
      throw refuse(path, `has the operator ${operator}`);
  }
}

function equals(expected: unknown, path: string): Test {
  if (expected !== null && !['string', 'number', 'boolean'].includes(typeof expected)) {
    throw refuse(path, `has the value ${JSON.stringify(expected)}`);
  }
  return anyOf((value) => value === expected);
}

/** A list in an event matches when one of its elements matches. */
const anyOf =
  (test: Test): Test =>
  (value) =>
    Array.isArray(value) ? value.some(test) : test(value);

function resolveReference(kind: 'Ref' | 'Fn::GetAtt', operand: unknown, resolve: ResolveReference): string {
  if (kind === 'Ref') return resolve(z.string().parse(operand));
  const [logicalId, attribute] = z.tuple([z.string(), z.string()]).parse(operand);
  return resolve(logicalId, attribute);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
