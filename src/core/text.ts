/** Texts for people. */

/** The text with its long decimals cut to two: CloudWatch's reasons spell numbers out in full. */
export const roundDecimals = (text: string): string =>
  text.replace(/\d+\.\d{3,}/g, (number) => String(Math.round(Number(number) * 100) / 100));

/** Longest text that is noted or travels: what is longer is in the function's log. */
export const MAX_TEXT = 1_000;

/** The text, cut at `MAX_TEXT` characters, with a mark that it was. */
export const shorten = (text: string): string => (text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT - 1)}…`);
