/**
 * How a history is written down: JSON with a format version, offsets as decimal strings, a partition as a tuple,
 * since there are many of them and their field names would be most of the text.
 */
import { z } from 'zod';
import type { GroupSample, LagHistory, PartitionSample } from './history.ts';

/** Version of the text that `encodeHistory` makes. Raise it when the text changes in a way older code cannot read. */
export const HISTORY_FORMAT = 1;

/** A text read back: the history, or why it cannot be used. */
export type DecodedHistory =
  | { readonly kind: 'history'; readonly history: LagHistory }
  | { readonly kind: 'lost'; readonly reason: string };

/** Stands for a committed offset where the group had none. */
const UNCOMMITTED = 'none';

const offsetSchema = z
  .string()
  .regex(/^-?\d{1,19}$/)
  .transform(BigInt)
  .nullable();

/** Topic, partition, committed offset, log end offset; `null` where an offset could not be read. */
const partitionSchema = z.tuple([
  z.string(),
  z.number().int().min(0),
  z.literal(UNCOMMITTED).or(offsetSchema),
  offsetSchema,
]);

const groupSchema = z.object({
  groupId: z.string(),
  state: z.string().exactOptional(),
  assignment: z.string().exactOptional(),
  partitions: z.array(partitionSchema),
} satisfies Record<keyof GroupSample, z.ZodType>);

const historySchema = z.object({
  samples: z.array(
    z.object({
      atMs: z.number(),
      // Pairs: a topic may be named __proto__, which is no key that survives everywhere.
      topicIds: z.array(z.tuple([z.string(), z.string()])).exactOptional(),
      groups: z.array(groupSchema),
    }),
  ),
});

/** The history as text. */
export function encodeHistory(history: LagHistory): string {
  const samples = history.samples.map(({ atMs, topicIds, groups }) => ({
    atMs,
    ...(topicIds === undefined ? {} : { topicIds: Object.entries(topicIds) }),
    groups: groups.map(packGroup),
  }));
  return jsonText({ format: HISTORY_FORMAT, samples });
}

/** Reads a text that `encodeHistory` made. Anything else is `lost`, with a reason for people; never throws. */
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
  const samples = parsed.data.samples.map(({ atMs, topicIds, groups }) => ({
    atMs,
    ...(topicIds === undefined ? {} : { topicIds: Object.fromEntries(topicIds) }),
    groups: groups.map(unpackGroup),
  }));
  return { kind: 'history', history: { samples } };
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

const packGroup = (group: GroupSample) => ({ ...group, partitions: group.partitions.map(packPartition) });

const packPartition = (p: PartitionSample) => [
  p.topic,
  p.partition,
  p.uncommitted === true ? UNCOMMITTED : (p.committedOffset ?? null),
  p.logEndOffset ?? null,
];

const unpackGroup = (group: z.infer<typeof groupSchema>): GroupSample => ({
  ...group,
  partitions: group.partitions.map(unpackPartition),
});

const unpackPartition = ([topic, partition, committed, end]: z.infer<typeof partitionSchema>): PartitionSample => ({
  topic,
  partition,
  ...(committed === null ? {} : committed === UNCOMMITTED ? { uncommitted: true } : { committedOffset: committed }),
  ...(end === null ? {} : { logEndOffset: end }),
});
