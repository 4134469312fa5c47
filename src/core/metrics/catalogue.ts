/**
 * The one catalogue of metrics. Publishers, alarms and docs/metrics.md read it; nothing else names a metric.
 */
import { textDigest } from '#core/text/digest.ts';

/** CloudWatch namespace of everything the watcher publishes. */
export const NAMESPACE = 'MskLagWatcher';

export type MetricUnit = 'None' | 'Seconds' | 'Count' | 'Count/Second' | 'Milliseconds';
export type DimensionName = 'ClusterName' | 'AlarmShard' | 'ConsumerGroup' | 'Topic';

/** How much of the groups is published, from the least; `rates` and `topics` each have all of `default`, `all` has everything. */
export const METRICS_TIERS = ['minimal', 'default', 'rates', 'topics', 'all'] as const;
export type MetricsTier = (typeof METRICS_TIERS)[number];

interface MetricDefinition {
  readonly unit: MetricUnit;
  /** CloudWatch bills each set of their values as a metric: `seriesPer` says of what there is one. */
  readonly dimensions: readonly DimensionName[];
  /** The least `metricsTier` that publishes it: the one place that says so, of which `core/series-plan.ts` makes what a group gets. */
  readonly tier: MetricsTier;
  /** One sentence: what a value means, and when there is none. */
  readonly meaning: string;
}

export const METRICS = {
  LagRatio: {
    unit: 'None',
    dimensions: ['ClusterName', 'AlarmShard', 'ConsumerGroup'],
    tier: 'minimal',
    meaning:
      'How far behind the group is, 1 and above is too much: the worst of lag ÷ its threshold, age of the oldest unread record ÷ its threshold, and loss horizon ÷ time until retention deletes unread records. Topics that the group abandoned long ago take no part. Missing when part of lag or age is unknown and what is known is below 1. AlarmShard is the number of the lag alarm that watches the group.',
  },
  TimeLagSeconds: {
    unit: 'Seconds',
    dimensions: ['ClusterName', 'ConsumerGroup'],
    tier: 'default',
    meaning:
      'Age of the oldest record that the group has not read, 0 when nothing is unread; a lower bound where timestamps are out of order. Topics that the group abandoned long ago take no part. Missing when the age of one partition could not be found out closely, and with ageRounds 0.',
  },
  PartitionLag: {
    unit: 'Count',
    dimensions: ['ClusterName', 'ConsumerGroup'],
    tier: 'default',
    meaning:
      'Records of lag, one value per partition with a known lag, whatever its topic: Sum is the lag of the group, Maximum the worst partition, SampleCount the partitions measured. Partitions that could not be measured are in none of them.',
  },
  TopicLag: {
    unit: 'Count',
    dimensions: ['ClusterName', 'ConsumerGroup', 'Topic'],
    tier: 'topics',
    meaning: 'The same as PartitionLag, for one topic of the group.',
  },
  ProduceRate: {
    unit: 'Count/Second',
    dimensions: ['ClusterName', 'ConsumerGroup'],
    tier: 'rates',
    meaning:
      'Records that arrive per second on the partitions the group reads. Missing unless every partition was followed.',
  },
  ConsumeRate: {
    unit: 'Count/Second',
    dimensions: ['ClusterName', 'ConsumerGroup'],
    tier: 'rates',
    meaning: 'Records that the group reads per second. Under the same conditions as ProduceRate.',
  },
  TimeToDrainSeconds: {
    unit: 'Seconds',
    dimensions: ['ClusterName', 'ConsumerGroup'],
    tier: 'rates',
    meaning:
      'Time until the lag is worked off, if rates stay as they are. Missing when there is none, when it does not fall, and when it is not known.',
  },
  TimeToDataLossSeconds: {
    unit: 'Seconds',
    dimensions: ['ClusterName', 'ConsumerGroup'],
    tier: 'rates',
    meaning:
      'Time until retention deletes the first record that the group has not read, 0 when it does. Missing when retention gains on no unread record, and when it is not known: where the configuration of a topic may not be read, or limits its size alone, it takes an hour of history.',
  },
  LostRecords: {
    unit: 'Count',
    dimensions: ['ClusterName', 'ConsumerGroup'],
    tier: 'all',
    meaning:
      'Records between the commits of the group and later starts of their logs: deleted before the group read them. Missing when that of a partition is not known.',
  },
  Members: {
    unit: 'Count',
    dimensions: ['ClusterName', 'ConsumerGroup'],
    tier: 'all',
    meaning: 'Members of the group. Missing when they could not be read.',
  },
  UnassignedPartitions: {
    unit: 'Count',
    dimensions: ['ClusterName', 'ConsumerGroup'],
    tier: 'all',
    meaning:
      'Partitions with a commit of the group, of topics that it reads, that no member owns: all of them when it has no members. Missing when its members could not be read, and for a group whose consumers assign partitions to themselves.',
  },
  Rebalances: {
    unit: 'Count',
    dimensions: ['ClusterName', 'ConsumerGroup'],
    tier: 'all',
    meaning:
      '1 when members, assignment, epoch or state tell of a rebalance since the poll before, else 0: Sum counts those that were seen. Missing at the first poll of a group.',
  },
  Coverage: {
    unit: 'None',
    dimensions: ['ClusterName'],
    tier: 'minimal',
    meaning:
      'Partitions measured divided by partitions expected from commits and assignments, 0 to 1. Missing when it is not known how many there are: a broker did not list its groups, or a group or its members could not be read.',
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
    meaning: 'Consumer groups that are known to exist and whose offsets could not be read.',
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
    meaning: 'Series that metricsTier asks for and seriesBudget leaves out, 0 when all fit. Missing without a budget.',
  },
  GroupsUnwatched: {
    unit: 'Count',
    dimensions: ['ClusterName'],
    tier: 'minimal',
    meaning:
      'Groups that seriesBudget leaves without LagRatio, so that no lag alarm watches them; those that could not be read are among them. Missing without a budget.',
  },
  PollDurationMs: {
    unit: 'Milliseconds',
    dimensions: ['ClusterName'],
    tier: 'minimal',
    meaning: 'Time from the start of a poll to the handing over of its metrics.',
  },
  Heartbeat: {
    unit: 'Count',
    dimensions: ['ClusterName'],
    tier: 'minimal',
    meaning: '1 for each poll that read the cluster. Missing when the watcher is down or cannot reach any broker.',
  },
} as const satisfies Record<string, MetricDefinition>;

export type MetricName = keyof typeof METRICS;

/** Of what there is one series of a metric, each billed: of a cluster, of a group, or of a topic that a group reads. */
export function seriesPer(name: MetricName): 'cluster' | 'group' | 'topic of a group' {
  const dimensions: readonly DimensionName[] = METRICS[name].dimensions;
  if (dimensions.includes('Topic')) return 'topic of a group';
  return dimensions.includes('ConsumerGroup') ? 'group' : 'cluster';
}

/** One metric of one poll. */
export interface Metric {
  readonly name: MetricName;
  /** Raw names, as Kafka spells them; a publisher encodes them with `dimensionValue`. */
  readonly dimensions: Readonly<Partial<Record<DimensionName, string>>>;
  /** At least one finite number. */
  readonly values: readonly number[];
}

/** @see CloudWatch API reference, Dimension */
const MAX_DIMENSION = 1_024;

/**
 * A dimension value that CloudWatch takes: printable ASCII, at most 1,024 characters, never empty.
 * Everything else (and `%`) is percent-encoded, so that `decodeDimension` gives the name back.
 * Kafka limits group ids to 32,767 bytes only: a longer encoding is cut and ends in a digest, and is not reversible.
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
 * The name that `dimensionValue` encoded; undefined when it was cut, so that the name cannot be told. A text that it never
 * makes is returned as it is.
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
