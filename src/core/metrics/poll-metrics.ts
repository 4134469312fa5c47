/** The metrics of one poll. */

import { ratesOfWhole } from '#core/group/past.ts';
import type { GroupView } from '#core/group/view.ts';
import type { Reading } from '#core/kafka/reading.ts';
import { lagOver, type PartitionLag } from '#core/lag/lag.ts';
import { alarmShardOf } from './alarm-shards.ts';
import type { Metric, MetricName } from './catalogue.ts';

/** Health of one poll. */
export interface PollHealth {
  readonly groupsRead: number;
  readonly groupsUnreadable: number;
  readonly kafkaRequests: number;
  readonly durationMs: number;
  /** 0 to 1; absent when the count of expected partitions is not known. */
  readonly coverage?: number;
  /** Series that a budget leaves out; absent without a budget. */
  readonly seriesDropped?: number;
  /** Groups that the budget leaves without a series; absent without a budget. */
  readonly groupsUnwatched?: number;
}

/** The settings behind the dimensions of metrics. */
export interface MetricsContext {
  readonly clusterName: string;
  readonly alarmShards: number;
}

/** The metrics of the cluster itself. */
export function clusterMetrics({ clusterName }: Pick<MetricsContext, 'clusterName'>, health: PollHealth): Metric[] {
  const metrics: Metric[] = [];
  const add = (name: MetricName, value: number) =>
    metrics.push({ name, dimensions: { ClusterName: clusterName }, values: [value] });
  if (health.coverage !== undefined) add('Coverage', health.coverage);
  add('GroupsRead', health.groupsRead);
  add('GroupsUnreadable', health.groupsUnreadable);
  add('KafkaRequests', health.kafkaRequests);
  if (health.seriesDropped !== undefined) add('SeriesDropped', health.seriesDropped);
  if (health.groupsUnwatched !== undefined) add('GroupsUnwatched', health.groupsUnwatched);
  add('PollDurationMs', health.durationMs);
  add('Heartbeat', 1);
  return metrics;
}

/** All metrics of one group. A `SeriesPlan` decides which of them are published. */
export function groupMetrics({ clusterName, alarmShards }: MetricsContext, group: GroupView): Metric[] {
  const { groupId, partitions, past, ratio } = group;
  const dimensions = { ClusterName: clusterName, ConsumerGroup: groupId };
  const metrics: Metric[] = [];
  const add = (name: MetricName, values: readonly number[], more: Metric['dimensions'] = {}) => {
    if (values.length > 0) metrics.push({ name, dimensions: { ...dimensions, ...more }, values });
  };
  const addKnown = <T>(name: MetricName, reading: Reading<T>, numberOf: (value: T) => number) =>
    add(name, reading.kind === 'known' ? [numberOf(reading.value)] : []);
  // A lower bound below 1 says nothing: publishing it would look like recovery.
  if (ratio.kind === 'known' && (ratio.value.complete || ratio.value.value >= 1)) {
    add('LagRatio', [ratio.value.value], { AlarmShard: `${alarmShardOf(groupId, alarmShards)}` });
  }
  addKnown('TimeLagSeconds', group.ageMs, (ms) => ms / 1000);
  add('PartitionLag', knownLags(partitions));
  for (const [topic, ofTopic] of Map.groupBy(partitions, (p) => p.topic)) {
    add('TopicLag', knownLags(ofTopic), { Topic: topic });
  }
  const rates = ratesOfWhole(past.rates);
  addKnown('ProduceRate', rates, ({ produceRate }) => produceRate);
  addKnown('ConsumeRate', rates, ({ consumeRate }) => consumeRate);
  addKnown('TimeToDrainSeconds', past.timeToDrain, ({ seconds }) => seconds);
  addKnown('TimeToDataLossSeconds', past.timeToDataLoss, ({ seconds }) => seconds);
  addKnown('LostRecords', lostBy(partitions), (records) => records);
  addKnown('Members', group.memberCount, (count) => count);
  addKnown('UnassignedPartitions', group.unassigned, (count) => count);
  addKnown('Rebalances', group.rebalanced, (rebalanced) => (rebalanced ? 1 : 0));
  return metrics;
}

const knownLags = (partitions: readonly PartitionLag[]): number[] =>
  partitions.flatMap(({ lag }) => (lag.kind === 'known' ? [lag.value] : []));

/** Lost records of all partitions. Unknown when those of one are; absent without a commit. */
const lostBy = (partitions: readonly PartitionLag[]): Reading<number> =>
  lagOver(partitions.map(({ lost: lag }) => ({ lag })));
