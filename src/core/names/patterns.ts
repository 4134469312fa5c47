/**
 * Patterns of names: globs and `/regular expressions/`.
 *
 * Names come from Kafka and may contain anything. A glob takes at most its length times the length
 * of the name. A regular expression with nested repetitions can be slow on a name that is made for
 * it; its author is responsible.
 */
import { z } from 'zod';
import { messageOf, SettingsError } from '#core/errors.ts';

/** Returns whether a pattern matches a name. */
export type NameMatcher = (name: string) => boolean;

/** Stands for any one character. */
const ANY = Symbol('?');
/** Stands for any characters, or none. */
const RUN = Symbol('*');
/** A string is a character that stands for itself. */
type Token = string | typeof ANY | typeof RUN;

/** Most globs that the braces of one glob may stand for: a few braces can mean thousands. */
const MAX_CHOICES = 64;

const ALLOWED =
  'allowed are globs (* for any characters, ? for any one, {a,b} for one of these, \\ before a special character for itself) and /regular expressions/ (with i after the last slash to ignore case)';

/**
 * Compiles a pattern. A glob matches whole names and respects case. A regular expression matches
 * anywhere in a name, and its `.` matches line breaks too.
 *
 * @throws SettingsError with the pattern, what is wrong with it and what is allowed
 */
export function compilePattern(pattern: string): NameMatcher {
  if (pattern.startsWith('/')) return regexMatcher(pattern);
  const matchers = choicesOf(pattern).map(globMatcher);
  return (name) => matchers.some((matches) => matches(name));
}

/**
 * Matches the names that any of the patterns matches; none without patterns.
 *
 * @throws SettingsError as `compilePattern`
 */
export function compilePatterns(patterns: readonly string[]): NameMatcher {
  const matchers = patterns.map(compilePattern);
  return (name) => matchers.some((matches) => matches(name));
}

/**
 * Returns a function that finds the first entry whose pattern matches a group; undefined when none
 * does.
 *
 * @throws SettingsError as `compilePattern`
 */
export function firstMatch<Entry extends { readonly groups: string }>(
  entries: readonly Entry[],
): (groupId: string) => Entry | undefined {
  const compiled = entries.map((entry) => ({ entry, matches: compilePattern(entry.groups) }));
  return (groupId) => compiled.find(({ matches }) => matches(groupId))?.entry;
}

/** Schema of a pattern. The text stays as written. */
export const patternSchema = z
  .string()
  .min(1)
  .superRefine((pattern, context) => {
    try {
      compilePattern(pattern);
    } catch (error) {
      context.addIssue({ code: 'custom', message: messageOf(error) });
    }
  });

const refusal = (pattern: string, problem: string): SettingsError =>
  new SettingsError([`is ${JSON.stringify(pattern)}, which ${problem}; ${ALLOWED}`]);

function regexMatcher(pattern: string): NameMatcher {
  const [, source, flags] = /^\/(.+)\/(i?)$/s.exec(pattern) ?? [];
  if (source === undefined) throw refusal(pattern, 'begins with / but does not end as a regular expression');
  try {
    const regex = new RegExp(source, `su${flags}`);
    return (name) => regex.test(name);
  } catch (error) {
    throw refusal(pattern, `is not a regular expression (${messageOf(error)})`);
  }
}

/** The globs without braces that a glob stands for. */
function choicesOf(pattern: string): Token[][] {
  let globs: Token[][] = [[]];
  let open: Token[][] | undefined;
  const add = (token: Token): void => {
    for (const glob of open?.slice(-1) ?? globs) glob.push(token);
  };
  const characters = pattern[Symbol.iterator]();
  for (const character of characters) {
    if (character === '{') {
      if (open !== undefined) throw refusal(pattern, 'has braces within braces');
      open = [[]];
    } else if (character === ',' && open !== undefined) {
      open.push([]);
    } else if (character === '}') {
      if (open === undefined) throw refusal(pattern, 'has a } without its {');
      globs = combine(globs, open);
      open = undefined;
      if (globs.length > MAX_CHOICES) throw refusal(pattern, `stands for more than ${MAX_CHOICES} globs`);
    } else add(character === '\\' ? escaped(pattern, characters.next().value) : tokenOf(pattern, character));
  }
  if (open !== undefined) throw refusal(pattern, 'has a { without its }');
  return globs;
}

const combine = (heads: Token[][], tails: Token[][]): Token[][] =>
  heads.flatMap((head) => tails.map((tail) => [...head, ...tail]));

function escaped(pattern: string, character: string | undefined): Token {
  if (character === undefined) throw refusal(pattern, 'ends in a single \\');
  return character;
}

function tokenOf(pattern: string, character: string): Token {
  // Other globs have sets of characters. As a plain character it would silently match nothing.
  if (character === '[') throw refusal(pattern, 'has a [');
  return character === '*' ? RUN : character === '?' ? ANY : character;
}

function globMatcher(glob: readonly Token[]): NameMatcher {
  if (glob.every((token) => typeof token === 'string')) {
    const exact = glob.join('');
    return (name) => name === exact;
  }
  return (name) => matchesGlob(glob, Array.from(name));
}

/** Extends only the newest run: it makes every match that an earlier one could make. */
function matchesGlob(glob: readonly Token[], name: readonly string[]): boolean {
  let token = 0;
  let run: { readonly token: number; end: number } | undefined;
  for (let at = 0; at < name.length; ) {
    if (glob[token] === RUN) {
      run = { token: token++, end: at };
    } else if (glob[token] === ANY || glob[token] === name[at]) {
      token++;
      at++;
    } else if (run !== undefined) {
      token = run.token + 1;
      at = ++run.end;
    } else return false;
  }
  return glob.slice(token).every((rest) => rest === RUN);
}
