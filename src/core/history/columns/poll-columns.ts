/**
 * A poll by columns. What polls have in common is kept once: the names of partitions, which of them a group has, who owns them,
 * and the offsets of a log that many groups read.
 */

import { partitionKey, type TopicPartition } from '#core/kafka/model.ts';
import { present } from '#core/text/json.ts';
import type { AgeColumn } from './age-column.ts';
import { type OffsetCell, OffsetColumn, UNCOMMITTED } from './offset-column.ts';
import {
  type GroupSample,
  type Ownership,
  type PartitionOwner,
  type PartitionSample,
  type PollSample,
  partitionSample,
} from './samples.ts';

/** Names of logs by number. It only grows, so that polls share it, until `core/history/compaction.ts` makes another; one partition has several where groups were told different offsets. */
export class LogTable {
  readonly topics: string[] = [];
  readonly partitions: number[] = [];
  readonly #byKey = new Map<string, number[]>();

  get size(): number {
    return this.topics.length;
  }

  /** The numbers of a partition. */
  logsOf(tp: TopicPartition): readonly number[] {
    return this.#byKey.get(partitionKey(tp)) ?? [];
  }

  is(log: number, { topic, partition }: TopicPartition): boolean {
    return this.partitions[log] === partition && this.topics[log] === topic;
  }

  /** Gives a partition one number more. */
  add(tp: TopicPartition): number {
    const log = this.topics.push(tp.topic) - 1;
    this.partitions.push(tp.partition);
    this.#byKey.set(partitionKey(tp), [...this.logsOf(tp), log]);
    return log;
  }
}

/** In place of an index of an owner. */
export const UNOWNED = -1;
export const OWNER_UNKNOWN = -2;

/** Who owned the partitions of a group: of each the index in a table. */
export interface Owners {
  readonly table: readonly PartitionOwner[];
  readonly of: Int32Array;
}

/** One group at one poll. */
export interface GroupColumns extends Omit<GroupSample, 'partitions'> {
  /** Log of each of its partitions. */
  readonly logs: Int32Array;
  /** Where its partitions begin in the columns of the poll. */
  readonly first: number;
  /** Absent when no owner is known. */
  readonly owners?: Owners;
}

/** One poll. */
export interface PollColumns extends Omit<PollSample, 'groups'> {
  readonly groups: readonly GroupColumns[];
  readonly table: LogTable;
  /** Partitions of groups, group after group. */
  readonly commits: OffsetColumn;
  /** By number of the log. */
  readonly ends: OffsetColumn;
  readonly starts: OffsetColumn;
  /** As `commits`; of the newest poll alone. */
  readonly ages?: AgeColumn;
}

/** A group at a poll. */
export type GroupAt = readonly [PollColumns, GroupColumns];

/** What columns are made of: the groups are looked at one after the other, and not kept. */
export interface PollInput extends Omit<PollSample, 'groups'> {
  readonly groups: Iterable<GroupSample>;
  /** Over all groups. */
  readonly partitions: number;
}

/** A poll by columns. It shares with the poll before what is the same. */
export function pollColumnsOf({ groups, partitions, ...poll }: PollInput, before?: PollColumns): PollColumns {
  const table = before?.table ?? new LogTable();
  const groupsBefore = new Map(before?.groups.map((group) => [group.groupId, group]));
  const told: PartitionSample[] = [];
  const commits = new OffsetColumn(partitions);
  const columns: GroupColumns[] = [];
  let first = 0;
  for (const { partitions: rows, ...group } of groups) {
    const was = groupsBefore.get(group.groupId);
    const logs = logsOf(rows, { table, told, ...(was === undefined ? {} : { was: was.logs }) });
    const owners = ownersOf(rows, was?.owners);
    const now = { ...group, logs, first, ...present({ owners }) };
    columns.push(was !== undefined && isSameGroup(was, now) ? was : now);
    for (const row of rows) commits.set(first++, row.uncommitted === true ? UNCOMMITTED : row.committedOffset);
  }
  const ofLogs = (cell: (log: PartitionSample) => OffsetCell): OffsetColumn => {
    const column = new OffsetColumn(table.size);
    told.forEach((log, i) => void column.set(i, cell(log)));
    return column;
  };
  return {
    ...poll,
    groups: columns,
    table,
    commits,
    ends: ofLogs((log) => log.logEndOffset),
    starts: ofLogs((log) => log.logStartOffset),
  };
}

/** The same in all respects, so that polls share one. */
export const isSameGroup = (a: GroupColumns, b: GroupColumns): boolean =>
  a.first === b.first &&
  a.logs === b.logs &&
  a.owners === b.owners &&
  a.state === b.state &&
  a.assignment === b.assignment &&
  a.members === b.members &&
  a.epoch === b.epoch;

interface Logs {
  readonly table: LogTable;
  /** What this poll told of a log so far, by its number. */
  readonly told: PartitionSample[];
  /** Logs of the group at the poll before. */
  readonly was?: Int32Array;
}

function logsOf(rows: readonly PartitionSample[], { table, told, was }: Logs): Int32Array {
  const fits = (row: PartitionSample, log: number): boolean => {
    const other = told[log];
    return (
      other === undefined || (other.logEndOffset === row.logEndOffset && other.logStartOffset === row.logStartOffset)
    );
  };
  const logs = new Int32Array(rows.length);
  rows.forEach((row, i) => {
    const guess = was?.[i];
    const isGuess = guess !== undefined && table.is(guess, row) && fits(row, guess);
    const log = isGuess ? guess : (table.logsOf(row).find((each) => fits(row, each)) ?? table.add(row));
    told[log] ??= row;
    logs[i] = log;
  });
  return was !== undefined && isSameList(was, logs) ? was : logs;
}

const isSameList = (a: Int32Array, b: Int32Array): boolean =>
  a.length === b.length && a.every((each, i) => each === b[i]);

function ownersOf(rows: readonly PartitionSample[], was: Owners | undefined): Owners | undefined {
  const indexes = new Map<PartitionOwner, number>();
  const of = new Int32Array(rows.length);
  rows.forEach(({ owner, unowned }, i) => {
    if (owner === undefined) {
      of[i] = unowned === true ? UNOWNED : OWNER_UNKNOWN;
      return;
    }
    const index = indexes.get(owner) ?? indexes.size;
    indexes.set(owner, index);
    of[i] = index;
  });
  if (of.every((index) => index === OWNER_UNKNOWN)) return undefined;
  const table = [...indexes.keys()];
  return was !== undefined && isSameList(was.of, of) && areSameOwners(was.table, table) ? was : { table, of };
}

const areSameOwners = (a: readonly PartitionOwner[], b: readonly PartitionOwner[]): boolean =>
  a.length === b.length && a.every(({ clientId, host }, i) => b[i]?.clientId === clientId && b[i]?.host === host);

/** One group of a poll, partition by partition. */
export function groupSampleAt(poll: PollColumns, { logs, first, owners, ...group }: GroupColumns): GroupSample {
  const { table, commits, ends, starts } = poll;
  const partitions: PartitionSample[] = [];
  for (let i = 0; i < logs.length; i++) {
    const log = logs[i] as number;
    const tp = { topic: table.topics[log] as string, partition: table.partitions[log] as number };
    const cells = [commits.get(first + i), ends.get(log), starts.get(log)] as const;
    partitions.push(partitionSample(tp, cells, ownershipAt(owners, i)));
  }
  return { ...group, partitions };
}

function ownershipAt(owners: Owners | undefined, i: number): Ownership {
  const index = owners?.of[i] ?? OWNER_UNKNOWN;
  if (index === OWNER_UNKNOWN) return 'unknown';
  return index === UNOWNED ? 'nobody' : (owners?.table[index] as PartitionOwner);
}
