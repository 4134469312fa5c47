/** Texts cut to columns of a terminal. Some characters take two columns. */
import stringWidth from 'string-width';

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Columns of a text. */
export const widthOf = (text: string): number => stringWidth(text);

/** The text in at most `columns`, which is at least 1. `…` replaces what is cut. */
export function fitText(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let fitted = '';
  let left = columns - 1;
  for (const { segment } of graphemes.segment(text)) {
    left -= widthOf(segment);
    if (left < 0) break;
    fitted += segment;
  }
  return `${fitted}…`;
}
