/** Process that reads with our batch reader: `node read-batch.ts --bootstrap HOST:PORT --warm 3 [--ages]`. */
import { parseArgs } from 'node:util';
import { type Connection, connectionsApiChannel } from '@platformatic/kafka';
import { createBatchReader } from '../../src/adapters/kafka/batch-reader.ts';
import * as requests from '../../src/adapters/kafka/requests.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import type { ClusterReading } from '../../src/core/kafka.ts';
import { measureLag } from '../../src/core/lag.ts';
import { reportReadings, requestCounter, type Totals } from './sample.ts';

const { values } = parseArgs({
  options: {
    bootstrap: { type: 'string', default: '' },
    warm: { type: 'string', default: '3' },
    ages: { type: 'boolean' },
  },
});
/** Nothing is to be cut short by it. */
const TIMEOUT_MS = 120_000;

/** Names of the reader's own requests by their number; those that set up a connection are not among them. */
const NAMES = new Map(Object.values(requests).map(({ name, versions }) => [versions[0]?.key, name]));
const counter = requestCounter();
const ignore = () => {};
connectionsApiChannel.subscribe({
  start: ({ connection, apiKey }) => {
    const { host, port } = connection as Connection;
    const name = NAMES.get(Number(apiKey));
    if (name !== undefined) counter.count(`${host}:${port}`, name);
  },
  end: ignore,
  asyncStart: ignore,
  asyncEnd: ignore,
  error: ignore,
});

const reader = createBatchReader({
  bootstrapBrokers: values.bootstrap,
  auth: 'plaintext',
  timeoutMs: TIMEOUT_MS,
  clock: systemClock,
});
const request = values.ages === true ? { ages: { rounds: 17, precisePartitions: 200 } } : {};
await reportReadings<ClusterReading>(
  { read: () => reader.read(request), takeRequests: counter.take, totalsOf, close: () => reader.close() },
  Number(values.warm),
);

function totalsOf({ groups, unreadableGroups, problems }: ClusterReading): Totals {
  const first = unreadableGroups[0]?.reason ?? problems[0]?.reason;
  if (first !== undefined) throw new Error(`the reading is not whole: ${first}`);
  const totals = { groups: groups.length, partitions: 0, lag: 0, unknown: 0, ages: 0 };
  for (const group of groups) {
    for (const { lag, age } of measureLag(group).partitions) {
      totals.partitions++;
      if (lag.kind !== 'known') totals.unknown++;
      else totals.lag += lag.value;
      if (lag.kind === 'known' && lag.value > 0 && age.kind === 'known') totals.ages++;
    }
  }
  return totals;
}
