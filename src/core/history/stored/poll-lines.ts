/** The line of a stored history that tells of one poll. */
import { z } from 'zod';
import { type AgeColumn, packAges, unpackAges } from '#core/history/columns/age-column.ts';
import { Movements, OffsetColumn, type StoredCell } from '#core/history/columns/offset-column.ts';
import { type GroupColumns, isSameGroup, type LogTable, type PollColumns } from '#core/history/columns/poll-columns.ts';
import { type Placed, placed, type Stretch } from './runs.ts';

/** What is in a column is checked as it is unpacked, once. */
const columnSchema = z.custom<unknown[]>(Array.isArray, 'is no column');

export const pollSchema = z.object({
  /** Of the groups that the poll has, in the order of their stretches. */
  commits: columnSchema,
  /** By number of the log. */
  ends: columnSchema,
  starts: columnSchema,
  /** Of the newest poll alone, as `commits`. */
  ages: z.object({ lower: columnSchema, upper: columnSchema, reasons: z.array(z.string()) }).exactOptional(),
});
type StoredPoll = z.infer<typeof pollSchema>;

/** Writes polls one after the other, oldest first. */
export class PollWriter {
  readonly #stretches: readonly Placed[];
  readonly #logs: readonly number[];
  readonly #commits: Movements;
  readonly #ends: Movements;
  readonly #starts: Movements;

  /** `logs`: those that are written, in the order of their written numbers. */
  constructor(stretches: readonly Stretch[], logs: readonly number[]) {
    const { all, rows } = placed(stretches);
    [this.#stretches, this.#logs] = [all, logs];
    [this.#commits, this.#ends, this.#starts] = [rows, logs.length, logs.length].map(
      (count) => new Movements(count),
    ) as [Movements, Movements, Movements];
  }

  write({ commits, ends, starts, ages }: PollColumns, poll: number): StoredPoll {
    const cells: StoredCell[] = [];
    const indexes: number[] = [];
    for (const { group, row } of groupsAt(this.#stretches, poll)) {
      const { first, logs } = group;
      this.#commits.pack(commits, { first, row, count: logs.length }, cells);
      if (ages !== undefined) for (let i = 0; i < logs.length; i++) indexes.push(first + i);
    }
    return {
      commits: cells,
      ends: this.#logCells(ends, this.#ends),
      starts: this.#logCells(starts, this.#starts),
      ...(ages === undefined ? {} : { ages: packAges(ages, indexes) }),
    };
  }

  #logCells(column: OffsetColumn, movements: Movements): StoredCell[] {
    const cells: StoredCell[] = [];
    for (const [row, first] of this.#logs.entries()) movements.pack(column, { first, row, count: 1 }, cells);
    return cells;
  }
}

/** What a line tells. */
type ToldByLine = Omit<PollColumns, 'atMs' | 'topicIds'>;

/** Reads polls one after the other, oldest first. */
export class PollReader {
  readonly #stretches: readonly Placed[];
  readonly #table: LogTable;
  readonly #commits: Movements;
  readonly #ends: Movements;
  readonly #starts: Movements;
  /** Of each stretch, as it was at the poll before. */
  readonly #before = new Map<Placed, GroupColumns>();

  constructor(stretches: readonly Stretch[], table: LogTable) {
    const { all, rows } = placed(stretches);
    [this.#stretches, this.#table] = [all, table];
    this.#commits = new Movements(rows);
    [this.#ends, this.#starts] = [new Movements(table.size), new Movements(table.size)];
  }

  /** @throws Error naming what a `PollWriter` never writes */
  read(stored: StoredPoll, poll: number): ToldByLine {
    const groups: GroupColumns[] = [];
    const commits = new OffsetColumn(stored.commits.length);
    let first = 0;
    for (const { group, row, stretch } of groupsAt(this.#stretches, poll)) {
      this.#commits.unpack(stored.commits, commits, { first, row, count: group.logs.length });
      groups.push(this.#shared(stretch, { ...group, first }));
      first += group.logs.length;
    }
    if (first !== commits.length) throw new Error(`${commits.length} commits of ${first} partitions`);
    const ages: { ages?: AgeColumn } = stored.ages === undefined ? {} : { ages: unpackAges(stored.ages, first) };
    const ends = this.#logColumn(stored.ends, this.#ends);
    const starts = this.#logColumn(stored.starts, this.#starts);
    return { groups, table: this.#table, commits, ends, starts, ...ages };
  }

  #shared(stretch: Placed, now: GroupColumns): GroupColumns {
    const before = this.#before.get(stretch);
    const group = before !== undefined && isSameGroup(before, now) ? before : now;
    this.#before.set(stretch, group);
    return group;
  }

  #logColumn(cells: readonly unknown[], movements: Movements): OffsetColumn {
    if (cells.length !== this.#table.size) throw new Error(`${cells.length} offsets of ${this.#table.size} logs`);
    const column = new OffsetColumn(cells.length);
    if (cells.includes('none')) throw new Error('a log without an offset');
    movements.unpack(cells, column, { first: 0, row: 0, count: cells.length });
    return column;
  }
}

function* groupsAt(stretches: readonly Placed[], poll: number) {
  for (const stretch of stretches) {
    const group = stretch.groups[poll - stretch.first];
    if (group !== undefined) yield { group, row: stretch.row, stretch };
  }
}
