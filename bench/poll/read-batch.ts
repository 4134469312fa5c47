/**
 * Process that reads with our batch reader: `node read-batch.ts --bootstrap HOST:PORT --warm 3
 * [--ages]`.
 */
import { parseArgs } from 'node:util';
import { createBatchReader } from '#adapters/kafka/batch-reader.ts';
import { systemClock } from '#adapters/system/clock.ts';
import type { ClusterReading } from '#core/kafka/model.ts';
import { countBatchRequests } from './count-requests.ts';
import { reportReadings, type Totals, totalsOf } from './sample.ts';

const { values } = parseArgs({
  options: {
    bootstrap: { type: 'string', default: '' },
    warm: { type: 'string', default: '3' },
    ages: { type: 'boolean' },
  },
});
/** Long enough for every reading. */
const TIMEOUT_MS = 120_000;

const counter = countBatchRequests();
const reader = createBatchReader({
  bootstrapBrokers: values.bootstrap,
  auth: 'plaintext',
  timeoutMs: TIMEOUT_MS,
  clock: systemClock,
});
const request = values.ages === true ? { ages: { rounds: 17, precisePartitions: 200 } } : {};
await reportReadings<ClusterReading>(
  {
    read: () => reader.read(request),
    takeRequests: counter.take,
    totalsOf: totalsOfWhole,
    close: () => reader.close(),
  },
  Number(values.warm),
);

function totalsOfWhole({ groups, unreadableGroups, problems }: ClusterReading): Totals {
  const first = unreadableGroups[0]?.reason ?? problems[0]?.reason;
  if (first !== undefined) throw new Error(`the reading is not whole: ${first}`);
  return totalsOf(groups);
}
