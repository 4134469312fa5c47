/** HTML as a browser parses it. */
import { type DefaultTreeAdapterTypes, parseFragment } from 'parse5';

/** An element with its content. */
export interface HtmlElement {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** All text inside, nested elements included. */
  readonly text: string;
}

/** The elements of a fragment, in the order of their start tags. */
export function elementsOf(html: string): HtmlElement[] {
  const elements: HtmlElement[] = [];
  const walk = (node: DefaultTreeAdapterTypes.Node): string => {
    if ('value' in node) return node.value;
    if (!('childNodes' in node)) return '';
    if (!('tagName' in node)) return node.childNodes.map(walk).join('');
    const attributes = Object.fromEntries(node.attrs.map(({ name, value }) => [name, value]));
    const index = elements.push({ tag: node.tagName, attributes, text: '' }) - 1;
    const text = node.childNodes.map(walk).join('');
    elements[index] = { tag: node.tagName, attributes, text };
    return text;
  };
  walk(parseFragment(html));
  return elements;
}

/** The structure of a fragment without its texts: tags and the names of their attributes. */
export const shapeOf = (html: string): string[] =>
  elementsOf(html).map(({ tag, attributes }) => `${tag} ${Object.keys(attributes).join(' ')}`.trim());

/** The visible text of a fragment. */
export const textOf = (html: string): string => elementsOf(`<main>${html}</main>`)[0]?.text ?? '';
