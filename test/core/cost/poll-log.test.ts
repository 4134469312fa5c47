import { expect, it } from 'vitest';
import { createEmfPublisher } from '#adapters/cloudwatch/emf-publisher.ts';
import { MemoryHistoryStore } from '#adapters/memory/history-store.ts';
import type { LogSize } from '#core/cost/cost.ts';
import { pollLogOf } from '#core/cost/poll-log.ts';
import type { GroupReading, PartitionReading } from '#core/kafka/model.ts';
import { known } from '#core/kafka/reading.ts';
import { METRICS_TIERS, type MetricsTier } from '#core/metrics/catalogue.ts';
import { parseSettings } from '#core/settings.ts';
import { poll } from '#flows/poll.ts';
import { clusterReadingOf, groupReadingOf } from '#test/support/groups/readings.ts';

const STARTED_AT_MS = Date.UTC(2026, 0, 5, 3);
const STEP_MS = 60_000;

type Shape = readonly [topicsPerGroup: number, partitionsPerTopic: number];

/** Bytes and lines of the second poll, which has rates, with the real flow and publisher. */
async function measure(metricsTier: MetricsTier, shape?: Shape): Promise<LogSize> {
  const settings = parseSettings({ clusterName: 'orders-production', bootstrapBrokers: 'b:9098', metricsTier });
  const history = new MemoryHistoryStore();
  let written: string[] = [];
  for (const elapsedMs of [0, STEP_MS]) {
    written = [];
    const atMs = STARTED_AT_MS + elapsedMs;
    const reading = clusterReadingOf(atMs, shape === undefined ? [] : [groupOf(elapsedMs, shape)]);
    const offsets = { read: async () => reading, close: async () => {} };
    const metrics = createEmfPublisher({ write: (line) => written.push(line) });
    await poll({ settings, clock: { nowMs: () => atMs }, offsets, history, metrics });
  }
  return { bytes: written.reduce((sum, line) => sum + Buffer.byteLength(line), 0), lines: written.length };
}

function groupOf(elapsedMs: number, [topicsPerGroup, partitionsPerTopic]: Shape): GroupReading {
  const end = known(BigInt(1_000_000 + elapsedMs));
  const partitions = Array.from({ length: topicsPerGroup * partitionsPerTopic }, (_, index): PartitionReading => {
    return {
      topic: `orders-billing-records-${Math.floor(index / partitionsPerTopic)}`,
      partition: index % partitionsPerTopic,
      committedOffset: known(BigInt(1_000_000 + elapsedMs - ((index * 37) % 10_000))),
      logStartOffset: known(0n),
      logEndOffset: end,
      lastStableOffset: end,
      age: known({ atLeastMs: 12_345, atMostMs: 12_400, proven: true }),
    };
  });
  return { ...groupReadingOf({ groupId: 'orders-billing-consumers', members: 0, state: known('Stable') }), partitions };
}

const SHAPES: readonly Shape[] = [
  [1, 1],
  [1, 10],
  [3, 24],
  [3, 100],
  [1, 101],
  [10, 24],
  [1, 1_000],
];

it.each(SHAPES)('a poll writes what the constants say: %d topics of %d partitions', async (...shape) => {
  const log = pollLogOf({ topicsPerGroup: shape[0], partitionsPerTopic: shape[1] });
  const cluster = await measure('minimal');
  expectNear(log.cluster, cluster);

  for (const tier of METRICS_TIERS) {
    const { bytes, lines } = await measure(tier, shape);
    expectNear(log[tier], { bytes: bytes - cluster.bytes, lines: lines - cluster.lines });
  }
});

function expectNear(said: LogSize, measured: LogSize): void {
  expect(said.lines).toBe(measured.lines);
  expect(Math.abs(said.bytes / measured.bytes - 1)).toBeLessThan(0.1);
}
