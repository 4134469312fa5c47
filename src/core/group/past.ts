/** What the past of a group shows: rates, rebalances and forecasts. */
import { timeToDataLoss, timeToDrain } from '#core/forecast/forecast.ts';
import type { Forecast } from '#core/forecast/model.ts';
import type { LifeOf } from '#core/forecast/retention-forecast.ts';
import type { GroupPolls } from '#core/history/history.ts';
import type { TopicPartition } from '#core/kafka/model.ts';
import { absent, known, type Reading, unknown } from '#core/kafka/reading.ts';
import { countRebalances, type GroupRates, measureRates, type Rebalances } from '#core/lag/rates.ts';

export interface GroupPast {
  /**
   * Over the partitions that could be followed. For all partitions, or unknown, use `ratesOfWhole`.
   */
  readonly rates: Reading<GroupRates>;
  /** Rebalances in the window of the rates. */
  readonly rebalances: Reading<Rebalances>;
  /** Time until the lag is drained; absent when nothing is unread, or when lag does not fall. */
  readonly timeToDrain: Reading<Forecast>;
  /**
   * Time until retention deletes the first unread record; absent when retention gains on no
   * partition.
   */
  readonly timeToDataLoss: Reading<Forecast>;
}

export interface PastContext {
  /** Of the group; the newest belongs to the reading. */
  readonly polls: GroupPolls;
  /** Which partitions count. */
  readonly isInScope: (partition: TopicPartition) => boolean;
  /** Lag over these partitions, records. */
  readonly lag: Reading<number>;
  /** The group has read all of its partitions, those out of scope included. */
  readonly isFullyRead: boolean;
  readonly lifeOf: LifeOf;
  /** Window of rates and statuses, ms. */
  readonly windowMs: number;
  /** Start of the rates, epoch ms. */
  readonly ratesFromMs: number;
  /** Why the history could not be read; absent otherwise. */
  readonly historyProblem?: string;
}

/**
 * The past of a group over some of its partitions. Without rates, all of it is unknown for the same
 * reason.
 */
export function pastOf(context: PastContext): GroupPast {
  const past = measurePast(context);
  // A group without unread records needs no time to drain and cannot lose data, whatever its past.
  return context.isFullyRead ? { ...past, timeToDrain: absent, timeToDataLoss: absent } : past;
}

function measurePast(context: PastContext): GroupPast {
  const { polls, lag, isInScope, lifeOf, windowMs, ratesFromMs, historyProblem } = context;
  const rates = measureRates(polls, ratesFromMs, isInScope);
  if (rates === undefined) {
    const since = new Date(ratesFromMs).toISOString();
    return nothingKnown(historyProblem ?? `fewer than two polls of the group since ${since}`);
  }
  const inWindow = polls.times.filter((atMs) => atMs >= ratesFromMs).length;
  return {
    rates: known(rates),
    rebalances: known(countRebalances(polls.newest(inWindow), ratesFromMs)),
    timeToDrain: lag.kind === 'known' ? timeToDrain(lag.value, rates) : lag,
    timeToDataLoss: timeToDataLoss(polls.series, rates, { isRead: isInScope, lifeOf, windowMs }),
  };
}

/** The past of a group that could not be read. */
export function nothingKnown(reason: string): GroupPast {
  const nothing = unknown(reason);
  return { rates: nothing, rebalances: nothing, timeToDrain: nothing, timeToDataLoss: nothing };
}

/**
 * Rates of all partitions; unknown when one was left out, since partial rates are not those of the
 * whole.
 */
export function ratesOfWhole(rates: Reading<GroupRates>): Reading<GroupRates> {
  if (rates.kind !== 'known' || rates.value.leftOut === 0) return rates;
  return unknown(`${rates.value.leftOut} partitions could not be followed`);
}
