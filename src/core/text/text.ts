/** Texts for people. */

/** The text with decimals rounded to two places: CloudWatch writes numbers out in full. */
export const roundDecimals = (text: string): string =>
  text.replace(/\d+\.\d{3,}/g, (number) => String(Math.round(Number(number) * 100) / 100));

/** Length of the longest text that is stored or sent. The function's log has longer texts. */
export const MAX_TEXT = 1_000;

/** The text, cut at `MAX_TEXT` characters with `…` at its end. */
export const shorten = (text: string): string => (text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT - 1)}…`);

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** A duration in its two largest units, rounded down to seconds: `3 h 20 min`. */
export function durationText(ms: number): string {
  let rest = Math.max(0, Math.floor(ms / 1_000));
  const parts: string[] = [];
  for (const [unit, seconds] of UNITS) {
    const count = Math.floor(rest / seconds);
    rest -= count * seconds;
    if (count > 0) parts.push(`${count} ${unit}`);
    // A unit after the next one does not matter besides the largest.
    if (parts.length > 0 && (count === 0 || parts.length === 2)) break;
  }
  return parts.length === 0 ? '0 s' : parts.join(' ');
}

/** A duration in its largest unit alone, rounded down: `16 min`. */
export const roughDuration = (ms: number): string => durationText(ms).split(' ').slice(0, 2).join(' ');

/** A number in full: `1,234`. */
export const fullNumber = (value: number): string => value.toLocaleString('en-US');

const STEPS = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

/** A number in at most four characters, rounded down: `999`, `1.2k`, `12k`. */
export function shortNumber(value: number): string {
  const [size, letter] = STEPS.find(([least]) => value >= least) ?? [1, ''];
  const scaled = value / size;
  return `${scaled < 10 && size > 1 ? Math.floor(scaled * 10) / 10 : Math.floor(scaled)}${letter}`;
}
