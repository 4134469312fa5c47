/** Prose of files with its place: comments, strings and titles of code, text of Markdown. */

/** A text with the offset at which it begins in its file. */
export interface Passage {
  readonly offset: number;
  /** As long as in the file: code spans and expressions are replaced, not removed. */
  readonly text: string;
}

type Kind = 'comment' | 'string';

interface Token extends Passage {
  readonly kind: Kind;
}

/** Consecutive `//` lines are one comment; a template with its expressions is one string. */
const TOKENS =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*(?:\n\s*\/\/[^\n]*)*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|\$\{(?:[^{}`]|`[^`]*`|\{[^}]*\})*\}|[^`\\])*`|(?<=[(,=:[!&|?{};\n]\s*)\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\//g;

/** Every comment of a TypeScript file. */
export const commentsOf = (code: string): readonly Passage[] =>
  tokensOf(code).flatMap(({ kind, offset, text }) =>
    kind === 'comment' ? [{ offset, text: unwrapped(withoutCode(text)) }] : [],
  );

/** Every string of a TypeScript file. */
export const stringsOf = (code: string): readonly Passage[] =>
  tokensOf(code).flatMap(({ kind, offset, text }) =>
    kind === 'string' ? [{ offset, text: withoutExpressions(text) }] : [],
  );

/** Titles of tests and of scenarios in tables. */
export const titlesOf = (code: string): readonly Passage[] =>
  stringsOf(code).filter(({ offset }) =>
    /(?:\b(?:it|test|describe)(?:\.\w+)*\(|\)\(|\b(?:title|why): ?)\s*$/.test(
      code.slice(Math.max(0, offset - 80), offset),
    ),
  );

/** Text of a Markdown file: neither code nor the addresses of links. */
export function markdownOf(text: string): readonly Passage[] {
  const prose = withoutCode(text.replace(/^```[\s\S]*?^```/gm, blank))
    .replace(/\]\([^)]*\)/g, blank)
    // A paragraph is one text; items, rows and headings are texts of their own.
    .replace(/(?<=[^\n])\n(?!\s*(?:\n|[-*|#]|\d+\.))/g, ' ');
  return [{ offset: 0, text: prose }];
}

/** Lines, by number from 1, that hold nothing but comment. */
export function commentLinesOf(code: string): ReadonlySet<number> {
  const lines = new Set<number>();
  for (const { kind, offset, text } of tokensOf(code)) {
    if (kind !== 'comment') continue;
    const first = lineAt(code, offset);
    const isAlone = code.slice(code.lastIndexOf('\n', offset) + 1, offset).trim() === '';
    text.split('\n').forEach((_, index) => {
      if (index > 0 || isAlone) lines.add(first + index);
    });
  }
  return lines;
}

/** Number, from 1, of the line in which an offset is. */
export const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

function tokensOf(code: string): readonly Token[] {
  return [...code.matchAll(TOKENS)].flatMap(({ 0: text, index: offset }): readonly Token[] => {
    if (/^\/[/*]/.test(text)) return [{ kind: 'comment', offset, text }];
    return text.startsWith('/') ? [] : [{ kind: 'string', offset, text }];
  });
}

const blank = (text: string): string => text.replace(/[^\n]/g, ' ');
const withoutCode = (text: string): string => text.replace(/`[^`]*`/g, (code) => code.replace(/[^\n]/g, '_'));
const withoutExpressions = (text: string): string =>
  text.replace(/\$\{[^{}]*\}/g, (code) => code.replace(/[^\n]/g, '_'));
/** Line breaks in a comment, with what begins the next line, as blanks. */
const unwrapped = (text: string): string => text.replace(/\n\s*(?:\*(?!\/)|\/\/)/g, (wrap) => ' '.repeat(wrap.length));
