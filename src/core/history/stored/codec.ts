/**
 * How a history is written down: lines of JSON, the first with a format version and with what seldom changes, then one for each
 * poll, in which offsets are how far they moved. No line is large, however many polls there are.
 */

import { z } from 'zod';
import { messageOf } from '#core/errors.ts';
import { packRuns, unpackRuns } from '#core/history/columns/offset-column.ts';
import { LogTable, type PollColumns } from '#core/history/columns/poll-columns.ts';
import type { LagHistory } from '#core/history/history.ts';
import { present } from '#core/text/json.ts';
import { PollReader, PollWriter, pollSchema } from './poll-lines.ts';
import { packStretch, type Stretch, stretchesOf, stretchSchema, unpackStretch } from './runs.ts';

/** Version of the text that `encodeHistory` makes. Raise it when the text changes in a way older code cannot read. */
export const HISTORY_FORMAT = 3;

/** A text read back: the history, or why it cannot be used. */
export type DecodedHistory =
  | { readonly kind: 'history'; readonly history: LagHistory }
  | { readonly kind: 'lost'; readonly reason: string };

const headSchema = z.object({
  clusterId: z.string().exactOptional(),
  times: z.array(z.number()),
  // Pairs: a topic may be named __proto__, which is no key that survives everywhere.
  topicIds: z.array(z.tuple([z.array(z.tuple([z.string(), z.string()])).nullable(), z.number().int().min(1)])),
  /** Topic and partitions in a row, which are numbered from 0 on. */
  logs: z.array(z.tuple([z.string(), z.array(z.number().int().min(0))])),
  stretches: z.array(stretchSchema),
});

/** The history as text. */
export const encodeHistory = (history: LagHistory): string => [...historyLines(history)].join('');

/** The lines of that text, each made when it is asked for. */
export function* historyLines({ samples, clusterId }: LagHistory): Generator<string, undefined> {
  const stretches = stretchesOf(samples);
  const logs = logsIn(stretches);
  const numbers = new Map(logs.map((log, number) => [log, number]));
  const head = {
    ...present({ clusterId }),
    times: samples.map(({ atMs }) => atMs),
    topicIds: packRuns(samples.map(({ topicIds }) => topicIds)).map(
      ([ids, polls]): [[string, string][] | null, number] => [ids && Object.entries(ids), polls],
    ),
    logs: namesOf(logs, samples[0]?.table ?? new LogTable()),
    stretches: stretches.map((stretch) => packStretch(stretch, (log) => numbers.get(log) as number)),
  } satisfies z.input<typeof headSchema>;
  yield `${JSON.stringify({ format: HISTORY_FORMAT, ...head })}\n`;
  const writer = new PollWriter(stretches, logs);
  for (const [i, poll] of samples.entries()) yield `${JSON.stringify(writer.write(poll, i))}\n`;
}

/** Reads a text that `encodeHistory` made; the groups of a poll come in any order. Anything else is `lost`, with a reason for people; never throws. */
export function decodeHistory(text: string): DecodedHistory {
  const [first = '', ...lines] = text.split('\n');
  try {
    const head = parseJson(first);
    const format = z.object({ format: z.number() }).safeParse(head);
    if (!format.success) return lost('it names no format');
    if (format.data.format !== HISTORY_FORMAT) {
      return lost(`its format is ${format.data.format}, and this version reads format ${HISTORY_FORMAT}`);
    }
    return { kind: 'history', history: unpack(parseWith(headSchema, head), lines.slice(0, -1)) };
  } catch (error) {
    return lost(messageOf(error));
  }
}

const lost = (why: string): DecodedHistory => ({ kind: 'lost', reason: `the stored history cannot be used: ${why}` });

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('it is not JSON');
  }
}

function parseWith<T extends z.ZodType>(schema: T, value: unknown): z.infer<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`${issue?.path.join('.')}: ${issue?.message}`);
}

/** The logs that some group has; a table may hold more, of topics that are gone. */
const logsIn = (stretches: readonly Stretch[]): number[] => {
  const logs = new Set<number>();
  for (const { groups } of stretches) for (const log of groups[0].logs) logs.add(log);
  return [...logs].sort((a, b) => a - b);
};

function namesOf(logs: readonly number[], { topics, partitions }: LogTable): [string, number[]][] {
  const names: [string, number[]][] = [];
  for (const log of logs) {
    const [topic, partition] = [topics[log] as string, partitions[log] as number];
    const name = names.at(-1);
    if (name?.[0] === topic) name[1].push(partition);
    else names.push([topic, [partition]]);
  }
  return names;
}

function tableOf(names: readonly (readonly [string, readonly number[]])[]): LogTable {
  const table = new LogTable();
  for (const [topic, partitions] of names) for (const partition of partitions) table.add({ topic, partition });
  return table;
}

function unpack(head: z.infer<typeof headSchema>, lines: readonly string[]): LagHistory {
  const { times, stretches, clusterId } = head;
  if (lines.length !== times.length) throw new Error(`${lines.length} lines of ${times.length} polls`);
  const beyond = stretches.find(({ first, polls }) => first + polls > times.length);
  if (beyond !== undefined) {
    throw new Error(`group ${JSON.stringify(beyond.groupId)} is written beyond ${times.length} polls`);
  }
  const table = tableOf(head.logs);
  const ids = unpackRuns(
    head.topicIds.map(([pairs, polls]) => [pairs && Object.fromEntries(pairs), polls] as const),
    times.length,
  );
  const reader = new PollReader(
    stretches.map((stretch) => unpackStretch(stretch, table.size)),
    table,
  );
  const samples = lines.map((line, i): PollColumns => {
    const topicIds = ids[i];
    const columns = reader.read(parseWith(pollSchema, parseJson(line)), i);
    return { atMs: times[i] as number, ...present({ topicIds }), ...columns };
  });
  return clusterId === undefined ? { samples } : { samples, clusterId };
}
