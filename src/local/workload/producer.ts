/**
 * A producer with a steady rate and a distribution over keys.
 *
 * Run as a child process; it ends with its parent. The number of records is a function of time
 * alone: what is late is made up for. Usage: `node producer.ts --bootstrap host:port --topic t
 * --rate 400 [--distribution even|hot:0.8] [--record-bytes 100]`
 */
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Kafka, Message } from 'kafkajs';
import { type Distribution, hotBefore, parseDistribution } from './distribution.ts';
import { endOnRequest, positive, quietKafka, report, required } from './process.ts';

const BATCH_INTERVAL_MS = 50;
/** Most records in one request while catching up. */
const MAX_BATCH = 2_000;

const { values: flags } = parseArgs({
  options: {
    bootstrap: { type: 'string' },
    topic: { type: 'string' },
    rate: { type: 'string' },
    distribution: { type: 'string', default: 'even' },
    'record-bytes': { type: 'string', default: '100' },
  },
});

const topic = required('topic', flags.topic);
const rate = positive('rate', required('rate', flags.rate));
const distribution = parseDistribution(flags.distribution);
const value = 'x'.repeat(positive('record-bytes', flags['record-bytes']));
const kafka = quietKafka(required('bootstrap', flags.bootstrap), 'lag-stand-producer');
const producer = kafka.producer();
const stopping = new AbortController();
let sent = 0;
let finished: Promise<void> = Promise.resolve();

endOnRequest(async () => {
  stopping.abort();
  await finished;
  report({ event: 'ended', sent });
  await producer.disconnect();
});
await producer.connect();
const partitions = await countPartitions(kafka);
finished = produce();
await finished;

async function produce(): Promise<void> {
  const startedAt = performance.now();
  while (!stopping.signal.aborted) {
    const due = Math.floor(((performance.now() - startedAt) / 1_000) * rate) - sent;
    if (due > 0) await send(Math.min(due, MAX_BATCH));
    if (due <= MAX_BATCH) await delay(BATCH_INTERVAL_MS, undefined, { signal: stopping.signal }).catch(() => {});
  }
}

async function send(count: number): Promise<void> {
  const messages = Array.from({ length: count }, (_, i) => toMessage(sent + i, distribution));
  await producer.send({ topic, messages });
  if (sent === 0) report({ event: 'produced' });
  sent += count;
}

/** The hot key goes where Kafka's own partitioner puts it; the rest go round robin. */
function toMessage(index: number, { hotShare }: Distribution): Message {
  const hot = hotBefore(index, hotShare);
  if (hotBefore(index + 1, hotShare) > hot) return { key: 'hot', value };
  const even = index - hot;
  return { key: `key-${even}`, value, partition: even % partitions };
}

async function countPartitions(client: Kafka): Promise<number> {
  const admin = client.admin();
  await admin.connect();
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return topics[0]?.partitions.length ?? 0;
  } finally {
    await admin.disconnect();
  }
}
