/**
 * Drops the logs that no poll of a history contains any more. Topics come and go while a process
 * keeps one history.
 */
import { OffsetColumn } from './offset-column.ts';
import { type GroupColumns, LogTable, type PollColumns } from './poll-columns.ts';

/** Up to this many unused logs, or as many as used ones, cost less to keep than to drop. */
const MIN_UNUSED = 1_000;

/**
 * The polls on a table without unused logs when most logs are unused; else the polls themselves.
 * All polls have to share one table, as those of a history do. They share afterwards what they
 * shared before.
 */
export function compacted(polls: readonly PollColumns[]): readonly PollColumns[] {
  const table = polls.at(-1)?.table;
  if (table === undefined) return polls;
  const used = usedLogs(polls, table.size);
  return used === undefined ? polls : renumbered(polls, table, used);
}

/** Numbers of the used logs, ascending; undefined when enough are used for the table to stay. */
function usedLogs(polls: readonly PollColumns[], size: number): number[] | undefined {
  const isUsed = new Uint8Array(size);
  const seen = new Set<Int32Array>();
  let count = 0;
  // Newest first: that poll usually has nearly all logs.
  for (const { groups } of polls.toReversed()) {
    if (size <= Math.max(2 * count, count + MIN_UNUSED)) return undefined;
    for (const { logs } of groups) {
      if (seen.has(logs)) continue;
      seen.add(logs);
      for (const log of logs) {
        if (isUsed[log] === 0) count++;
        isUsed[log] = 1;
      }
    }
  }
  if (size <= Math.max(2 * count, count + MIN_UNUSED)) return undefined;
  const used: number[] = [];
  for (let log = 0; log < size; log++) if (isUsed[log] === 1) used.push(log);
  return used;
}

function renumbered(polls: readonly PollColumns[], before: LogTable, used: readonly number[]): PollColumns[] {
  const table = new LogTable();
  const numbers = new Int32Array(before.size);
  for (const log of used) {
    numbers[log] = table.add({ topic: before.topics[log] as string, partition: before.partitions[log] as number });
  }
  const logsOf = once((logs: Int32Array) => logs.map((log) => numbers[log] as number));
  const groupOf = once((group: GroupColumns) => ({ ...group, logs: logsOf(group.logs) }));
  return polls.map((poll) => ({
    ...poll,
    table,
    groups: poll.groups.map(groupOf),
    ends: picked(poll.ends, used),
    starts: picked(poll.starts, used),
  }));
}

function picked(column: OffsetColumn, indexes: readonly number[]): OffsetColumn {
  const cells = new OffsetColumn(indexes.length);
  for (const [i, index] of indexes.entries()) cells.set(i, column.get(index));
  return cells;
}

/** Returns the same result for the same object. */
function once<T extends object, R>(make: (from: T) => R): (from: T) => R {
  const made = new Map<T, R>();
  return (from) => {
    const known = made.get(from) ?? make(from);
    made.set(from, known);
    return known;
  };
}
