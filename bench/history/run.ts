/**
 * Process that keeps the history of a simulated cluster. Its last line is its report.
 *
 * `node --expose-gc run.ts --partitions 500000 --keep 60`
 */

import { setImmediate } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createS3HistoryStore } from '#adapters/s3/history-store.ts';
import { memoryBucket } from '#bench/support/memory-bucket.ts';
import { appendReading, emptyHistory, historyShortage, type LagHistory } from '#core/history/history.ts';
import { present } from '#core/text/json.ts';
import type { HistoryFigures } from './report.ts';
import { readingAt } from './simulate.ts';

const { values } = parseArgs({
  options: { partitions: { type: 'string', default: '50000' }, keep: { type: 'string', default: '60' } },
});
/** Of each group. */
const PARTITIONS = 50;
/** Polls until a history of an hour has its full size. */
const POLLS = 75;
/** Measurements of each step. */
const TIMES = 5;

const plan = { groups: Number(values.partitions) / PARTITIONS, partitions: PARTITIONS, topics: 200 };
const keep = Number(values.keep);
const startMs = Date.UTC(2026, 0, 1);

const { client, storedBytes } = memoryBucket();
const open = () => createS3HistoryStore({ client, bucket: 'bench', clusterName: 'bench' });
const steps: HistoryFigures['steps'] = { append: [], save: [], load: [] };

/** Records the time of a step. */
async function timed<T>(step: keyof typeof steps, work: () => T | Promise<T>): Promise<T> {
  const [startedAt, cpu] = [performance.now(), process.cpuUsage()];
  const result = await work();
  const ms = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpu);
  steps[step].push({ ms, cpuMs: (user + system) / 1000 });
  return result;
}

/** Memory in use after garbage collection. Buffers are freed a moment after their objects. */
async function heldBytes(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    globalThis.gc?.();
    await setImmediate();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

let history: LagHistory = emptyHistory;
for (let minute = 0; minute < POLLS; minute++) history = appendReading(history, readingAt(plan, minute, startMs), keep);
for (let time = 0; time < TIMES; time++) {
  const reading = readingAt(plan, POLLS + time, startMs);
  history = await timed('append', () => appendReading(history, reading, keep));
  const { version } = await open().load();
  await timed('save', () => open().save({ history, ...present({ version }) }));
  const { lost } = await timed('load', () => open().load());
  if (lost !== undefined) throw new Error(lost);
}
const polls = history.samples.length;
const shortage = historyShortage(readingAt(plan, 0, startMs), keep) ?? null;
const peakRssMb = process.resourceUsage().maxRSS / 1024;
const withHistory = await heldBytes();
history = emptyHistory;
const heldMb = (withHistory - (await heldBytes())) / 1024 ** 2;
const objectMb = storedBytes() / 1024 ** 2;
const figures: HistoryFigures = { groups: plan.groups, polls, shortage, objectMb, heldMb, peakRssMb, steps };
process.stdout.write(`${JSON.stringify(figures)}\n`);
