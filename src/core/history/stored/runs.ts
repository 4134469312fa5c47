/**
 * Runs of a group: polls that follow one another in which the group had the same partitions. A
 * stored history writes a run once.
 */
import { z } from 'zod';
import { packRepeated, unpackRepeated } from '#core/history/columns/offset-column.ts';
import type { GroupColumns, Owners, PollColumns } from '#core/history/columns/poll-columns.ts';
import { present } from '#core/text/json.ts';

/** A group at polls that follow one another, with the same partitions in each. */
export interface GroupRun {
  /** Index of the first poll. */
  readonly first: number;
  readonly groups: [GroupColumns, ...GroupColumns[]];
}

/** A run with its place among all runs. */
export interface PlacedRun extends GroupRun {
  /** Index of its first partition among the partitions of all runs. */
  readonly row: number;
}

/** The runs with their places, and the count of their partitions. */
export function placeRuns(runs: readonly GroupRun[]): { readonly placed: readonly PlacedRun[]; readonly rows: number } {
  const placed: PlacedRun[] = [];
  let rows = 0;
  for (const run of runs) {
    placed.push({ ...run, row: rows });
    rows += run.groups[0].logs.length;
  }
  return { placed, rows };
}

const repeated = <T extends z.ZodType>(value: T) => z.array(z.tuple([value.nullable(), z.number().int().min(1)]));
const countSchema = z.number().int().min(0);

const ownersSchema = z.object({
  /** Client id and host. */
  table: z.array(z.tuple([z.string(), z.string()])),
  /** As in `Owners`. */
  of: z.array(z.number().int().min(-2)),
});

export const groupRunSchema = z.object({
  groupId: z.string(),
  first: countSchema,
  polls: z.number().int().min(1),
  /** Log numbers that follow one another: the first, and their count. */
  logs: z.array(z.tuple([countSchema, z.number().int().min(1)])),
  states: repeated(z.string()),
  assignments: repeated(z.string()),
  members: repeated(z.number()),
  epochs: repeated(z.number()),
  owners: repeated(ownersSchema),
});
export type StoredRun = z.infer<typeof groupRunSchema>;

/** The runs of all groups, in the order of their first polls. */
export function groupRuns(samples: readonly PollColumns[]): GroupRun[] {
  const runs: GroupRun[] = [];
  const open = new Map<string, GroupRun>();
  for (const [index, { groups }] of samples.entries()) {
    for (const group of groups) {
      const run = open.get(group.groupId);
      const goesOn = run !== undefined && run.first + run.groups.length === index;
      if (goesOn && run.groups[0].logs === group.logs) {
        run.groups.push(group);
        continue;
      }
      const next: GroupRun = { first: index, groups: [group] };
      runs.push(next);
      open.set(group.groupId, next);
    }
  }
  return runs;
}

/** The stored form of a run. `numberOf` returns the number that a log has in the stored history. */
export function packRun({ first, groups }: GroupRun, numberOf: (log: number) => number): StoredRun {
  const owners = new Map<Owners, z.infer<typeof ownersSchema>>();
  for (const { owners: each } of groups) {
    if (each !== undefined && !owners.has(each)) owners.set(each, packOwners(each));
  }
  return {
    groupId: groups[0].groupId,
    first,
    polls: groups.length,
    logs: packNumbers(Array.from(groups[0].logs, numberOf)),
    states: packRepeated(groups.map(({ state }) => state)),
    assignments: packRepeated(groups.map(({ assignment }) => assignment)),
    members: packRepeated(groups.map(({ members }) => members)),
    epochs: packRepeated(groups.map(({ epoch }) => epoch)),
    owners: packRepeated(groups.map(({ owners: each }) => each && owners.get(each))),
  };
}

const packOwners = ({ table, of }: Owners): z.infer<typeof ownersSchema> => ({
  table: table.map(({ clientId, host }) => [clientId, host]),
  of: [...of],
});

/**
 * The run from its stored form. The `first` of each group is 0; the caller sets it. `logs` is the
 * count of logs in the stored history.
 *
 * @throws Error with what is wrong in a form that `packRun` never writes
 */
export function unpackRun(stored: StoredRun, logs: number): GroupRun {
  const { groupId, first, polls } = stored;
  const numbers = unpackNumbers(stored.logs, logs);
  const states = unpackRepeated(stored.states, polls);
  const assignments = unpackRepeated(stored.assignments, polls);
  const members = unpackRepeated(stored.members, polls);
  const epochs = unpackRepeated(stored.epochs, polls);
  const owners = unpackRepeated(
    stored.owners.map(([value, times]) => [value && unpackOwners(value, numbers.length), times] as const),
    polls,
  );
  const groups = Array.from({ length: polls }, (_, i) => ({
    groupId,
    ...present({
      state: states[i],
      assignment: assignments[i],
      members: members[i],
      epoch: epochs[i],
      owners: owners[i],
    }),
    logs: numbers,
    first: 0,
  }));
  return { first, groups: groups as [GroupColumns, ...GroupColumns[]] };
}

function unpackOwners({ table, of }: z.infer<typeof ownersSchema>, partitions: number): Owners {
  if (of.length !== partitions) throw new Error(`${of.length} owners for ${partitions} partitions`);
  const beyond = of.find((index) => index >= table.length);
  if (beyond !== undefined) throw new Error(`owner ${beyond} of ${table.length}`);
  return { table: table.map(([clientId, host]) => ({ clientId, host })), of: Int32Array.from(of) };
}

function packNumbers(numbers: readonly number[]): [number, number][] {
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const run = runs.at(-1);
    if (run !== undefined && run[0] + run[1] === number) run[1] += 1;
    else runs.push([number, 1]);
  }
  return runs;
}

function unpackNumbers(runs: readonly (readonly [number, number])[], logs: number): Int32Array {
  const beyond = runs.find(([from, count]) => from + count > logs);
  if (beyond !== undefined) throw new Error(`log ${beyond[0] + beyond[1] - 1} of ${logs}`);
  return Int32Array.from(runs.flatMap(([from, count]) => Array.from({ length: count }, (_, i) => from + i)));
}
