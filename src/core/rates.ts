/** Rates from successive offsets: exact, free, and the same on every kind of cluster. */
import { z } from 'zod';
import type { PartitionSample, TimedSample } from './history.ts';
import { partitionKey, type TopicPartition } from './kafka.ts';

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
   * Partitions left out though the group has a commit there: not read at both ends, or an offset went backwards
   * (rewind, recreated topic). Partitions without a commit have no rate, as they have no lag.
   */
  leftOut: z.number(),
});
export type GroupRates = z.infer<typeof groupRatesSchema>;

/**
 * Rates of a group over the samples within `[fromMs, newest]`, records per second.
 *
 * `isRead` leaves out partitions that the group does not read any more.
 * Undefined with fewer than two distinct times, or when no partition was read at both ends: too little is known.
 */
export function measureRates(
  samples: readonly TimedSample[],
  fromMs: number,
  isRead: (partition: TopicPartition) => boolean = () => true,
): GroupRates | undefined {
  const inWindow = samples
    .filter((sample) => sample.atMs >= fromMs)
    .map((sample) => ({ ...sample, partitions: sample.partitions.filter(isRead) }));
  const last = inWindow.at(-1);
  if (last === undefined) return undefined;
  const window = fullySampled(inWindow, last);
  const first = window[0];
  if (first === undefined || first.atMs >= last.atMs) return undefined;
  const partitions = ratesBetween(first, last);
  if (partitions.length === 0) return undefined;
  const arrivalPerSecond = total(partitions, 'arrivalPerSecond');
  const consumePerSecond = total(partitions, 'consumePerSecond');
  const trend = arrivalTrend(window, first, last);
  return {
    fromMs: first.atMs,
    toMs: last.atMs,
    samples: window.length,
    arrivalPerSecond,
    consumePerSecond,
    lagVelocityPerSecond: arrivalPerSecond - consumePerSecond,
    ...(trend === undefined ? {} : { arrivalTrend: trend }),
    partitions,
    leftOut: leftOut(first, last),
  };
}

/** Times in a row at which the assignment or the state differs from the sample before: rebalances seen. */
export function countRebalances(samples: readonly TimedSample[], fromMs: number): number {
  const window = samples.filter((sample) => sample.atMs >= fromMs);
  return window.slice(1).filter((after, i) => isMoved(window[i]?.assignment, after.assignment) || isUnsettled(after))
    .length;
}

const isMoved = (before: string | undefined, after: string | undefined): boolean =>
  before !== undefined && after !== undefined && before !== after;

const isUnsettled = ({ state }: TimedSample): boolean => state !== undefined && state !== 'Stable' && state !== 'Empty';

/** The window from the first sample on that has every partition of the last; the whole of it when none has. */
function fullySampled(window: readonly TimedSample[], last: TimedSample): readonly TimedSample[] {
  const start = window.findIndex((sample) => sample !== last && leftOut(sample, last) === 0);
  return start < 0 ? window : window.slice(start);
}

function leftOut(first: TimedSample, last: TimedSample): number {
  const committed = last.partitions.filter((p) => p.uncommitted === undefined).length;
  return committed - ratesBetween(first, last).length;
}

function ratesBetween(first: TimedSample, last: TimedSample): PartitionRates[] {
  const seconds = (last.atMs - first.atMs) / 1000;
  const before = new Map(first.partitions.map((p) => [partitionKey(p), p]));
  return last.partitions.flatMap((after) => {
    const moved = movement(before.get(partitionKey(after)), after);
    if (moved === undefined) return [];
    return [
      {
        topic: after.topic,
        partition: after.partition,
        arrivalPerSecond: moved.produced / seconds,
        consumePerSecond: moved.consumed / seconds,
      },
    ];
  });
}

function movement(before: PartitionSample | undefined, after: PartitionSample) {
  if (before?.logEndOffset === undefined || after.logEndOffset === undefined) return undefined;
  if (before.committedOffset === undefined || after.committedOffset === undefined) return undefined;
  const produced = Number(after.logEndOffset - before.logEndOffset);
  const consumed = Number(after.committedOffset - before.committedOffset);
  return produced < 0 || consumed < 0 ? undefined : { produced, consumed };
}

function arrivalTrend(window: readonly TimedSample[], first: TimedSample, last: TimedSample) {
  const middle = window[Math.floor(window.length / 2)];
  if (middle === undefined || middle === first || middle === last) return undefined;
  return {
    earlierPerSecond: total(ratesBetween(first, middle), 'arrivalPerSecond'),
    laterPerSecond: total(ratesBetween(middle, last), 'arrivalPerSecond'),
  };
}

function total(partitions: readonly PartitionRates[], field: 'arrivalPerSecond' | 'consumePerSecond'): number {
  return partitions.reduce((sum, partition) => sum + partition[field], 0);
}
