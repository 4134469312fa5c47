/**
 * Patterns of names, as people write them: globs and `/regular expressions/`.
 *
 * Names come from Kafka and may hold anything. A glob takes time of at most its length times the name's, whatever the name.
 * A regular expression is its author's: one that repeats a repetition can be slow on a name made to hurt it.
 */
import { z } from 'zod';
import { messageOf, SettingsError } from '#core/errors.ts';

/** Tells whether a pattern means a name. */
export type NameMatcher = (name: string) => boolean;

/** Any one character, and any run of characters, the empty one included. */
const ANY = Symbol('?');
const RUN = Symbol('*');
/** A character stands for itself. */
type Token = string | typeof ANY | typeof RUN;

/** Names that the braces of one glob may stand for, so that a few braces do not become thousands of globs. */
const MAX_CHOICES = 64;

const ALLOWED =
  'allowed are globs (* any run of characters, ? any one, {a,b} one of these, \\ before one of them for the character itself), and /regular expressions/, with i after the last slash to ignore case';

/**
 * What a pattern means. A glob means whole names, case and all; a regular expression is found anywhere in a name, and its `.`
 * means line breaks too.
 *
 * @throws SettingsError naming the pattern, what is wrong with it and what is allowed
 */
export function compilePattern(pattern: string): NameMatcher {
  if (pattern.startsWith('/')) return regexMatcher(pattern);
  const matchers = choicesOf(pattern).map(globMatcher);
  return (name) => matchers.some((matches) => matches(name));
}

/** What any of the patterns means; nothing when there are none. @throws SettingsError */
export function compilePatterns(patterns: readonly string[]): NameMatcher {
  const matchers = patterns.map(compilePattern);
  return (name) => matchers.some((matches) => matches(name));
}

/** The first of the entries whose pattern means the group; undefined when none does. @throws SettingsError */
export function firstMatch<Entry extends { readonly groups: string }>(
  entries: readonly Entry[],
): (groupId: string) => Entry | undefined {
  const compiled = entries.map((entry) => ({ entry, matches: compilePattern(entry.groups) }));
  return (groupId) => compiled.find(({ matches }) => matches(groupId))?.entry;
}

/** Schema of a pattern; the text stays as it was written. */
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
  if (source === undefined) throw refusal(pattern, 'begins with / and does not end as a regular expression');
  try {
    const regex = new RegExp(source, `su${flags}`);
    return (name) => regex.test(name);
  } catch (error) {
    throw refusal(pattern, `is no regular expression (${messageOf(error)})`);
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
  // Elsewhere a set of characters; to take it as itself would let such a glob match nothing, silently.
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

/** Only the newest run is ever made longer: a match that an earlier one could make, the newest makes too. */
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
