/** What one poll publishes, in the words of the catalogue. */
import type { Reading } from './kafka.ts';
import type { GroupLag, PartitionLag } from './lag.ts';
import type { Metric, MetricName } from './metrics.ts';
import type { GroupRates } from './rates.ts';

/** Health of one poll, beside the groups' lag. */
export interface PollHealth {
  readonly groupsRead: number;
  readonly groupsUnreadable: number;
  readonly kafkaRequests: number;
  readonly durationMs: number;
  /** Absent when it is not known how many partitions are expected. */
  readonly coverage?: number;
  /** Series that a budget leaves out; absent without a budget. */
  readonly seriesDropped?: number;
}

/** Lag and health of one poll, in every detail: `core/series-plan.ts` tells which of it a group publishes. */
export function toMetrics(clusterName: string, groups: readonly GroupLag[], health: PollHealth): Metric[] {
  const metrics: Metric[] = groups.flatMap((group) => groupMetrics(clusterName, group));
  const add = (name: MetricName, value: number) =>
    metrics.push({ name, dimensions: { ClusterName: clusterName }, values: [value] });
  if (health.coverage !== undefined) add('Coverage', health.coverage);
  add('GroupsRead', health.groupsRead);
  add('GroupsUnreadable', health.groupsUnreadable);
  add('KafkaRequests', health.kafkaRequests);
  if (health.seriesDropped !== undefined) add('SeriesDropped', health.seriesDropped);
  add('PollDurationMs', health.durationMs);
  add('Heartbeat', 1);
  return metrics;
}

/** Ages of groups; nothing for a group whose age is not known. */
export function ageMetrics(clusterName: string, ages: ReadonlyMap<string, Reading<number>>): Metric[] {
  return [...ages].flatMap(([groupId, age]): Metric[] => {
    if (age.kind !== 'known') return [];
    const dimensions = { ClusterName: clusterName, ConsumerGroup: groupId };
    return [{ name: 'TimeLagSeconds', dimensions, values: [age.value / 1000] }];
  });
}

/** Rates by group id; nothing for a group of which a partition could not be followed. */
export function rateMetrics(clusterName: string, rates: ReadonlyMap<string, GroupRates>): Metric[] {
  return [...rates].flatMap(([groupId, { arrivalPerSecond, consumePerSecond, leftOut }]): Metric[] => {
    const dimensions = { ClusterName: clusterName, ConsumerGroup: groupId };
    if (leftOut > 0) return [];
    return [
      { name: 'ProduceRate', dimensions, values: [arrivalPerSecond] },
      { name: 'ConsumeRate', dimensions, values: [consumePerSecond] },
    ];
  });
}

function groupMetrics(clusterName: string, group: GroupLag): Metric[] {
  const dimensions = { ClusterName: clusterName, ConsumerGroup: group.groupId };
  const metrics: Metric[] = [];
  // A lower bound below the threshold says nothing: publishing it would look like recovery.
  if (group.ratio !== undefined && (group.complete || group.ratio >= 1)) {
    metrics.push({ name: 'LagRatio', dimensions, values: [group.ratio] });
  }
  const values = knownLags(group.partitions);
  if (values.length > 0) metrics.push({ name: 'PartitionLag', dimensions, values });
  for (const [topic, partitions] of Map.groupBy(group.partitions, (p) => p.topic)) {
    const values = knownLags(partitions);
    if (values.length > 0) metrics.push({ name: 'TopicLag', dimensions: { ...dimensions, Topic: topic }, values });
  }
  return metrics;
}

const knownLags = (partitions: readonly PartitionLag[]): number[] =>
  partitions.flatMap(({ lag }) => (lag.kind === 'known' ? [lag.value] : []));
