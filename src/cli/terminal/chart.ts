/**
 * A value over time as bars in a terminal. Unknown values are gaps. An axis below the bars shows
 * the polls.
 */
import { longestStepMs } from '#core/history/gaps.ts';

/** A value at one poll; undefined: unknown or absent. */
export interface ChartPoint {
  readonly atMs: number;
  readonly value: number | undefined;
  /** Marks the poll on the axis. */
  readonly isMarked?: boolean;
}

export interface ChartSize {
  /** Columns of the bars. */
  readonly columns: number;
  readonly rows: number;
}

export interface Chart {
  /** The bars, top row first. */
  readonly bars: readonly string[];
  /** One sign per column: `!` marked, `?` a poll without a value, `┴` a poll, `─` no poll. */
  readonly axis: string;
}

const EIGHTHS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** One column of time. */
interface Slot {
  readonly points: readonly ChartPoint[];
  /** The highest value; undefined: a gap. */
  readonly value: number | undefined;
}

/** Draws points, in order of time, from the first to the last. */
export function drawChart(points: readonly ChartPoint[], { columns, rows }: ChartSize): Chart {
  const slots = slotsOf(points, columns);
  const values = slots.flatMap(({ value }) => (value === undefined ? [] : [value]));
  const highest = Math.max(0, ...values);
  const bars = Array.from({ length: rows }, (_, row) =>
    slots.map(({ value }) => blockOf(value, { fromTop: row, rows, highest })).join(''),
  );
  return { bars, axis: slots.map(signOf).join('') };
}

function slotsOf(points: readonly ChartPoint[], columns: number): Slot[] {
  const [first, last] = [points[0]?.atMs ?? 0, points.at(-1)?.atMs ?? 0];
  const columnOf = ({ atMs }: ChartPoint) =>
    Math.min(columns - 1, Math.floor(((atMs - first) / Math.max(1, last - first)) * columns));
  const byColumn = Map.groupBy(points, columnOf);
  const holdMs = longestStepMs(points.map(({ atMs }) => atMs));
  let before: ChartPoint | undefined;
  return Array.from({ length: columns }, (_, column) => {
    const own = byColumn.get(column) ?? [];
    if (own.length > 0) {
      before = own.at(-1);
      return { points: own, value: highestOf(own) };
    }
    return { points: [], value: heldValue(before, points, holdMs) };
  });
}

/** One unknown value makes a gap, so that it stays visible. */
function highestOf(points: readonly ChartPoint[]): number | undefined {
  const values = points.flatMap(({ value }) => (value === undefined ? [] : [value]));
  return values.length < points.length ? undefined : Math.max(...values);
}

/** Between two near polls with known values, the first value holds. */
function heldValue(before: ChartPoint | undefined, points: readonly ChartPoint[], holdMs: number): number | undefined {
  if (before?.value === undefined) return undefined;
  const next = points.find(({ atMs }) => atMs > before.atMs);
  return next?.value === undefined || next.atMs - before.atMs > holdMs ? undefined : before.value;
}

interface Place {
  readonly fromTop: number;
  readonly rows: number;
  readonly highest: number;
}

function blockOf(value: number | undefined, { fromTop, rows, highest }: Place): string {
  if (value === undefined) return ' ';
  const scaled = highest <= 0 ? 0 : (Math.max(0, value) / highest) * rows * 8;
  // A measured zero is drawn; a gap is not.
  const eighths = Math.max(1, Math.round(scaled));
  return EIGHTHS[Math.min(8, Math.max(0, eighths - (rows - 1 - fromTop) * 8))] as string;
}

function signOf({ points }: Slot): string {
  if (points.some(({ isMarked }) => isMarked === true)) return '!';
  if (points.some(({ value }) => value === undefined)) return '?';
  return points.length > 0 ? '┴' : '─';
}
