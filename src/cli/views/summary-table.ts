/** Groups as rows of a table that fits a terminal. */

import { colors } from '#cli/terminal/colors.ts';
import { fitText, widthOf } from '#cli/terminal/fit.ts';
import { escapeControl, renderTable } from '#cli/terminal/render.ts';
import type { Forecast } from '#core/forecast/model.ts';
import { ratesOfWhole } from '#core/group/past.ts';
import type { GroupView } from '#core/group/view.ts';
import type { Reading } from '#core/kafka/reading.ts';
import type { GroupStatusKind } from '#core/status/status.ts';
import { durationText } from '#core/text/text.ts';

/** The space of a table. */
export interface TableSpace {
  /** Columns of the terminal. Absent: unbounded. */
  readonly columns?: number;
}

/** The time of a table. */
export interface Moment {
  readonly atMs: number;
  /** No poll is missing since then. Absent: unknown. */
  readonly watchedFromMs?: number;
}

/** The signs in its cells. */
export const TABLE_SIGNS = '? could not be read or is not known yet, - there is none, ≥ at least, ~ with polls missing';

/**
 * The groups in the given order, ending in a line feed. On a narrow terminal, columns are left out
 * and names are cut.
 */
export function summaryTable(groups: readonly GroupView[], at: Moment, { columns }: TableSpace = {}): string {
  const rows = groups.map((summary) => COLUMNS.map(({ cell }) => escapeControl(cell(summary, at))));
  const widths = COLUMNS.map(({ head }, i) => Math.max(...[head, ...rows.map((row) => row[i] ?? '')].map(widthOf)));
  const { shown, nameWidth } = layoutOf(widths, columns ?? Number.POSITIVE_INFINITY);
  const cut = (row: readonly string[]) =>
    shown.map((i) => (i === 0 ? fitText(row[0] ?? '', nameWidth) : (row[i] ?? '')));
  return renderTable(
    shown.map((i) => (COLUMNS[i] as Column).head),
    rows.map(cut),
    (text, column) => (COLUMNS[shown[column] as number] === STATUS ? painted(text) : text),
  );
}

const GAP = 2;
/** Columns of a name for which others are left out. */
const NAME_COLUMNS = 16;

/** Leaves out the least important columns until names have room. The name takes the rest. */
function layoutOf(widths: readonly number[], columns: number): { shown: readonly number[]; nameWidth: number } {
  const name = widths[0] ?? 0;
  let shown = COLUMNS.map((_, i) => i);
  const room = () => columns - shown.slice(1).reduce((sum, i) => sum + GAP + (widths[i] ?? 0), 0);
  for (const dropped of LEAST_FIRST) {
    if (room() >= Math.min(name, NAME_COLUMNS)) break;
    shown = shown.filter((i) => COLUMNS[i] !== dropped);
  }
  return { shown, nameWidth: Math.max(1, Math.min(name, room())) };
}

interface Column {
  readonly head: string;
  readonly cell: (summary: GroupView, at: Moment) => string;
}

const GROUP: Column = { head: 'GROUP', cell: ({ groupId }) => groupId };
const STATUS: Column = { head: 'STATUS', cell: ({ status }) => textOf(status, ({ kind }) => kind) };
const RULE: Column = { head: 'RULE', cell: ({ status }) => textOf(status, ({ rule }) => rule) };
const SINCE: Column = {
  head: 'SINCE',
  cell: ({ status }, { atMs, watchedFromMs = 0 }) =>
    textOf(status, ({ sinceMs }) => `${sinceMs < watchedFromMs ? '~ ' : ''}${durationText(atMs - sinceMs)}`),
};
const LAG: Column = {
  head: 'LAG',
  cell: ({ lag, lagAtLeast }) =>
    lag.kind === 'unknown' && lagAtLeast.kind === 'known' ? `≥ ${lagAtLeast.value}` : textOf(lag, String),
};
const AGE: Column = { head: 'AGE', cell: ({ ageMs }) => textOf(ageMs, durationText) };
const PRODUCE: Column = { head: 'PRODUCE/S', cell: ({ past }) => rateText(past, 'produceRate') };
const CONSUME: Column = { head: 'CONSUME/S', cell: ({ past }) => rateText(past, 'consumeRate') };
const DRAIN: Column = { head: 'TIME-TO-DRAIN', cell: ({ past }) => textOf(past.timeToDrain, forecastText) };
const LOSS: Column = {
  head: 'TIME-TO-DATA-LOSS',
  cell: ({ past }) => textOf(past.timeToDataLoss, forecastText),
};
const MEMBERS: Column = { head: 'MEMBERS', cell: ({ memberCount }) => textOf(memberCount, String) };

const COLUMNS: readonly Column[] = [GROUP, STATUS, RULE, SINCE, LAG, AGE, PRODUCE, CONSUME, DRAIN, LOSS, MEMBERS];
/** Columns that may be left out, the least important first. */
const LEAST_FIRST: readonly Column[] = [LOSS, MEMBERS, PRODUCE, CONSUME, RULE, SINCE, DRAIN, AGE];

/** Columns of a group that is named elsewhere, each with the usual width, so that rows align. */
const ROW_COLUMNS: readonly (readonly [Column, number])[] = [
  [STATUS, 7],
  [RULE, 18],
  [LAG, 6],
  [AGE, 10],
  [PRODUCE, 9],
  [CONSUME, 9],
  [DRAIN, 13],
  [MEMBERS, 7],
];

/** Rows of one group, poll after poll, with other lines between them. */
export class SummaryRows {
  #before: string | undefined;

  /**
   * The new lines: a head before the first row, and none when only the age has changed. `note`
   * follows the row.
   */
  add(summary: GroupView, atMs: number, note: string): readonly string[] {
    const cells = ROW_COLUMNS.map(([column]) => column.cell(summary, { atMs }));
    const compared = [...cells.filter((_, i) => ROW_COLUMNS[i]?.[0] !== AGE), note].join('\n');
    if (compared === this.#before) return [];
    const isFirst = this.#before === undefined;
    this.#before = compared;
    const line = (texts: readonly string[]) => texts.map((text, i) => text.padEnd(ROW_COLUMNS[i]?.[1] ?? 0)).join('  ');
    const head = line(ROW_COLUMNS.map(([column]) => column.head));
    const row = `${line(cells)}  ${note}`;
    return isFirst ? [head.trimEnd(), row] : [row];
  }
}

function textOf<T>(reading: Reading<T>, text: (value: T) => string): string {
  if (reading.kind === 'known') return text(reading.value);
  return reading.kind === 'absent' ? '-' : '?';
}

const forecastText = ({ seconds }: Forecast): string => durationText(seconds * 1000);

const rateText = ({ rates }: GroupView['past'], field: 'produceRate' | 'consumeRate'): string =>
  textOf(ratesOfWhole(rates), ({ [field]: rate }) => (Math.abs(rate) < 10 ? rate.toFixed(1) : rate.toFixed(0)));

const PAINTS: Record<GroupStatusKind, (text: string) => string> = {
  error: colors.red,
  warning: colors.yellow,
  unknown: colors.dim,
  ok: colors.green,
};

const painted = (text: string): string => (Object.hasOwn(PAINTS, text) ? PAINTS[text as GroupStatusKind](text) : text);
