/** Texts in so many columns of a terminal, of which some characters take two. */
import stringWidth from 'string-width';

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Columns that a text takes. */
export const widthOf = (text: string): number => stringWidth(text);

/** The text in at most so many columns, with `…` for what is cut; 1 at the least. */
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
