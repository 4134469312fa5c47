/**
 * What is ahead of a group at its current rates: when its lag is drained, and when retention
 * overtakes it.
 */

import type { PartitionSeries } from '#core/history/partition-series.ts';
import { HISTORY_SPAN_MS } from '#core/history/thinning.ts';
import { partitionKey, type RecordAge, type TopicPartition } from '#core/kafka/model.ts';
import { finderIn } from '#core/kafka/partition-finder.ts';
import { absent, known, type Reading, unknown } from '#core/kafka/reading.ts';
import { GROWTH_TOLERANCE, type GroupRates, type PartitionRates } from '#core/lag/rates.ts';
import { minimumStandstillMs, stillFrom } from '#core/status/past.ts';
import type { Forecast } from './model.ts';
import { forecastLoss, type LifeOf } from './retention-forecast.ts';

/**
 * Time until a lag is drained at the measured rates. Absent when there is no lag, or when lag does
 * not fall. Unknown when a partition could not be followed.
 *
 * `lag` in records; `rates` of the same partitions.
 */
export function timeToDrain(lag: number, rates: GroupRates): Reading<Forecast> {
  const { produceRate, consumeRate, lagGrowthRate, leftOut, samples } = rates;
  if (lag === 0) return absent;
  if (leftOut > 0) return unknown(`${leftOut} partitions could not be followed`);
  const tolerance = GROWTH_TOLERANCE * Math.max(produceRate, consumeRate);
  if (lagGrowthRate >= -tolerance) return absent;
  return known({ seconds: lag / -lagGrowthRate, samples });
}

/** What a forecast of data loss covers. */
export interface LossScope {
  /** Whether a partition counts. */
  readonly isRead: (partition: TopicPartition) => boolean;
  /** Of the reading that the newest poll of the series belongs to. */
  readonly lifeOf: LifeOf;
  /** Window of statuses, ms. */
  readonly windowMs: number;
}

/**
 * Time until retention deletes the first record that a group has not read; the partition with the
 * shortest time decides. 0 when records are being lost already. It uses the topic's retention where
 * that is known (`forecastLoss`), and otherwise the movement of the log: the distance from log
 * start to commit, divided by the difference of two speeds, the log start's over an hour or more
 * and the commit's now.
 *
 * An upper bound when another partition is unknown.
 *
 * Absent when retention does not gain on any unread record, when it has deleted all records, or
 * when all unread records arrived within the window of the rates. Retention still deletes daytime
 * traffic at night; that is no risk to a group that keeps up.
 *
 * Unknown without rates. Unknown where retention is not known and the history is younger than an
 * hour, since log starts move in steps. Unknown while a commit stands still for less than the
 * minimum standstill, which says nothing about the group's pace.
 */
export function timeToDataLoss(
  series: readonly PartitionSeries[],
  rates: GroupRates,
  { isRead, ...scope }: LossScope,
): Reading<Forecast> {
  const ratesOf = finderIn(rates.partitions);
  let soonest: Reading<Forecast> = absent;
  for (const partition of series) {
    if (!isRead(partition)) continue;
    soonest = sooner(soonest, lossOf(partition, ratesOf(partition), { ...scope, rates }));
  }
  return soonest;
}

/** A known forecast wins; unknown wins over absent. */
function sooner(one: Reading<Forecast>, other: Reading<Forecast>): Reading<Forecast> {
  if (other.kind !== 'known') return one.kind === 'absent' ? other : one;
  return one.kind === 'known' && one.value.seconds <= other.value.seconds ? one : other;
}

interface LossContext extends Omit<LossScope, 'isRead'> {
  /** Of the group. */
  readonly rates: Pick<GroupRates, 'fromMs' | 'toMs' | 'samples'>;
}

function lossOf(
  series: PartitionSeries,
  rates: PartitionRates | undefined,
  { lifeOf, windowMs, rates: { fromMs, toMs, samples } }: LossContext,
): Reading<Forecast> {
  const newest = series.length - 1;
  const committed = series.commitAt(newest);
  const end = series.endAt(newest);
  const start = series.startAt(newest);
  const at = (reading: Reading<Forecast>) =>
    reading.kind === 'unknown' ? unknown(`${partitionKey(series)}: ${reading.reason}`) : reading;
  if (series.isUncommittedAt(newest)) return absent;
  if (Number.isNaN(committed + end + start)) return at(unknown('its offsets could not be read'));
  // Lost records are counted elsewhere, and an empty log has nothing to lose.
  if (committed >= end || start >= end) return absent;
  if (start > committed) return known({ seconds: 0, samples: startsOf(series).samples });
  const lag = end - committed;
  const byMovement = () => lossByMovement(series, rates, committed - start);
  if (rates === undefined) return at(byMovement());
  const { produceRate, consumeRate } = rates;
  if (lag <= (produceRate * (toMs - fromMs)) / 1000) return absent;
  const { retention, age } = lifeOf(series);
  if (consumeRate === 0 && isPausing(series.whereRead(), age, windowMs)) {
    return at(unknown('its commit stands still, but for less than the minimum standstill'));
  }
  return at(forecastLoss({ retention, age, lag, produceRate, consumeRate, samples }, byMovement));
}

/**
 * Whether the commit stands still for less than the minimum standstill: a group that commits every
 * ten minutes reads in between.
 */
function isPausing(past: PartitionSeries, age: Reading<RecordAge>, windowMs: number): boolean {
  const stillMs = past.timeAt(past.length - 1) - past.timeAt(stillFrom(past));
  // Records that are unread for longer than the polls show were not read in that time either.
  const pauseMs = Math.max(stillMs, age.kind === 'known' ? age.value.atLeastMs : 0);
  return pauseMs < minimumStandstillMs(past, windowMs);
}

/** By the speed of the log start. `distance` from there to the commit, records. */
function lossByMovement(
  series: PartitionSeries,
  rates: PartitionRates | undefined,
  distance: number,
): Reading<Forecast> {
  const followed = startsOf(series);
  if (followed.ms < HISTORY_SPAN_MS) return unknown('its log start was followed for less than an hour');
  if (followed.moved <= 0) return absent;
  if (rates === undefined) return unknown('how fast it is read is not known');
  const closingPerSecond = (followed.moved * 1000) / followed.ms - rates.consumeRate;
  if (closingPerSecond <= 0) return absent;
  return known({ seconds: distance / closingPerSecond, samples: followed.samples });
}

/** How far the log start moved, and in how much time, over the polls that read it. */
function startsOf(series: PartitionSeries) {
  let first = 0;
  let last = 0;
  let samples = 0;
  for (let i = 0; i < series.length; i++) {
    if (Number.isNaN(series.startAt(i))) continue;
    if (samples++ === 0) first = i;
    last = i;
  }
  return {
    ms: series.timeAt(last) - series.timeAt(first),
    moved: series.startAt(last) - series.startAt(first),
    samples,
  };
}
