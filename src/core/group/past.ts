/** What the past of a group tells of it: rates, rebalances, and what is ahead if it goes on so. */

import { timeToDataLoss, timeToDrain } from '#core/forecast/forecast.ts';
import type { Forecast } from '#core/forecast/model.ts';
import type { LifeOf } from '#core/forecast/retention-forecast.ts';
import type { GroupPolls } from '#core/history/history.ts';
import type { TopicPartition } from '#core/kafka/model.ts';
import { known, type Reading, unknown } from '#core/kafka/reading.ts';
import { countRebalances, type GroupRates, measureRates, type Rebalances } from '#core/lag/rates.ts';

export interface GroupPast {
  readonly rates: Reading<GroupRates>;
  readonly rebalances: Reading<Rebalances>;
  readonly timeToDrain: Reading<Forecast>;
  readonly timeToDataLoss: Reading<Forecast>;
}

export interface PastContext {
  /** Of the group; the newest is of the reading. */
  readonly polls: GroupPolls;
  /** Lag over the partitions that the group reads. */
  readonly lag: Reading<number>;
  readonly isRead: (partition: TopicPartition) => boolean;
  readonly lifeOf: LifeOf;
  /** What a status takes for a while, ms. */
  readonly windowMs: number;
  /** Rates are measured from here on, epoch ms. */
  readonly ratesFromMs: number;
  /** Why there is no history, when it could not be read. */
  readonly historyProblem?: string;
}

/** All of it is unknown, with one reason, while there are no rates. */
export function pastOf(context: PastContext): GroupPast {
  const { polls, lag, isRead, lifeOf, windowMs, ratesFromMs, historyProblem } = context;
  const rates = measureRates(polls, ratesFromMs, isRead);
  if (rates === undefined) {
    const since = new Date(ratesFromMs).toISOString();
    return nothingKnown(historyProblem ?? `fewer than two polls of the group since ${since}`);
  }
  const inWindow = polls.times.filter((atMs) => atMs >= ratesFromMs).length;
  return {
    rates: known(rates),
    rebalances: known(countRebalances(polls.newest(inWindow), ratesFromMs)),
    timeToDrain: lag.kind === 'known' ? timeToDrain(lag.value, rates) : lag,
    timeToDataLoss: timeToDataLoss(polls.series, rates, { isRead, lifeOf, windowMs }),
  };
}

/** The past of a group of which nothing is known. */
export function nothingKnown(reason: string): GroupPast {
  const nothing = unknown(reason);
  return { rates: nothing, rebalances: nothing, timeToDrain: nothing, timeToDataLoss: nothing };
}
