/** Rates from successive offsets: exact, free, and the same on every kind of cluster. */
import { z } from 'zod';
import type { GroupPolls, TimedSample } from '#core/history/history.ts';
import type { PartitionSeries } from '#core/history/partition-series.ts';
import type { TopicPartition } from '#core/kafka/model.ts';

export const partitionRatesSchema = z.object({
  topic: z.string(),
  partition: z.number(),
  /** Records produced per second: movement of the log end offset. */
  produceRate: z.number(),
  /** Records read per second: movement of the committed offset. */
  consumeRate: z.number(),
});
export type PartitionRates = z.infer<typeof partitionRatesSchema>;

export const groupRatesSchema = z.object({
  fromMs: z.number(),
  toMs: z.number(),
  /** Polls inside the window, both ends included; at least 2. */
  samples: z.number(),
  produceRate: z.number(),
  consumeRate: z.number(),
  /** Produce rate − consume rate: above 0 the group falls behind. */
  lagGrowthRate: z.number(),
  /**
   * Produce rate in the first and second half of the window. Absent with fewer than 3 samples, or
   * when the middle one read no partition.
   */
  produceTrend: z.object({ earlierPerSecond: z.number(), laterPerSecond: z.number() }).exactOptional(),
  partitions: z.array(partitionRatesSchema),
  /**
   * Partitions with a commit that are left out: not read at both ends of the window, or known only
   * from before a rewind, a truncation or a recreation of the topic. Partitions without a commit
   * have neither a rate nor a lag.
   */
  leftOut: z.number(),
});
export type GroupRates = z.infer<typeof groupRatesSchema>;

/** Rebalances seen in a window. */
export const rebalancesSchema = z.object({
  count: z.number(),
  /** Polls that were compared. */
  samples: z.number(),
});
export type Rebalances = z.infer<typeof rebalancesSchema>;

/**
 * Lag moves when its slope is above this share of the flow. Below it, the timing of polls alone
 * moves the slope.
 */
export const GROWTH_TOLERANCE = 0.05;

/**
 * Rates of a group over the polls within `[fromMs, newest]`, records per second.
 *
 * A rewind, a truncated log and a recreated topic end the past of their partition. The window
 * begins after such a break if two polls follow it; otherwise the partition is left out. `isRead`
 * excludes partitions that the group no longer reads. Undefined with fewer than two polls, or when
 * no partition was read at both ends.
 */
export function measureRates(
  { times: all, series }: GroupPolls,
  fromMs: number,
  isRead: (partition: TopicPartition) => boolean = () => true,
): GroupRates | undefined {
  const times = all.filter((atMs) => atMs >= fromMs);
  const toMs = times.pop();
  if (toMs === undefined) return undefined;
  const followed = series.filter((each) => isRead(each) && !each.isUncommittedAt(each.length - 1)).map(follow);
  const isEveryAt = (atMs: number) => followed.every((each) => indexAt(each, atMs) !== undefined);
  const startMs = (isEveryAt(toMs) ? times.find(isEveryAt) : undefined) ?? times[0];
  if (startMs === undefined) return undefined;
  const partitions = ratesBetween(followed, startMs, toMs);
  if (partitions.length === 0) return undefined;
  const produceRate = total(partitions, 'produceRate');
  const consumeRate = total(partitions, 'consumeRate');
  const window = [...times.filter((atMs) => atMs >= startMs), toMs];
  return {
    fromMs: startMs,
    toMs,
    samples: window.length,
    produceRate,
    consumeRate,
    lagGrowthRate: produceRate - consumeRate,
    ...produceTrend(followed, window),
    partitions,
    leftOut: followed.length - partitions.length,
  };
}

/**
 * Polls at which members, assignment, epoch or state show a rebalance since the previous sample.
 */
export function countRebalances(samples: readonly TimedSample[], fromMs: number): Rebalances {
  const window = samples.filter((sample) => sample.atMs >= fromMs);
  const count = window.filter((after, i) => {
    const before = window[i - 1];
    return before !== undefined && isRebalanced(before, after);
  }).length;
  return { count, samples: window.length };
}

function isRebalanced(before: TimedSample, after: TimedSample): boolean {
  const isOther = (field: 'assignment' | 'members' | 'epoch') =>
    before[field] !== undefined && after[field] !== undefined && before[field] !== after[field];
  const isUnsettled = after.state !== undefined && after.state !== 'Stable' && after.state !== 'Empty';
  return isUnsettled || isOther('assignment') || isOther('members') || isOther('epoch');
}

/** A partition since its last rewind. */
interface Followed {
  readonly series: PartitionSeries;
  /** Index of the first poll since. */
  readonly from: number;
}

function follow(series: PartitionSeries): Followed {
  let from = 0;
  let last = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < series.length; i++) {
    if (!series.isReadAt(i)) continue;
    const committed = series.commitAt(i);
    if (committed < last) from = i;
    last = committed;
  }
  return { series, from };
}

/**
 * Index of the poll at a time; undefined when one of the offsets was not read, or when the poll is
 * from before the rewind.
 */
function indexAt({ series, from }: Followed, atMs: number): number | undefined {
  const index = series.indexOf(atMs, from);
  return index !== undefined && series.isReadAt(index) ? index : undefined;
}

function ratesBetween(followed: readonly Followed[], fromMs: number, toMs: number): PartitionRates[] {
  const ms = toMs - fromMs;
  const rates: PartitionRates[] = [];
  for (const each of followed) {
    const before = indexAt(each, fromMs);
    const after = indexAt(each, toMs);
    if (before === undefined || after === undefined) continue;
    const { series } = each;
    rates.push({
      topic: series.topic,
      partition: series.partition,
      produceRate: ((series.endAt(after) - series.endAt(before)) * 1000) / ms,
      consumeRate: ((series.commitAt(after) - series.commitAt(before)) * 1000) / ms,
    });
  }
  return rates;
}

/**
 * Produce rate in both halves of the window, over the same partitions. Empty with fewer than three
 * polls, or when no partition was read at all three.
 */
function produceTrend(followed: readonly Followed[], window: readonly number[]): Pick<GroupRates, 'produceTrend'> {
  const first = window[0];
  const middle = window[Math.floor(window.length / 2)];
  const last = window.at(-1);
  if (window.length < 3 || first === undefined || middle === undefined || last === undefined) return {};
  const trend = { earlierPerSecond: 0, laterPerSecond: 0 };
  let isKnown = false;
  for (const each of followed) {
    const { series } = each;
    const from = indexAt(each, first);
    const half = indexAt(each, middle);
    const to = indexAt(each, last);
    if (from === undefined || half === undefined || to === undefined) continue;
    isKnown = true;
    trend.earlierPerSecond += ((series.endAt(half) - series.endAt(from)) * 1000) / (middle - first);
    trend.laterPerSecond += ((series.endAt(to) - series.endAt(half)) * 1000) / (last - middle);
  }
  return isKnown ? { produceTrend: trend } : {};
}

function total(partitions: readonly PartitionRates[], field: 'produceRate' | 'consumeRate'): number {
  return partitions.reduce((sum, partition) => sum + partition[field], 0);
}
