/** The polls of a group by partition, as far back as they are of one log: what rates, statuses and forecasts are made from. */
import { partitionKey, type TopicPartition } from '../kafka.ts';
import { LARGE, type OffsetColumn } from './columns.ts';
import type { GroupAt, GroupColumns, PollColumns } from './rows.ts';
import { topicIdIn } from './samples.ts';

/**
 * One partition of the newest poll, as columns: the values of a poll are at the same index in each, and the newest is the last.
 * None is from before the clock was set back, the topic was made again or its log truncated.
 *
 * Numbers, since millions are looked at in a poll. Offsets beyond 2^53 count from one of them, so that how far they are apart is exact.
 */
export interface PartitionSeries extends TopicPartition {
  /** Epoch ms, ascending. At least the newest poll. */
  readonly times: readonly number[];
  /** Committed offsets; NaN where it could not be read, and -Infinity where there was none. */
  readonly commits: readonly number[];
  /** Log ends; NaN where it could not be read. */
  readonly ends: readonly number[];
  /** Log starts; NaN where it could not be read. */
  readonly starts: readonly number[];
}

/** The partitions of the newest poll; none without a poll. Polls of one group, oldest first. */
export function seriesOf(polls: readonly GroupAt[]): readonly PartitionSeries[] {
  const newest = polls.at(-1);
  if (newest === undefined) return [];
  const seen = sinceClockStep(polls).map((at) => seenAt(at, newest[1].logs));
  const polled = { seen, times: seen.map(({ poll }) => poll.atMs) };
  const [{ table }, { logs }] = newest;
  const series: PartitionSeries[] = [];
  let topic: string | undefined;
  for (let row = 0; row < logs.length; row++) {
    const log = logs[row] as number;
    const tp = { topic: table.topics[log] as string, partition: table.partitions[log] as number };
    // The partitions of a topic follow one another.
    if (tp.topic !== topic) for (const at of seen) at.topicId = topicIdIn(at.poll, tp.topic);
    topic = tp.topic;
    series.push(columnsOf({ ...tp, row }, polled));
  }
  return series;
}

/** The polls since the clock was last set back: what time passed across that is not known. */
function sinceClockStep(polls: readonly GroupAt[]): readonly GroupAt[] {
  const step = polls.findLastIndex(([{ atMs }], i) => atMs <= (polls[i - 1]?.[0].atMs ?? Number.NEGATIVE_INFINITY));
  return step <= 0 ? polls : polls.slice(step);
}

/** The group at a poll, for one topic after the other. */
interface Seen {
  readonly poll: PollColumns;
  readonly group: GroupColumns;
  /** Where its partitions are; undefined: where they are at the newest poll. */
  readonly rows: ReadonlyMap<string, number> | undefined;
  /** Of the topic that is looked at. */
  topicId: string | undefined;
}

/** Polls share what did not change, and most of the time nothing did. */
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

interface Polled {
  readonly seen: readonly Seen[];
  /** Of the polls. */
  readonly times: readonly number[];
}

/** One partition since the last break: another topic id is another log, and so is one that ends earlier. `row`: where it is at the newest poll. */
function columnsOf(tp: TopicPartition & { readonly row: number }, polled: Polled, origin?: bigint): PartitionSeries {
  // Most partitions are at every poll, and share their times.
  let times: number[] | undefined;
  const [commits, ends, starts]: [number[], number[], number[]] = [[], [], []];
  let id: string | undefined;
  let end = Number.NaN;
  for (let i = 0; i < polled.seen.length; i++) {
    const { poll, group, rows, topicId } = polled.seen[i] as Seen;
    const row = rows === undefined ? tp.row : rows.get(partitionKey(tp));
    if (row === undefined) {
      times ??= polled.times.slice(0, i);
      continue;
    }
    const log = group.logs[row] as number;
    const committed = offsetAt(poll.commits, group.first + row, origin);
    const logEnd = offsetAt(poll.ends, log, origin);
    const logStart = offsetAt(poll.starts, log, origin);
    if (committed === LARGE) return columnsOf(tp, polled, poll.commits.get(group.first + row) as bigint);
    if (logEnd === LARGE) return columnsOf(tp, polled, poll.ends.get(log) as bigint);
    if (logStart === LARGE) return columnsOf(tp, polled, poll.starts.get(log) as bigint);
    if ((id !== undefined && topicId !== undefined && topicId !== id) || logEnd < end) {
      times = [];
      commits.length = ends.length = starts.length = 0;
    }
    times?.push(poll.atMs);
    commits.push(committed);
    ends.push(logEnd);
    starts.push(logStart);
    id = topicId ?? id;
    end = Number.isNaN(logEnd) ? end : logEnd;
  }
  return { topic: tp.topic, partition: tp.partition, times: times ?? polled.times, commits, ends, starts };
}

const offsetAt = (column: OffsetColumn, index: number, origin: bigint | undefined): number =>
  origin === undefined ? column.numberAt(index) : column.distanceAt(index, origin);
