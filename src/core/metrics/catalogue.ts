/** The catalogue of metrics. Publishers, alarms and docs/metrics.md read it. */
import { textDigest } from '#core/text/digest.ts';

/** CloudWatch namespace of everything the watcher publishes. */
export const NAMESPACE = 'MskLagWatcher';

export type MetricUnit = 'None' | 'Seconds' | 'Count' | 'Count/Second' | 'Milliseconds';
export type DimensionName = 'ClusterName' | 'AlarmShard' | 'ConsumerGroup' | 'Topic';

/**
 * How much is published of a group, least first. `rates` and `topics` contain `default`; `all`
 * contains everything.
 */
export const METRICS_TIERS = ['minimal', 'default', 'rates', 'topics', 'all'] as const;
export type MetricsTier = (typeof METRICS_TIERS)[number];

interface MetricDefinition {
  readonly unit: MetricUnit;
  /** CloudWatch bills each set of their values as a metric. */
  readonly dimensions: readonly DimensionName[];
  /** The least `metricsTier` that publishes it. */
  readonly tier: MetricsTier;
  /** What a value means, and when there is none; for docs and dashboards. */
  readonly meaning: string;
}

export const METRICS = {
  LagRatio: {
    unit: 'None',
    dimensions: ['ClusterName', 'AlarmShard', 'ConsumerGroup'],
    tier: 'minimal',
    meaning:
      'Lag of the group relative to its thresholds; 1 and above is too much. The largest of: lag ÷ its threshold, age of the oldest unread record ÷ its threshold, and data loss horizon ÷ time to data loss. Topics that the group abandoned long ago do not count. Missing when a part of lag or age is unknown and the known part is below 1. AlarmShard is the number of the lag alarm that watches the group.',
  },
  TimeLagSeconds: {
    unit: 'Seconds',
    dimensions: ['ClusterName', 'ConsumerGroup'],
    tier: 'default',
    meaning:
      'Age of the oldest record that the group has not read; 0 when nothing is unread. A lower bound when timestamps are out of order. Topics that the group abandoned long ago do not count. Missing when the age of one partition is not known closely, and with ageRounds 0.',
  },
  PartitionLag: {
    unit: 'Count',
    dimensions: ['ClusterName', 'ConsumerGroup'],
    tier: 'default',
    meaning:
      'Unread records, one value for each partition with a known lag. Sum is the lag of the group, Maximum is the worst partition, SampleCount is the count of measured partitions. Partitions that could not be measured are missing from all three.',
  },
  TopicLag: {
    unit: 'Count',
    dimensions: ['ClusterName', 'ConsumerGroup', 'Topic'],
    tier: 'topics',
    meaning: 'PartitionLag for one topic of the group.',
  },
  ProduceRate: {
    unit: 'Count/Second',
    dimensions: ['ClusterName', 'ConsumerGroup'],
    tier: 'rates',
    meaning:
      'Records produced per second on the partitions that the group reads. Missing unless the rate of every partition is known.',
  },
  ConsumeRate: {
    unit: 'Count/Second',
    dimensions: ['ClusterName', 'ConsumerGroup'],
    tier: 'rates',
    meaning: 'Records that the group reads per second. Missing when ProduceRate is.',
  },
  TimeToDrainSeconds: {
    unit: 'Seconds',
    dimensions: ['ClusterName', 'ConsumerGroup'],
    tier: 'rates',
    meaning:
      'Time until the group has read everything, at current rates. Missing without lag, when lag does not fall, and when rates are unknown.',
  },
  TimeToDataLossSeconds: {
    unit: 'Seconds',
    dimensions: ['ClusterName', 'ConsumerGroup'],
    tier: 'rates',
    meaning:
      'Time until retention deletes the first unread record; 0 when it already deletes them. Missing when retention reaches no unread record, and when that is unknown. Without permission to read the configuration of a topic, and for a topic with only a size limit, it needs an hour of history.',
  },
  LostRecords: {
    unit: 'Count',
    dimensions: ['ClusterName', 'ConsumerGroup'],
    tier: 'all',
    meaning:
      'Records that retention deleted before the group read them: those between a commit and a later log start. Missing when the count of one partition is unknown.',
  },
  Members: {
    unit: 'Count',
    dimensions: ['ClusterName', 'ConsumerGroup'],
    tier: 'all',
    meaning: 'Count of members of the group. Missing when they could not be read.',
  },
  UnassignedPartitions: {
    unit: 'Count',
    dimensions: ['ClusterName', 'ConsumerGroup'],
    tier: 'all',
    meaning:
      'Partitions without an owner, among those with a commit of the group on topics that it reads; all of them when it has no members. Missing when the members could not be read, and for a group whose consumers assign partitions to themselves.',
  },
  Rebalances: {
    unit: 'Count',
    dimensions: ['ClusterName', 'ConsumerGroup'],
    tier: 'all',
    meaning:
      '1 when members, assignment, epoch or state show a rebalance since the last poll, else 0. Sum counts the observed rebalances. Missing at the first poll of a group.',
  },
  Coverage: {
    unit: 'None',
    dimensions: ['ClusterName'],
    tier: 'minimal',
    meaning:
      'Measured partitions ÷ partitions expected from commits and assignments, 0 to 1. Missing when the expected count is unknown: a broker did not list its groups, or a group or its members could not be read.',
  },
  GroupsRead: {
    unit: 'Count',
    dimensions: ['ClusterName'],
    tier: 'minimal',
    meaning: 'Consumer groups whose offsets were read.',
  },
  GroupsUnreadable: {
    unit: 'Count',
    dimensions: ['ClusterName'],
    tier: 'minimal',
    meaning: 'Consumer groups that exist but whose offsets could not be read.',
  },
  KafkaRequests: {
    unit: 'Count',
    dimensions: ['ClusterName'],
    tier: 'minimal',
    meaning: 'Kafka requests sent for the poll.',
  },
  SeriesDropped: {
    unit: 'Count',
    dimensions: ['ClusterName'],
    tier: 'minimal',
    meaning: 'Series that metricsTier contains and seriesBudget leaves out; 0 when all fit. Missing without a budget.',
  },
  GroupsUnwatched: {
    unit: 'Count',
    dimensions: ['ClusterName'],
    tier: 'minimal',
    meaning:
      'Groups that seriesBudget leaves without LagRatio, so no lag alarm watches them. They include groups that could not be read. Missing without a budget.',
  },
  PollDurationMs: {
    unit: 'Milliseconds',
    dimensions: ['ClusterName'],
    tier: 'minimal',
    meaning: 'Time from the start of a poll until its metrics are published.',
  },
  Heartbeat: {
    unit: 'Count',
    dimensions: ['ClusterName'],
    tier: 'minimal',
    meaning: '1 for each poll that read the cluster. Missing when the watcher is down or cannot reach any broker.',
  },
} as const satisfies Record<string, MetricDefinition>;

export type MetricName = keyof typeof METRICS;

/** What has one series of a metric each: a cluster, a group, or a topic that a group reads. */
export function seriesPer(name: MetricName): 'cluster' | 'group' | 'topic of a group' {
  const dimensions: readonly DimensionName[] = METRICS[name].dimensions;
  if (dimensions.includes('Topic')) return 'topic of a group';
  return dimensions.includes('ConsumerGroup') ? 'group' : 'cluster';
}

/** One metric of one poll. */
export interface Metric {
  readonly name: MetricName;
  /** Names as in Kafka; a publisher encodes them with `dimensionValue`. */
  readonly dimensions: Readonly<Partial<Record<DimensionName, string>>>;
  /** At least one finite number. */
  readonly values: readonly number[];
}

/** @see CloudWatch API reference, Dimension */
const MAX_DIMENSION = 1_024;

/**
 * A dimension value that CloudWatch accepts: printable ASCII without spaces, 1 to 1,024 characters.
 * Other bytes and `%` are percent-encoded, and `decodeDimension` decodes them. A group id may have
 * 32,767 bytes: a value that is too long is cut and ends in a digest. It cannot be decoded.
 */
export function dimensionValue(name: string): string {
  const encoded = Array.from(new TextEncoder().encode(name), (byte) =>
    byte > 0x20 && byte < 0x7f && byte !== 0x25
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
  ).join('');
  if (encoded === '') return '%';
  if (encoded.length <= MAX_DIMENSION) return encoded;
  const digest = `~${textDigest(encoded)}`;
  return encoded.slice(0, MAX_DIMENSION - digest.length) + digest;
}

/**
 * The name that `dimensionValue` encoded; undefined when the value was cut. A text that it never
 * returns stays as it is.
 */
export function decodeDimension(value: string): string | undefined {
  if (value === '%') return '';
  if (value.length === MAX_DIMENSION && /~[0-9a-z]{14}$/.test(value)) return undefined;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
