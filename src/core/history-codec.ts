/**
 * How a history is written down: JSON with a format version, by columns. A group is written once for all polls in a row in
 * which it had the same partitions, and each of its partitions as three columns of offsets.
 */
import { z } from 'zod';
import { messageOf } from './errors.ts';
import type { GroupSample, LagHistory, PartitionSample, PollSample } from './history.ts';
import { type OffsetCell, packOffsets, packRuns, UNCOMMITTED, unpackOffsets, unpackRuns } from './history-columns.ts';

/** Version of the text that `encodeHistory` makes. Raise it when the text changes in a way older code cannot read. */
export const HISTORY_FORMAT = 2;

/** A text read back: the history, or why it cannot be used. */
export type DecodedHistory =
  | { readonly kind: 'history'; readonly history: LagHistory }
  | { readonly kind: 'lost'; readonly reason: string };

/** Most of a text is columns of offsets: what is in them is checked as they are unpacked, once. */
const columnSchema = z.custom<unknown[]>(Array.isArray, 'is no column');
/** Partition, committed offsets, log end offsets, log start offsets. */
const partitionSchema = z.tuple([z.number().int().min(0), columnSchema, columnSchema, columnSchema]);
const topicSchema = z.tuple([z.string(), z.array(partitionSchema)]);
const runsOf = <T extends z.ZodType>(value: T) => z.array(z.tuple([value.nullable(), z.number().int().min(1)]));

const stretchSchema = z.object({
  groupId: z.string(),
  /** Index of the first poll. */
  first: z.number().int().min(0),
  /** Polls in a row. */
  polls: z.number().int().min(1),
  states: runsOf(z.string()),
  assignments: runsOf(z.string()),
  members: runsOf(z.number()),
  epochs: runsOf(z.number()),
  topics: z.array(topicSchema),
});
type StoredStretch = z.infer<typeof stretchSchema>;

const historySchema = z.object({
  times: z.array(z.number()),
  // Pairs: a topic may be named __proto__, which is no key that survives everywhere.
  topicIds: runsOf(z.array(z.tuple([z.string(), z.string()]))),
  stretches: z.array(stretchSchema),
});

/** The history as text. */
export function encodeHistory({ samples }: LagHistory): string {
  return JSON.stringify({
    format: HISTORY_FORMAT,
    times: samples.map(({ atMs }) => atMs),
    topicIds: packRuns(samples.map(({ topicIds }) => topicIds)).map(([ids, polls]) => [
      ids && Object.entries(ids),
      polls,
    ]),
    stretches: stretchesOf(samples).map(packStretch),
  } satisfies z.input<typeof historySchema> & { format: number });
}

/** Reads a text that `encodeHistory` made; the groups of a poll come in any order. Anything else is `lost`, with a reason for people; never throws. */
export function decodeHistory(text: string): DecodedHistory {
  let stored: unknown;
  try {
    stored = JSON.parse(text);
  } catch {
    return lost('it is not JSON');
  }
  const format = z.object({ format: z.number() }).safeParse(stored);
  if (!format.success) return lost('it names no format');
  if (format.data.format !== HISTORY_FORMAT) {
    return lost(`its format is ${format.data.format}, and this version reads format ${HISTORY_FORMAT}`);
  }
  const parsed = historySchema.safeParse(stored);
  if (!parsed.success) return lost(firstProblem(parsed.error));
  try {
    return { kind: 'history', history: unpack(parsed.data) };
  } catch (error) {
    return lost(messageOf(error));
  }
}

/**
 * A value as JSON, bigints as decimal strings.
 *
 * @throws TypeError for what JSON cannot say at all: undefined, a function, a cycle
 */
export function jsonText(value: unknown): string {
  const text: string | undefined = JSON.stringify(value, (_key, v: unknown) => (typeof v === 'bigint' ? `${v}` : v));
  if (text === undefined) throw new TypeError(`a value of type ${typeof value} cannot be stored as JSON`);
  return text;
}

const lost = (why: string): DecodedHistory => ({ kind: 'lost', reason: `the stored history cannot be used: ${why}` });

const firstProblem = (error: z.ZodError): string =>
  error.issues
    .slice(0, 1)
    .map((issue) => `${issue.path.join('.')}: ${issue.message}`)
    .join();

/** A group over polls in a row in which it had the same partitions. */
interface Stretch {
  readonly first: number;
  readonly groups: [GroupSample, ...GroupSample[]];
}

function stretchesOf(samples: readonly PollSample[]): Stretch[] {
  const stretches: Stretch[] = [];
  const open = new Map<string, Stretch>();
  for (const [index, { groups }] of samples.entries()) {
    for (const group of groups) {
      const stretch = open.get(group.groupId);
      const goesOn = stretch !== undefined && stretch.first + stretch.groups.length === index;
      if (goesOn && hasSamePartitions(stretch.groups[0], group)) {
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

function hasSamePartitions({ partitions }: GroupSample, { partitions: others }: GroupSample): boolean {
  if (partitions.length !== others.length) return false;
  return partitions.every((p, i) => p.partition === others[i]?.partition && p.topic === others[i]?.topic);
}

function packStretch({ first, groups }: Stretch): StoredStretch {
  const column = (row: number, cell: (p: PartitionSample) => OffsetCell) =>
    packOffsets(groups.map(({ partitions }) => cell(partitions[row] as PartitionSample)));
  const rows = groups[0].partitions.map(({ topic, partition }, row) => ({ topic, partition, row }));
  const byTopic = Map.groupBy(rows, ({ topic }) => topic);
  return {
    groupId: groups[0].groupId,
    first,
    polls: groups.length,
    states: packRuns(groups.map(({ state }) => state)),
    assignments: packRuns(groups.map(({ assignment }) => assignment)),
    members: packRuns(groups.map(({ members }) => members)),
    epochs: packRuns(groups.map(({ epoch }) => epoch)),
    topics: [...byTopic].map(([topic, ofTopic]) => [
      topic,
      ofTopic.map(({ partition, row }) => [
        partition,
        column(row, (p) => (p.uncommitted === true ? UNCOMMITTED : p.committedOffset)),
        column(row, (p) => p.logEndOffset),
        column(row, (p) => p.logStartOffset),
      ]),
    ]),
  };
}

function unpack({ times, topicIds, stretches }: z.infer<typeof historySchema>): LagHistory {
  const ids = unpackRuns(
    topicIds.map(([pairs, polls]) => [pairs && Object.fromEntries(pairs), polls]),
    times.length,
  );
  const beyond = stretches.find(({ first, polls }) => first + polls > times.length);
  if (beyond !== undefined) {
    throw new Error(`group ${JSON.stringify(beyond.groupId)} is written beyond ${times.length} polls`);
  }
  const unpacked = stretches.map((stretch) => ({ first: stretch.first, groups: unpackStretch(stretch) }));
  const samples = times.map((atMs, i) => ({
    atMs,
    ...optional('topicIds', ids[i]),
    groups: unpacked.flatMap(({ first, groups }) => groups[i - first] ?? []),
  }));
  return { samples };
}

function unpackStretch({ groupId, polls, topics, ...columns }: StoredStretch): GroupSample[] {
  const [states, assignments] = [unpackRuns(columns.states, polls), unpackRuns(columns.assignments, polls)];
  const [members, epochs] = [unpackRuns(columns.members, polls), unpackRuns(columns.epochs, polls)];
  const rows = topics.flatMap(([topic, partitions]) =>
    partitions.map(([partition, commits, ends, starts]) => ({
      topic,
      partition,
      commits: unpackOffsets(commits, polls),
      ends: unpackOffsets(ends, polls),
      starts: unpackOffsets(starts, polls),
    })),
  );
  return Array.from({ length: polls }, (_, i) => ({
    groupId,
    ...optional('state', states[i]),
    ...optional('assignment', assignments[i]),
    ...optional('members', members[i]),
    ...optional('epoch', epochs[i]),
    partitions: rows.map(({ topic, partition, commits, ends, starts }) => {
      const sample: { -readonly [K in keyof PartitionSample]: PartitionSample[K] } = { topic, partition };
      const [commit, end, start] = [commits[i], logOffset(ends[i]), logOffset(starts[i])];
      if (commit === UNCOMMITTED) sample.uncommitted = true;
      else if (commit !== undefined) sample.committedOffset = commit;
      if (end !== undefined) sample.logEndOffset = end;
      if (start !== undefined) sample.logStartOffset = start;
      return sample;
    }),
  }));
}

/** A log has an offset or it could not be read. @throws Error */
function logOffset(cell: OffsetCell): bigint | undefined {
  if (cell === UNCOMMITTED) throw new Error('a log without an offset');
  return cell;
}

const optional = <K extends string, V>(name: K, value: V | undefined): { [P in K]?: V } =>
  value === undefined ? {} : ({ [name]: value } as { [P in K]: V });
