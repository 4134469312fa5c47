/** Output of the command line: aligned columns, one line per error, no character that acts. */
import { colors } from './colors.ts';
import { widthOf } from './fit.ts';

/**
 * Characters that a terminal acts on, or that turn or hide text. Anybody can name a Kafka group.
 */
const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** The text with control characters written out, as `\u{1b}`. */
export const escapeControl = (text: string): string =>
  text.replace(CONTROL, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);

/** A table in aligned columns, ending in a line feed. Cells are escaped first, then painted. */
export function renderTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  paint: (text: string, column: number) => string = (text) => text,
): string {
  const table = rows.map((row) => row.map(escapeControl));
  const widths = head.map(widthOf);
  for (const row of table) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, widthOf(cell));
  }
  const lineOf = (cells: readonly string[], painted: typeof paint) =>
    cells
      .map((cell, column) => `${painted(cell, column)}${' '.repeat((widths[column] ?? 0) - widthOf(cell))}`)
      .join('  ')
      .trimEnd();
  return [lineOf(head, colors.bold), ...table.map((row) => lineOf(row, paint))].map((line) => `${line}\n`).join('');
}

/** An error or a warning as one line. */
export const renderLine = (text: string): string => `lag: ${escapeControl(text.trim().replaceAll('\n', '; '))}\n`;
