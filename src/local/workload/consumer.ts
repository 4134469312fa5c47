/**
 * One consumer that stands for one ECS task: a real group member that takes a given time for each
 * record.
 *
 * Run as a child process; it ends with its parent. Usage:
 * `node consumer.ts --bootstrap host:port --group g --topic t --client-id c --ms-per-record 10
 * [--spin]`
 */
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import { Pace } from './pace.ts';
import { endOnRequest, positive, quietKafka, report, required } from './process.ts';

/**
 * Small fetches: a busy partition does not keep the others waiting, and a rebalance does not wait
 * long.
 */
const FETCH = { maxBytesPerPartition: 4_096, maxBytes: 65_536, maxWaitTimeInMs: 200 };
const GROUP = { sessionTimeout: 10_000, rebalanceTimeout: 10_000, heartbeatInterval: 500 };
const COMMIT_INTERVAL_MS = 500;
/**
 * A member that leaves while it joins would stay in the group as a ghost until its session times
 * out.
 */
const JOIN_BEFORE_LEAVE_MS = 1_000;

const { values: flags } = parseArgs({
  options: {
    bootstrap: { type: 'string' },
    group: { type: 'string' },
    topic: { type: 'string' },
    'client-id': { type: 'string' },
    'ms-per-record': { type: 'string', default: '10' },
    spin: { type: 'boolean', default: false },
  },
});

const stopping = new AbortController();
const joined = new AbortController();
const kafka = quietKafka(required('bootstrap', flags.bootstrap), required('client-id', flags['client-id']));
const consumer = kafka.consumer({ groupId: required('group', flags.group), ...GROUP, ...FETCH });
const pace = new Pace({
  msPerRecord: positive('ms-per-record', flags['ms-per-record']),
  spin: flags.spin,
  signal: stopping.signal,
});
/**
 * Set between the notice of a rebalance and the next assignment: what was fetched before is not
 * ours any more.
 */
let rebalancing = false;

endOnRequest(async () => {
  stopping.abort();
  if (!joined.signal.aborted) await Promise.race([once(joined.signal, 'abort'), delay(JOIN_BEFORE_LEAVE_MS)]);
  await consumer.disconnect();
});
watch(consumer);
await consumer.connect();
await consumer.subscribe({ topics: [required('topic', flags.topic)], fromBeginning: true });
await consumer.run({ eachBatch, eachBatchAutoResolve: false, autoCommitInterval: COMMIT_INTERVAL_MS });

function watch({ on, events }: Consumer): void {
  on(events.GROUP_JOIN, ({ payload }) => {
    rebalancing = false;
    joined.abort();
    const partitions = Object.values(payload.memberAssignment).reduce((sum, list) => sum + list.length, 0);
    report({ event: 'joined', partitions });
  });
  on(events.CRASH, ({ payload }) => {
    // kafkajs starts again by itself after what may pass; the rest is for the service to deal with.
    if (!payload.restart) process.exit(1);
  });
}

async function eachBatch({
  batch,
  resolveOffset,
  heartbeat,
  commitOffsetsIfNecessary,
}: EachBatchPayload): Promise<void> {
  for (const message of batch.messages) {
    if (stopping.signal.aborted || rebalancing) return;
    try {
      await pace.spend(heartbeat);
      resolveOffset(message.offset);
      await heartbeat();
      await commitOffsetsIfNecessary();
    } catch (error) {
      if (stopping.signal.aborted) return;
      rebalancing = true;
      throw error;
    }
  }
}
