/** A group over polls in a row in which it had the same partitions: what a stored history writes of it once. */
import { z } from 'zod';
import { packRuns, unpackRuns } from '#core/history/columns/offset-column.ts';
import type { GroupColumns, Owners, PollColumns } from '#core/history/columns/poll-columns.ts';

/** A group over polls in a row. */
export interface Stretch {
  /** Index of the first poll. */
  readonly first: number;
  readonly groups: [GroupColumns, ...GroupColumns[]];
}

/** A stretch, with where its partitions begin among those of all stretches. */
export interface Placed extends Stretch {
  readonly row: number;
}

/** The stretches in their order, and how many partitions they have in all. */
export function placed(stretches: readonly Stretch[]): { readonly all: readonly Placed[]; readonly rows: number } {
  const all: Placed[] = [];
  let rows = 0;
  for (const stretch of stretches) {
    all.push({ ...stretch, row: rows });
    rows += stretch.groups[0].logs.length;
  }
  return { all, rows };
}

const runsOf = <T extends z.ZodType>(value: T) => z.array(z.tuple([value.nullable(), z.number().int().min(1)]));
const countSchema = z.number().int().min(0);

const ownersSchema = z.object({
  /** Client id and host. */
  table: z.array(z.tuple([z.string(), z.string()])),
  /** Of each partition an index, or one of the negative numbers of `core/history/rows.ts`. */
  of: z.array(z.number().int().min(-2)),
});

export const stretchSchema = z.object({
  groupId: z.string(),
  first: countSchema,
  polls: z.number().int().min(1),
  /** Numbers of logs, each run from one on so many. */
  logs: z.array(z.tuple([countSchema, z.number().int().min(1)])),
  states: runsOf(z.string()),
  assignments: runsOf(z.string()),
  members: runsOf(z.number()),
  epochs: runsOf(z.number()),
  owners: runsOf(ownersSchema),
});
export type StoredStretch = z.infer<typeof stretchSchema>;

/** The stretches of all groups. */
export function stretchesOf(samples: readonly PollColumns[]): Stretch[] {
  const stretches: Stretch[] = [];
  const open = new Map<string, Stretch>();
  for (const [index, { groups }] of samples.entries()) {
    for (const group of groups) {
      const stretch = open.get(group.groupId);
      const goesOn = stretch !== undefined && stretch.first + stretch.groups.length === index;
      if (goesOn && stretch.groups[0].logs === group.logs) {
        stretch.groups.push(group);
        continue;
      }
      const next: Stretch = { first: index, groups: [group] };
      stretches.push(next);
      open.set(group.groupId, next);
    }
  }
  return stretches;
}

/** `numberOf`: number of a log as it is written. */
export function packStretch({ first, groups }: Stretch, numberOf: (log: number) => number): StoredStretch {
  const owners = new Map<Owners, z.infer<typeof ownersSchema>>();
  for (const { owners: each } of groups) {
    if (each !== undefined && !owners.has(each)) owners.set(each, packOwners(each));
  }
  return {
    groupId: groups[0].groupId,
    first,
    polls: groups.length,
    logs: packNumbers(Array.from(groups[0].logs, numberOf)),
    states: packRuns(groups.map(({ state }) => state)),
    assignments: packRuns(groups.map(({ assignment }) => assignment)),
    members: packRuns(groups.map(({ members }) => members)),
    epochs: packRuns(groups.map(({ epoch }) => epoch)),
    owners: packRuns(groups.map(({ owners: each }) => each && owners.get(each))),
  };
}

const packOwners = ({ table, of }: Owners): z.infer<typeof ownersSchema> => ({
  table: table.map(({ clientId, host }) => [clientId, host]),
  of: [...of],
});

/**
 * The stretch again; where its partitions are in the columns of a poll is for the caller to say.
 *
 * @throws Error naming what `packStretch` never writes; `logs` is how many there are
 */
export function unpackStretch(stored: StoredStretch, logs: number): Stretch {
  const { groupId, first, polls } = stored;
  const numbers = unpackNumbers(stored.logs, logs);
  const [states, assignments] = [unpackRuns(stored.states, polls), unpackRuns(stored.assignments, polls)];
  const [members, epochs] = [unpackRuns(stored.members, polls), unpackRuns(stored.epochs, polls)];
  const owners = unpackRuns(
    stored.owners.map(([value, times]) => [value && unpackOwners(value, numbers.length), times] as const),
    polls,
  );
  const groups = Array.from({ length: polls }, (_, i) => ({
    groupId,
    ...optional('state', states[i]),
    ...optional('assignment', assignments[i]),
    ...optional('members', members[i]),
    ...optional('epoch', epochs[i]),
    ...optional('owners', owners[i]),
    logs: numbers,
    first: 0,
  }));
  return { first, groups: groups as [GroupColumns, ...GroupColumns[]] };
}

function unpackOwners({ table, of }: z.infer<typeof ownersSchema>, partitions: number): Owners {
  if (of.length !== partitions) throw new Error(`${of.length} owners of ${partitions} partitions`);
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

const optional = <K extends string, V>(name: K, value: V | undefined): { [P in K]?: V } =>
  value === undefined ? {} : ({ [name]: value } as { [P in K]: V });
