/**
 * Process that polls as the function does, from reading to publishing: `node poll-whole.ts
 * --bootstrap HOST:PORT
 * --warm 3`. The bucket is in memory and the metric lines are discarded; all else is real.
 */

import { createWriteStream } from 'node:fs';
import { parseArgs } from 'node:util';
import { createEmfPublisher } from '#adapters/cloudwatch/emf-publisher.ts';
import { createBatchReader } from '#adapters/kafka/batch-reader.ts';
import { createS3HistoryStore } from '#adapters/s3/history-store.ts';
import { systemClock } from '#adapters/system/clock.ts';
import { memoryBucket } from '#bench/support/memory-bucket.ts';
import type { ClusterReading } from '#core/kafka/model.ts';
import type { OffsetsReader } from '#core/ports.ts';
import { parseSettings } from '#core/settings.ts';
import { present } from '#core/text/json.ts';
import { type PollResult, poll } from '#flows/poll.ts';
import { countBatchRequests } from './count-requests.ts';
import { historyBefore } from './history-before.ts';
import { reportReadings, type Totals, totalsOf } from './sample.ts';

const { values } = parseArgs({
  options: { bootstrap: { type: 'string', default: '' }, warm: { type: 'string', default: '3' } },
});
const settings = parseSettings({
  clusterName: 'bench',
  bootstrapBrokers: values.bootstrap,
  auth: 'plaintext',
  alarmShards: 200, // every group is far behind and needs an alarm
});
const counter = countBatchRequests();
const reader = createBatchReader({
  bootstrapBrokers: values.bootstrap,
  auth: 'plaintext',
  timeoutMs: 120_000, // long enough for every poll
  clock: systemClock,
});
let newest: ClusterReading | undefined;
const offsets: OffsetsReader = {
  async read(request) {
    newest = undefined; // the function does not keep the reading either
    newest = await reader.read(request);
    return newest;
  },
  close: () => reader.close(),
};
const nowhere = createWriteStream('/dev/null');
const metrics = createEmfPublisher({ write: (line) => void nowhere.write(`${line}\n`) });
const history = createS3HistoryStore({ client: memoryBucket().client, bucket: 'bench', clusterName: 'bench' });

await reportReadings<PollResult>(
  {
    read: () => poll({ settings, clock: systemClock, offsets, history, metrics }),
    takeRequests: counter.take,
    warmUp,
    totalsOf: totalsOfWhole,
    close: () => reader.close(),
  },
  Number(values.warm),
);
nowhere.end();

/** Fills the history to its size after an hour. */
async function warmUp(): Promise<void> {
  if (newest === undefined) throw new Error('nothing was read');
  const { version } = await history.load();
  const past = historyBefore(newest, settings.historySamples);
  const saved = await history.save({ history: past, ...present({ version }) });
  if (saved !== 'saved') throw new Error('the history was not saved');
}

/**
 * The totals of a poll: lag from the poll, the other counts from its reading.
 *
 * @throws when a poll was not complete; fewer polls in the history are fine
 */
function totalsOfWhole({ groups, coverage, problems }: PollResult): Totals {
  const problem = problems.find(({ id }) => id !== 'history-too-short');
  if (problem !== undefined) throw new Error(`the poll is not whole: ${problem.text}`);
  if (coverage !== 1) throw new Error(`the poll is not whole: its coverage is ${coverage}`);
  const lag = groups.reduce((sum, { sumLag }) => sum + (sumLag ?? 0), 0);
  return { ...totalsOf(newest?.groups ?? []), groups: groups.length, lag };
}
