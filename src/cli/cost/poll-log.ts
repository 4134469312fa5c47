/** The log of a poll, measured: the poll's own flow and publisher on a cluster of no group, and of one. */
import { createEmfPublisher } from '#adapters/cloudwatch/emf-publisher.ts';
import { systemClock } from '#adapters/system/clock.ts';
import type { Inventory, LogSize, PollLog } from '#core/cost/cost.ts';
import type { ClusterReading, GroupReading, PartitionReading } from '#core/kafka/model.ts';
import { absent, known } from '#core/kafka/reading.ts';
import { METRICS_TIERS, type MetricsTier } from '#core/metrics/catalogue.ts';
import { parseSettings } from '#core/settings.ts';
import { poll } from '#flows/poll.ts';
import { MemoryHistoryStore } from '#local/twins/history-store.ts';

/** Names of 24 characters, as a good part of names is. */
const GROUP = 'orders-billing-consumers';
const topicName = (topic: number): string => `orders-billing-records-${topic}`;
const STEP_MS = 60_000;

type Shape = Pick<Inventory, 'topicsPerGroup' | 'partitionsPerTopic'>;

/** Bytes and lines that one poll writes, for groups of this shape whose lag is of up to four digits. */
export async function measurePollLog(shape: Shape): Promise<PollLog> {
  const cluster = await sizeOf('minimal', shape, 0);
  const sizes = await Promise.all(
    METRICS_TIERS.map(async (tier) => {
      const { bytes, lines } = await sizeOf(tier, shape, 1);
      return [tier, { bytes: bytes - cluster.bytes, lines: lines - cluster.lines }] as const;
    }),
  );
  return { cluster, ...(Object.fromEntries(sizes) as Record<MetricsTier, LogSize>) };
}

/** Of the second poll: the first one knows no rates. */
async function sizeOf(metricsTier: MetricsTier, shape: Shape, groups: number): Promise<LogSize> {
  const settings = parseSettings({ clusterName: 'orders-production', bootstrapBrokers: 'b:9098', metricsTier });
  const startedAtMs = systemClock.nowMs() - STEP_MS;
  const history = new MemoryHistoryStore();
  let written: string[] = [];
  for (const atMs of [startedAtMs, startedAtMs + STEP_MS]) {
    written = [];
    const reading = readingAt(atMs, Array<GroupReading>(groups).fill(groupAt(atMs - startedAtMs, shape)));
    const offsets = { read: async () => reading, close: async () => {} };
    const metrics = createEmfPublisher({ write: (line) => written.push(line) });
    await poll({ settings, clock: { nowMs: () => atMs }, offsets, history, metrics });
  }
  return { bytes: written.reduce((sum, line) => sum + Buffer.byteLength(line), 0), lines: written.length };
}

function groupAt(elapsedMs: number, { topicsPerGroup, partitionsPerTopic }: Shape): GroupReading {
  const count = topicsPerGroup * partitionsPerTopic;
  const partitions = Array.from({ length: count }, (_, index): PartitionReading => {
    const end = known(BigInt(1_000_000 + elapsedMs));
    return {
      topic: topicName(Math.floor(index / partitionsPerTopic)),
      partition: index % partitionsPerTopic,
      committedOffset: known(BigInt(1_000_000 + elapsedMs - ((index * 37) % 10_000))),
      logStartOffset: known(0n),
      logEndOffset: end,
      lastStableOffset: end,
      age: known({ atLeastMs: 12_345, atMostMs: 12_400, proven: true }),
    };
  });
  return {
    groupId: GROUP,
    type: 'classic',
    kind: 'consumer',
    state: known('Stable'),
    assignor: absent,
    epoch: absent,
    members: known([]),
    partitions,
  };
}

const readingAt = (atMs: number, groups: readonly GroupReading[]): ClusterReading => ({
  atMs,
  groups,
  unreadableGroups: [],
  otherGroups: [],
  problems: [],
  topics: new Map(),
  openTransactions: absent,
  requests: 20,
});
