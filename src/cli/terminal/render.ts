/** How the command line speaks: aligned columns, one line per error, and nothing a terminal would obey. */
import Table from 'cli-table3';
import { colors } from './colors.ts';

/** Characters that a terminal acts on, or that turn or hide text: names come from Kafka, and anybody names a group. */
const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** The text with control characters written out, as `\u{1b}`. */
export const escapeControl = (text: string): string =>
  text.replace(CONTROL, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);

/** A table in aligned columns without lines, ending in a line feed. Cells are escaped here, and painted after that. */
export function renderTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  paint: (text: string, column: number) => string = (text) => text,
): string {
  const none = Object.fromEntries(BORDERS.map((name) => [name, '']));
  const table = new Table({
    head: head.map((text) => colors.bold(text)),
    chars: { ...none, middle: '  ' },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
  });
  table.push(...rows.map((row) => row.map((cell, column) => paint(escapeControl(cell), column))));
  const lines = table.toString().split('\n');
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

/** An error or a warning as one line. */
export const renderLine = (text: string): string => `lag: ${escapeControl(text.trim().replaceAll('\n', '; '))}\n`;

const BORDERS = [
  'top',
  'top-mid',
  'top-left',
  'top-right',
  'bottom',
  'bottom-mid',
  'bottom-left',
  'bottom-right',
  'left',
  'left-mid',
  'mid',
  'mid-mid',
  'right',
  'right-mid',
];
