/**
 * A poll by columns. Polls share what they have in common: names of partitions, the partitions of a
 * group and their owners. Groups that read one log share its offsets.
 */

import { partitionKey, type TopicPartition } from '#core/kafka/model.ts';
import { present } from '#core/text/json.ts';
import type { AgeColumn } from './age-column.ts';
import { type OffsetCell, OffsetColumn, UNCOMMITTED } from './offset-column.ts';
import {
  type GroupSample,
  type OwnerCell,
  type PartitionOwner,
  type PartitionSample,
  type PollSample,
  partitionSample,
} from './samples.ts';

/**
 * Names of logs by number. Polls share the table, so it only grows, until `compaction.ts` replaces
 * it. A partition has several numbers when groups of one poll saw different offsets of its log.
 */
export class LogTable {
  readonly topics: string[] = [];
  readonly partitions: number[] = [];
  readonly #byKey = new Map<string, number[]>();

  get size(): number {
    return this.topics.length;
  }

  /** Numbers of a partition; empty when it has none. */
  logsOf(tp: TopicPartition): readonly number[] {
    return this.#byKey.get(partitionKey(tp)) ?? [];
  }

  /** Whether a number is one of the partition's. */
  is(log: number, { topic, partition }: TopicPartition): boolean {
    return this.partitions[log] === partition && this.topics[log] === topic;
  }

  /** Adds a number for the partition and returns it. */
  add(tp: TopicPartition): number {
    const log = this.topics.push(tp.topic) - 1;
    this.partitions.push(tp.partition);
    this.#byKey.set(partitionKey(tp), [...this.logsOf(tp), log]);
    return log;
  }
}

/** These stand in place of the index of an owner. */
const UNOWNED = -1;
const OWNER_UNKNOWN = -2;

/** Owners of the partitions of a group. */
export interface Owners {
  readonly table: readonly PartitionOwner[];
  /** One cell for each partition: index in the table, −1 for nobody, −2 for not known. */
  readonly of: Int32Array;
}

/** One group at one poll. */
export interface GroupColumns extends Omit<GroupSample, 'partitions'> {
  /** Log number of each partition. */
  readonly logs: Int32Array;
  /** Index of its first partition in the columns of the poll. */
  readonly first: number;
  /** Absent when the owner of no partition is known. */
  readonly owners?: Owners;
}

/** One poll. */
export interface PollColumns extends Omit<PollSample, 'groups'> {
  readonly groups: readonly GroupColumns[];
  readonly table: LogTable;
  /** One cell for each partition of each group, in the order of groups. */
  readonly commits: OffsetColumn;
  /** One cell for each log number. */
  readonly ends: OffsetColumn;
  /** One cell for each log number. */
  readonly starts: OffsetColumn;
  /** Cells as in `commits`. Only the newest poll has them. */
  readonly ages?: AgeColumn;
}

/** A group with its poll. */
export type GroupAt = readonly [PollColumns, GroupColumns];

/** The input for columns. Groups are read one by one and are not kept. */
export interface PollInput extends Omit<PollSample, 'groups'> {
  readonly groups: Iterable<GroupSample>;
  /** Over all groups. */
  readonly partitions: number;
}

/** The columns of a poll. They share with the poll before what did not change. */
export function pollColumnsOf({ groups, partitions, ...poll }: PollInput, before?: PollColumns): PollColumns {
  const table = before?.table ?? new LogTable();
  const groupsBefore = new Map(before?.groups.map((group) => [group.groupId, group]));
  const byLog: PartitionSample[] = [];
  const commits = new OffsetColumn(partitions);
  const columns: GroupColumns[] = [];
  let first = 0;
  for (const { partitions: rows, ...group } of groups) {
    const was = groupsBefore.get(group.groupId);
    const logs = logsOf(rows, { table, byLog, was: was?.logs });
    const owners = ownersOf(rows, was?.owners);
    const now = { ...group, logs, first, ...present({ owners }) };
    columns.push(was !== undefined && isSameGroup(was, now) ? was : now);
    for (const row of rows) commits.set(first++, row.uncommitted === true ? UNCOMMITTED : row.committedOffset);
  }
  const logColumn = (cellOf: (sample: PartitionSample) => OffsetCell): OffsetColumn => {
    const column = new OffsetColumn(table.size);
    byLog.forEach((sample, log) => {
      column.set(log, cellOf(sample));
    });
    return column;
  };
  return {
    ...poll,
    groups: columns,
    table,
    commits,
    ends: logColumn((sample) => sample.logEndOffset),
    starts: logColumn((sample) => sample.logStartOffset),
  };
}

/** Whether two polls can share one object for the group. */
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
  /** The first sample of each log in this poll so far, by log number. */
  readonly byLog: PartitionSample[];
  /** Logs of the group at the poll before. */
  readonly was: Int32Array | undefined;
}

function logsOf(rows: readonly PartitionSample[], { table, byLog, was }: Logs): Int32Array {
  const fits = (row: PartitionSample, log: number): boolean => {
    const other = byLog[log];
    return (
      other === undefined || (other.logEndOffset === row.logEndOffset && other.logStartOffset === row.logStartOffset)
    );
  };
  const logs = new Int32Array(rows.length);
  rows.forEach((row, i) => {
    const guess = was?.[i];
    const isGuess = guess !== undefined && table.is(guess, row) && fits(row, guess);
    const log = isGuess ? guess : (table.logsOf(row).find((each) => fits(row, each)) ?? table.add(row));
    byLog[log] ??= row;
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

/** The sample of one group of a poll. */
export function groupSampleAt(poll: PollColumns, { logs, first, owners, ...group }: GroupColumns): GroupSample {
  const { table, commits, ends, starts } = poll;
  const partitions: PartitionSample[] = [];
  for (let i = 0; i < logs.length; i++) {
    const log = logs[i] as number;
    const tp = { topic: table.topics[log] as string, partition: table.partitions[log] as number };
    const cells = [commits.get(first + i), ends.get(log), starts.get(log)] as const;
    partitions.push(partitionSample(tp, cells, ownerCellAt(owners, i)));
  }
  return { ...group, partitions };
}

function ownerCellAt(owners: Owners | undefined, i: number): OwnerCell {
  const index = owners?.of[i] ?? OWNER_UNKNOWN;
  if (index === OWNER_UNKNOWN) return 'unknown';
  return index === UNOWNED ? 'nobody' : (owners?.table[index] as PartitionOwner);
}
