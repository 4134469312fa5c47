/** Rates from successive offsets: exact, free, and the same on every kind of cluster. */
import { z } from 'zod';
import type { TimedSample } from './history.ts';
import type { TopicPartition } from './kafka.ts';
import { type PartitionSeries, seriesOf } from './partition-series.ts';

export const partitionRatesSchema = z.object({
  topic: z.string(),
  partition: z.number(),
  /** Records produced per second: movement of the log end offset. */
  arrivalPerSecond: z.number(),
  /** Records read per second: movement of the committed offset. */
  consumePerSecond: z.number(),
});
export type PartitionRates = z.infer<typeof partitionRatesSchema>;

export const groupRatesSchema = z.object({
  fromMs: z.number(),
  toMs: z.number(),
  /** Polls inside the window, both ends included; at least 2. */
  samples: z.number(),
  arrivalPerSecond: z.number(),
  consumePerSecond: z.number(),
  /** arrival − consume: above 0 the group falls behind. */
  lagVelocityPerSecond: z.number(),
  /** Arrival in the first and second half of the window; absent with fewer than 3 samples. */
  arrivalTrend: z.object({ earlierPerSecond: z.number(), laterPerSecond: z.number() }).exactOptional(),
  partitions: z.array(partitionRatesSchema),
  /**
   * Partitions left out though the group has a commit there: not read at both ends of the window, or all that is known is
   * from before a rewind, a truncation or another topic of that name. Partitions without a commit have no rate, as they have
   * no lag.
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

/** Lag moves when its slope is above this share of what flows: below it, a poll's timing alone moves the slope. */
export const GROWTH_TOLERANCE = 0.05;

/**
 * Rates of a group over the samples within `[fromMs, newest]`, records per second.
 *
 * A rewind, a truncated log and a topic that was made again end the past of their partition: the window begins behind them
 * where two polls lie behind them, and else the partition is left out. `isRead` leaves out partitions that the group does
 * not read any more.
 * Undefined with fewer than two polls, or when no partition was read at both ends: too little is known.
 */
export function measureRates(
  samples: readonly TimedSample[],
  fromMs: number,
  isRead: (partition: TopicPartition) => boolean = () => true,
): GroupRates | undefined {
  const inWindow = samples.filter((sample) => sample.atMs >= fromMs);
  const times = inWindow.map(({ atMs }) => atMs);
  const toMs = times.pop();
  if (toMs === undefined) return undefined;
  const followed = seriesOf(inWindow).filter(isRead).filter(hasCommit).map(follow);
  const startMs = times.find((atMs) => followed.every(({ at }) => at.has(atMs) && at.has(toMs))) ?? times[0];
  if (startMs === undefined) return undefined;
  const partitions = ratesBetween(followed, startMs, toMs);
  if (partitions.length === 0) return undefined;
  const arrivalPerSecond = total(partitions, 'arrivalPerSecond');
  const consumePerSecond = total(partitions, 'consumePerSecond');
  const window = [...times.filter((atMs) => atMs >= startMs), toMs];
  return {
    fromMs: startMs,
    toMs,
    samples: window.length,
    arrivalPerSecond,
    consumePerSecond,
    lagVelocityPerSecond: arrivalPerSecond - consumePerSecond,
    ...arrivalTrend(followed, window),
    partitions,
    leftOut: followed.length - partitions.length,
  };
}

/** Times in a row at which members, assignment, epoch or state tell of a rebalance since the sample before. */
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

/** A partition by the times at which both of its offsets are known, none of them from before a rewind. */
interface Followed extends TopicPartition {
  readonly at: ReadonlyMap<number, Moved>;
}

interface Moved {
  readonly committed: bigint;
  readonly end: bigint;
}

const hasCommit = ({ newest }: PartitionSeries): boolean => newest.uncommitted === undefined;

function follow({ topic, partition, points }: PartitionSeries): Followed {
  const at = new Map<number, Moved>();
  let last: bigint | undefined;
  for (const { atMs, sample } of points) {
    const { committedOffset: committed, logEndOffset: end } = sample;
    if (committed === undefined || end === undefined) continue;
    if (last !== undefined && committed < last) at.clear();
    at.set(atMs, { committed, end });
    last = committed;
  }
  return { topic, partition, at };
}

function ratesBetween(followed: readonly Followed[], fromMs: number, toMs: number): PartitionRates[] {
  const seconds = (toMs - fromMs) / 1000;
  return followed.flatMap(({ topic, partition, at }) => {
    const [before, after] = [at.get(fromMs), at.get(toMs)];
    if (before === undefined || after === undefined) return [];
    return [
      {
        topic,
        partition,
        arrivalPerSecond: Number(after.end - before.end) / seconds,
        consumePerSecond: Number(after.committed - before.committed) / seconds,
      },
    ];
  });
}

/** Arrival in both halves of the window; nothing with fewer than three polls. */
function arrivalTrend(followed: readonly Followed[], window: readonly number[]): Pick<GroupRates, 'arrivalTrend'> {
  if (window.length < 3) return {};
  const [first, middle, last] = [0, Math.floor(window.length / 2), -1].map((i) => window.at(i) as number) as Three;
  return {
    arrivalTrend: {
      earlierPerSecond: total(ratesBetween(followed, first, middle), 'arrivalPerSecond'),
      laterPerSecond: total(ratesBetween(followed, middle, last), 'arrivalPerSecond'),
    },
  };
}
type Three = [number, number, number];

function total(partitions: readonly PartitionRates[], field: 'arrivalPerSecond' | 'consumePerSecond'): number {
  return partitions.reduce((sum, partition) => sum + partition[field], 0);
}
