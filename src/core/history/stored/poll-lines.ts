/** The line of a stored history that holds one poll. */
import { z } from 'zod';
import { packAges, unpackAges } from '#core/history/columns/age-column.ts';
import { Movements, OffsetColumn, type StoredCell } from '#core/history/columns/offset-column.ts';
import { type GroupColumns, isSameGroup, type LogTable, type PollColumns } from '#core/history/columns/poll-columns.ts';
import { present } from '#core/text/json.ts';
import { type GroupRun, type PlacedRun, placeRuns } from './runs.ts';

/** Unpacking checks the cells, so the schema does not. */
const columnSchema = z.custom<unknown[]>(Array.isArray, 'is not a column');

export const pollSchema = z.object({
  /** One cell for each partition of each group in the poll, in the order of runs. */
  commits: columnSchema,
  /** One cell for each log, by its number. */
  ends: columnSchema,
  /** One cell for each log, by its number. */
  starts: columnSchema,
  /** In the order of `commits`. Only the newest poll has them. */
  ages: z.object({ lower: columnSchema, upper: columnSchema, reasons: z.array(z.string()) }).exactOptional(),
});
type StoredPoll = z.infer<typeof pollSchema>;

/** Writes polls one by one, oldest first. */
export class PollWriter {
  readonly #runs: readonly PlacedRun[];
  readonly #logs: readonly number[];
  readonly #commits: Movements;
  readonly #ends: Movements;
  readonly #starts: Movements;

  /** `logs` are the logs to write, in the order of their stored numbers. */
  constructor(runs: readonly GroupRun[], logs: readonly number[]) {
    const { placed, rows } = placeRuns(runs);
    this.#runs = placed;
    this.#logs = logs;
    this.#commits = new Movements(rows);
    this.#ends = new Movements(logs.length);
    this.#starts = new Movements(logs.length);
  }

  /** The stored form of the poll at an index of the history. */
  write({ commits, ends, starts, ages }: PollColumns, poll: number): StoredPoll {
    const cells: StoredCell[] = [];
    const indexes: number[] = [];
    for (const { group, run } of groupsAt(this.#runs, poll)) {
      const { first, logs } = group;
      this.#commits.pack(commits, { first, row: run.row, count: logs.length }, cells);
      if (ages !== undefined) for (let i = 0; i < logs.length; i++) indexes.push(first + i);
    }
    return {
      commits: cells,
      ends: this.#logCells(ends, this.#ends),
      starts: this.#logCells(starts, this.#starts),
      ...present({ ages: ages && packAges(ages, indexes) }),
    };
  }

  #logCells(column: OffsetColumn, movements: Movements): StoredCell[] {
    const cells: StoredCell[] = [];
    for (const [row, first] of this.#logs.entries()) movements.pack(column, { first, row, count: 1 }, cells);
    return cells;
  }
}

/** The part of a poll that its line holds. */
type PollOfLine = Omit<PollColumns, 'atMs' | 'topicIds'>;

/** Reads polls one by one, oldest first. */
export class PollReader {
  readonly #runs: readonly PlacedRun[];
  readonly #table: LogTable;
  readonly #commits: Movements;
  readonly #ends: Movements;
  readonly #starts: Movements;
  /** The group of each run at the poll before. */
  readonly #before = new Map<PlacedRun, GroupColumns>();

  constructor(runs: readonly GroupRun[], table: LogTable) {
    const { placed, rows } = placeRuns(runs);
    this.#runs = placed;
    this.#table = table;
    this.#commits = new Movements(rows);
    this.#ends = new Movements(table.size);
    this.#starts = new Movements(table.size);
  }

  /**
   * The poll at an index of the history.
   *
   * @throws Error with what is wrong in a line that a `PollWriter` never writes
   */
  read(stored: StoredPoll, poll: number): PollOfLine {
    const groups: GroupColumns[] = [];
    const commits = new OffsetColumn(stored.commits.length);
    let first = 0;
    for (const { group, run } of groupsAt(this.#runs, poll)) {
      this.#commits.unpack(stored.commits, commits, { first, row: run.row, count: group.logs.length });
      groups.push(this.#shared(run, { ...group, first }));
      first += group.logs.length;
    }
    if (first !== commits.length) throw new Error(`${commits.length} commits for ${first} partitions`);
    const ages = stored.ages && unpackAges(stored.ages, first);
    const ends = this.#logColumn(stored.ends, this.#ends);
    const starts = this.#logColumn(stored.starts, this.#starts);
    return { groups, table: this.#table, commits, ends, starts, ...present({ ages }) };
  }

  /** The object of the poll before when nothing changed. */
  #shared(run: PlacedRun, now: GroupColumns): GroupColumns {
    const before = this.#before.get(run);
    const group = before !== undefined && isSameGroup(before, now) ? before : now;
    this.#before.set(run, group);
    return group;
  }

  #logColumn(cells: readonly unknown[], movements: Movements): OffsetColumn {
    if (cells.length !== this.#table.size) throw new Error(`${cells.length} offsets for ${this.#table.size} logs`);
    const column = new OffsetColumn(cells.length);
    if (cells.includes('none')) throw new Error('a log without an offset');
    movements.unpack(cells, column, { first: 0, row: 0, count: cells.length });
    return column;
  }
}

function* groupsAt(runs: readonly PlacedRun[], poll: number) {
  for (const run of runs) {
    const group = run.groups[poll - run.first];
    if (group !== undefined) yield { group, run };
  }
}
