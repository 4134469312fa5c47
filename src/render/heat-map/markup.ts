/**
 * HTML and SVG from untrusted texts: names come from Kafka and may contain anything. `markup`
 * escapes every value that it did not make itself, so that nobody can forget to escape.
 */

/** HTML or SVG that is safe to send. Only this file can make it. */
export class Markup {
  readonly #text: string;

  constructor(safe: { readonly text: string; readonly madeBy: typeof MADE_HERE }) {
    this.#text = safe.text;
  }

  toString(): string {
    return this.#text;
  }
}

/** Not exported, so no other file can call the constructor. */
const MADE_HERE: unique symbol = Symbol('made here');

const made = (text: string): Markup => new Markup({ text, madeBy: MADE_HERE });

type Part = string | number | Markup | readonly Markup[];

/**
 * A template. Its literals are markup; its values are texts, numbers, markup, or lists of markup.
 */
export function markup(literals: TemplateStringsArray, ...values: readonly Part[]): Markup {
  return made(literals.reduce((text, literal, i) => text + textOf(values[i - 1] as Part) + literal));
}

export const nothing: Markup = made('');

/**
 * JSON for the inside of an element. Quotes stay as they are; nothing in it can end the element.
 */
export const jsonInside = (value: unknown): Markup =>
  made(JSON.stringify(value).replace(/[^\x20-\x7e]|[<>&]/g, (unit) => unicode(unit)));

function textOf(part: Part): string {
  if (typeof part === 'number') return String(part);
  if (typeof part === 'string') return escapeText(visible(part));
  return part instanceof Markup ? part.toString() : part.map(String).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escapeText = (text: string): string => text.replace(/[&<>"']/g, (char) => ENTITIES[char] as string);

/**
 * The text with every character written out that would be invisible or move others: controls,
 * overrides of direction, line separators, unpaired surrogates.
 */
const visible = (text: string): string => text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (char) => unicode(char));

const unicode = (char: string): string => `\\u${Number(char.codePointAt(0)).toString(16).padStart(4, '0')}`;

/**
 * The text in at most `most` characters. The middle is cut out, since similar names differ at both
 * ends.
 */
export function shortened(text: string, most: number): string {
  const chars = Array.from(text);
  if (chars.length <= most) return text;
  const head = Math.ceil((most - 1) / 2);
  return `${chars.slice(0, head).join('')}…${chars.slice(chars.length - (most - 1 - head)).join('')}`;
}
