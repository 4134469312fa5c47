/** Markdown from hostile text: names come from Kafka and may contain anything. */

/** Escapes a text: without markup, HTML, line breaks and control characters. */
export function plain(text: string): string {
  return text
    .replace(/\p{C}/gu, (char) => `\\u${Number(char.codePointAt(0)).toString(16).padStart(4, '0')}`)
    .replace(/[\\`*_{}[\]<>#|~!&]/g, (char) => `\\${char}`)
    .replace(/:\/\//g, ':\\/\\/');
}

/** A table with escaped cells. `right` has the columns to align right, from 0. */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): string {
  const line = (cells: readonly string[]) => `| ${cells.map(plain).join(' | ')} |`;
  const rule = `| ${header.map((_, i) => (right.includes(i) ? '---:' : '---')).join(' | ')} |`;
  return [line(header), rule, ...rows.map(line)].join('\n');
}

/** A list with escaped items. */
export const bullets = (items: readonly string[]): string => items.map((item) => `- ${plain(item)}`).join('\n');
