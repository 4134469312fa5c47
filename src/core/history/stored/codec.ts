/**
 * The stored form of a history: lines of JSON. The first line holds the format version and what
 * seldom changes. Then one line for each poll holds the movements of offsets. No line grows with
 * the count of polls.
 */

import { z } from 'zod';
import { messageOf } from '#core/errors.ts';
import { packRepeated, unpackRepeated } from '#core/history/columns/offset-column.ts';
import { LogTable, type PollColumns } from '#core/history/columns/poll-columns.ts';
import type { LagHistory } from '#core/history/history.ts';
import { present } from '#core/text/json.ts';
import { PollReader, PollWriter, pollSchema } from './poll-lines.ts';
import { type GroupRun, groupRunSchema, groupRuns, packRun, unpackRun } from './runs.ts';

/** Version of the text from `encodeHistory`. Raise it when older code cannot read a new text. */
export const HISTORY_FORMAT = 3;

/** The history of a text, or why the text cannot be used. */
export type DecodedHistory =
  | { readonly kind: 'history'; readonly history: LagHistory }
  | { readonly kind: 'lost'; readonly reason: string };

const headSchema = z.object({
  clusterId: z.string().exactOptional(),
  times: z.array(z.number()),
  // Pairs: a topic may be named `__proto__`, which some code does not keep as a key.
  topicIds: z.array(z.tuple([z.array(z.tuple([z.string(), z.string()])).nullable(), z.number().int().min(1)])),
  /** Topics and partitions of the logs, which are numbered from 0 in this order. */
  logs: z.array(z.tuple([z.string(), z.array(z.number().int().min(0))])),
  /** Runs of groups. */
  stretches: z.array(groupRunSchema),
});

/** The history as text. */
export const encodeHistory = (history: LagHistory): string => [...historyLines(history)].join('');

/** The lines of that text, created one by one. */
export function* historyLines({ samples, clusterId }: LagHistory): Generator<string, undefined> {
  const runs = groupRuns(samples);
  const logs = logsIn(runs);
  const numbers = new Map(logs.map((log, number) => [log, number]));
  const head = {
    ...present({ clusterId }),
    times: samples.map(({ atMs }) => atMs),
    topicIds: packRepeated(samples.map(({ topicIds }) => topicIds)).map(
      ([ids, polls]): [[string, string][] | null, number] => [ids && Object.entries(ids), polls],
    ),
    logs: namesOf(logs, samples[0]?.table ?? new LogTable()),
    stretches: runs.map((run) => packRun(run, (log) => numbers.get(log) as number)),
  } satisfies z.input<typeof headSchema>;
  yield `${JSON.stringify({ format: HISTORY_FORMAT, ...head })}\n`;
  const writer = new PollWriter(runs, logs);
  for (const [i, poll] of samples.entries()) yield `${JSON.stringify(writer.write(poll, i))}\n`;
}

/**
 * Reads a text from `encodeHistory`. The groups of a poll come in any order. Any other text is
 * `lost`, with a reason for people. Never throws.
 */
export function decodeHistory(text: string): DecodedHistory {
  const [first = '', ...lines] = text.split('\n');
  try {
    const head = parseJson(first);
    const format = z.object({ format: z.number() }).safeParse(head);
    if (!format.success) return lost('it has no format number');
    if (format.data.format !== HISTORY_FORMAT) {
      return lost(`its format is ${format.data.format}; this version reads format ${HISTORY_FORMAT}`);
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

/** Numbers of the logs that a group has. The table may hold more, of topics that are gone. */
const logsIn = (runs: readonly GroupRun[]): number[] => {
  const logs = new Set<number>();
  for (const { groups } of runs) for (const log of groups[0].logs) logs.add(log);
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
  if (lines.length !== times.length) throw new Error(`${lines.length} lines for ${times.length} polls`);
  const beyond = stretches.find(({ first, polls }) => first + polls > times.length);
  if (beyond !== undefined) {
    throw new Error(
      `group ${JSON.stringify(beyond.groupId)} has more polls than the history, which has ${times.length}`,
    );
  }
  const table = tableOf(head.logs);
  const ids = unpackRepeated(
    head.topicIds.map(([pairs, polls]) => [pairs && Object.fromEntries(pairs), polls] as const),
    times.length,
  );
  const reader = new PollReader(
    stretches.map((run) => unpackRun(run, table.size)),
    table,
  );
  const samples = lines.map((line, i): PollColumns => {
    const topicIds = ids[i];
    const columns = reader.read(parseWith(pollSchema, parseJson(line)), i);
    return { atMs: times[i] as number, ...present({ topicIds }), ...columns };
  });
  return { samples, ...present({ clusterId }) };
}
