/** The polls of a group, partition by partition. */

import { LARGE, type OffsetColumn } from '#core/history/columns/offset-column.ts';
import type { GroupAt, GroupColumns, PollColumns } from '#core/history/columns/poll-columns.ts';
import { topicIdIn } from '#core/history/columns/samples.ts';
import { partitionKey } from '#core/kafka/model.ts';
import { isOtherTopic } from './breaks.ts';
import { PartitionSeries, SeriesCells } from './partition-series.ts';

/**
 * One series for each partition of the newest poll; none without a poll. `polls` are of one group,
 * oldest first.
 */
export function seriesOf(polls: readonly GroupAt[]): readonly PartitionSeries[] {
  const newest = polls.at(-1);
  if (newest === undefined) return [];
  const [{ table }, { logs }] = newest;
  const seen = sinceClockStep(polls).map((at) => seenAt(at, logs));
  const cells = new SeriesCells(logs.length * seen.length);
  const series: PartitionSeries[] = [];
  let topic: string | undefined;
  for (let row = 0; row < logs.length; row++) {
    const log = logs[row] as number;
    const tp = { topic: table.topics[log] as string, partition: table.partitions[log] as number };
    // Partitions of one topic follow one another.
    if (tp.topic !== topic) for (const at of seen) at.topicId = topicIdIn(at.poll, tp.topic);
    topic = tp.topic;
    const first = row * seen.length;
    const length = fill(cells, {
      first,
      seen,
      rowIn: ({ rows }) => (rows === undefined ? row : rows.get(partitionKey(tp))),
    });
    series.push(new PartitionSeries(tp, cells, { first, length }));
  }
  return series;
}

/** The polls since the clock was last set back: the time that passed before is not known. */
function sinceClockStep(polls: readonly GroupAt[]): readonly GroupAt[] {
  const step = polls.findLastIndex(([{ atMs }], i) => atMs <= (polls[i - 1]?.[0].atMs ?? Number.NEGATIVE_INFINITY));
  return step <= 0 ? polls : polls.slice(step);
}

/** The group at a poll, topic by topic. */
interface Seen {
  readonly poll: PollColumns;
  readonly group: GroupColumns;
  /** Rows of its partitions; undefined when they are the same as at the newest poll. */
  readonly rows: ReadonlyMap<string, number> | undefined;
  /** Id of the current topic. */
  topicId: string | undefined;
}

/** Polls share the logs that did not change, so most need no map of rows. */
const seenAt = ([poll, group]: GroupAt, newest: Int32Array): Seen => ({
  poll,
  group,
  rows: group.logs === newest ? undefined : rowsOf(poll, group),
  topicId: undefined,
});

function rowsOf({ table }: PollColumns, { logs }: GroupColumns): ReadonlyMap<string, number> {
  const rows = new Map<string, number>();
  logs.forEach((log, row) => {
    rows.set(partitionKey({ topic: table.topics[log] as string, partition: table.partitions[log] as number }), row);
  });
  return rows;
}

/** One partition at polls, and where its cells begin. */
interface Filling {
  readonly first: number;
  readonly seen: readonly Seen[];
  /** Its row at a poll; undefined when that poll does not have it. */
  readonly rowIn: (seen: Seen) => number | undefined;
}

/**
 * Fills in the polls since the last break and returns how many there are. A recreated topic and a
 * truncated log are breaks here, a rewound commit is not. This is the rule of `breakBetween` on the
 * numbers of columns, which make no object for each offset; a test compares the two. Offsets count
 * from `origin`.
 */
function fill(cells: SeriesCells, filling: Filling, origin?: bigint): number {
  const { first, seen, rowIn } = filling;
  let length = 0;
  let id: string | undefined;
  let end = Number.NaN;
  for (let i = 0; i < seen.length; i++) {
    const now = seen[i] as Seen;
    const row = rowIn(now);
    if (row === undefined) continue;
    const { poll, group, topicId } = now;
    const log = group.logs[row] as number;
    const committed = offsetAt(poll.commits, group.first + row, origin);
    const logEnd = offsetAt(poll.ends, log, origin);
    const logStart = offsetAt(poll.starts, log, origin);
    if (committed === LARGE) return fill(cells, filling, poll.commits.get(group.first + row) as bigint);
    if (logEnd === LARGE) return fill(cells, filling, poll.ends.get(log) as bigint);
    if (logStart === LARGE) return fill(cells, filling, poll.starts.get(log) as bigint);
    const isOther = isOtherTopic(id, topicId);
    if (isOther || logEnd < end) length = 0;
    cells.set(first + length++, poll.atMs, committed, logEnd, logStart);
    id = topicId ?? id;
    if (isOther || !Number.isNaN(logEnd)) end = logEnd;
  }
  return length;
}

const offsetAt = (column: OffsetColumn, index: number, origin: bigint | undefined): number =>
  origin === undefined ? column.numberAt(index) : column.distanceAt(index, origin);
