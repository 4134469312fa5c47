/** The view of `lag history`: a group's lag and rates over time, breaks, and its newest row. */

import { type ChartPoint, drawChart } from '#cli/terminal/chart.ts';
import { colors } from '#cli/terminal/colors.ts';
import { jsonTime, jsonValue } from '#cli/terminal/json.ts';
import { escapeControl } from '#cli/terminal/render.ts';
import type { LagBreak, LagPoint, LagSeries } from '#core/group/lag-series.ts';
import type { RememberedGroup } from '#core/group/remembered.ts';
import type { BreakId } from '#core/history/breaks.ts';
import { watchedFromMs } from '#core/history/gaps.ts';
import { knownValue, type Reading } from '#core/kafka/reading.ts';
import { durationText } from '#core/text/text.ts';
import { summaryTable, TABLE_SIGNS } from './summary-table.ts';
import { summaryJson } from './watch-view.ts';

export interface HistoryView extends RememberedGroup {
  /** What the view shows: the group's name, and the topic and partition where one is chosen. */
  readonly what: string;
}

const ROWS = 10;
const LEAST_COLUMNS = 20;
/** Breaks that get a line; the others are counted. */
const MAX_BREAKS = 10;

const BREAKS: Record<BreakId, string> = {
  'recreated-topic': 'the topic was recreated',
  'log-truncated': 'the log end went back',
  rewound: 'the commit went back',
};

/** The view as lines: chart and table take at most `columns`. */
export function historyLines(view: HistoryView, columns: number): string[] {
  const { series, view: group, rebalances } = view;
  return [
    colors.bold(escapeControl(headingOf(view))),
    '',
    ...chartLines(series, columns),
    '',
    ...breakLines(series.breaks).map((line) => colors.yellow(escapeControl(line))),
    ...missingLines(series.points).map(escapeControl),
    escapeControl(`rebalances: ${rebalances.count}, seen by ${rebalances.samples} polls`),
    '',
    escapeControl(`as of ${jsonTime(group.atMs)}; a history does not store everything that a reading has:`),
    ...summaryTable([group], { atMs: group.atMs, watchedFromMs: watchedFromMs(timesOf(series)) }, { columns })
      .trimEnd()
      .split('\n'),
    colors.dim(escapeControl(TABLE_SIGNS)),
  ];
}

const timesOf = ({ points }: LagSeries): readonly number[] => points.map(({ atMs }) => atMs);

function headingOf({ what, series: { points } }: HistoryView): string {
  const spanMs = (points.at(-1)?.atMs ?? 0) - (points[0]?.atMs ?? 0);
  return `lag of ${what}, records: ${points.length} polls over ${durationText(spanMs)}`;
}

/**
 * The lag, and below it a row for each rate on the same columns. A rate is that since the previous
 * poll.
 */
function chartLines({ points, breaks }: LagSeries, columns: number): string[] {
  const marked = new Set(breaks.map(({ atMs }) => atMs));
  const valuesOf = (of: (point: LagPoint) => Reading<number>): ChartPoint[] =>
    points.map((point) => ({ atMs: point.atMs, value: knownValue(of(point)), isMarked: marked.has(point.atMs) }));
  const [lags, produced, consumed] = [
    valuesOf(({ lag }) => lag),
    valuesOf(({ produceRate }) => produceRate),
    valuesOf(({ consumeRate }) => consumeRate),
  ];
  const labels = {
    top: mostOf(lags),
    produced: `produce/s, most ${mostOf(produced)}`,
    consumed: `consume/s, most ${mostOf(consumed)}`,
  };
  const labelWidth = Math.max(...Object.values(labels).map(({ length }) => length));
  const width = Math.max(LEAST_COLUMNS, columns - labelWidth - 2);
  const line = (label: string, text: string) => `${label.padStart(labelWidth)} ${text}`.trimEnd();
  const lag = drawChart(lags, { columns: width, rows: ROWS });
  const rowOf = (values: readonly ChartPoint[]) => `│${drawChart(values, { columns: width, rows: 1 }).bars[0]}`;
  return [
    ...lag.bars.map((bar, row) => line(row === ROWS - 1 ? '0' : row === 0 ? labels.top : '', `┤${bar}`)),
    line('', `└${lag.axis}`),
    line('', ` ${timesText(points, width)}`),
    line(labels.produced, rowOf(produced)),
    line(labels.consumed, rowOf(consumed)),
  ];
}

function mostOf(points: readonly ChartPoint[]): string {
  const values = points.flatMap(({ value }) => (value === undefined ? [] : [value]));
  return values.length === 0 ? '?' : String(Math.round(Math.max(...values)));
}

/** The first and last time at both ends, or only the first where both do not fit. */
function timesText(points: readonly LagPoint[], width: number): string {
  const [first, last] = [points[0], points.at(-1)].map((point) =>
    point === undefined ? '' : jsonTime(point.atMs).slice(0, 19),
  );
  const [from = '', to = ''] = [first, last];
  const gap = width - from.length - to.length;
  return gap < 1 ? from : `${from}${' '.repeat(gap)}${to}`;
}

function breakLines(breaks: readonly LagBreak[]): string[] {
  const lines = breaks.slice(-MAX_BREAKS).map(({ atMs, id, topic, partitions }) => {
    const which = `topic ${JSON.stringify(topic)}, partition ${listOf(partitions)}`;
    return `! ${jsonTime(atMs)} ${id}: ${BREAKS[id]} (${which})`;
  });
  const more = breaks.length - MAX_BREAKS;
  return more > 0 ? [`! ${more} earlier breaks: --json lists all`, ...lines] : lines;
}

function listOf(numbers: readonly number[]): string {
  const more = numbers.length - MAX_BREAKS;
  return `${numbers.slice(0, MAX_BREAKS).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** How often the lag was unknown, with the last reason; and how often it was absent. */
function missingLines(points: readonly LagPoint[]): string[] {
  const unknowns = points.flatMap(({ atMs, lag }) => (lag.kind === 'unknown' ? [{ atMs, reason: lag.reason }] : []));
  const last = unknowns.at(-1);
  const absents = points.filter(({ lag }) => lag.kind === 'absent').length;
  return [
    ...(last === undefined
      ? []
      : [`? ${pollsText(unknowns.length)} with unknown lag, the last at ${jsonTime(last.atMs)}: ${last.reason}`]),
    ...(absents === 0 ? [] : [`? ${pollsText(absents)} without a commit, so without lag`]),
  ];
}

const pollsText = (count: number): string => (count === 1 ? '1 poll' : `${count} polls`);

/** The view as a value for JSON: times as texts, readings by `jsonValue`. */
export function historyJson({ view, series, rebalances }: HistoryView): object {
  return {
    asOf: jsonTime(view.atMs),
    ...summaryJson(view),
    rebalances,
    series: series.points.map(({ atMs: at, lag, produceRate, consumeRate }) => ({
      at: jsonTime(at),
      lag: jsonValue(lag),
      produceRate: jsonValue(produceRate),
      consumeRate: jsonValue(consumeRate),
    })),
    breaks: series.breaks.map(({ atMs: at, ...broken }) => ({ at: jsonTime(at), ...broken })),
  };
}
