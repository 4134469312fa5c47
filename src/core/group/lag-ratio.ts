/** How far behind a group is, relative to its thresholds: the number that the alarm uses. */
import { z } from 'zod';
import type { Forecast } from '#core/forecast/model.ts';
import type { GroupReading } from '#core/kafka/model.ts';
import { known, type Reading, unknown } from '#core/kafka/reading.ts';
import type { PartitionLag } from '#core/lag/lag.ts';
import { type AgeContext, boundAge } from './age.ts';
import type { GroupThresholds } from './thresholds.ts';

export const lagRatioSchema = z.object({
  /** 1 and above is too much. A lower bound unless `complete`. */
  value: z.number(),
  /**
   * Which ratio it is: lag ÷ its threshold, age ÷ its threshold, or data loss horizon ÷ time to
   * data loss.
   */
  by: z.enum(['lag', 'age', 'loss']),
  /**
   * Lag and age are known as far as they matter here. Time to data loss does not count: it may need
   * an hour of history.
   */
  complete: z.boolean(),
});
export type LagRatio = z.infer<typeof lagRatioSchema>;

export interface RatioContext extends AgeContext {
  /** Lag of the same partitions. */
  readonly partitions: readonly PartitionLag[];
  /** Commits may be missing from the reading. */
  readonly hidden: boolean;
  readonly thresholds: GroupThresholds;
  readonly timeToDataLoss: Reading<Forecast>;
}

/** Forecasts below this count as this, s: the ratio stays a number that a chart can show. */
const LEAST_SECONDS = 1;

/**
 * The worst of a group's ratios; unknown when none is known.
 *
 * `group`: with the counted partitions only.
 */
export function lagRatio(group: GroupReading, context: RatioContext): Reading<LagRatio> {
  const { thresholds, partitions, hidden } = context;
  const lags = partitions.flatMap(({ lag }) => (lag.kind === 'known' ? [lag.value] : []));
  const { ageSeconds } = thresholds;
  const age = ageSeconds === undefined ? undefined : boundAge(group, { ...context, enoughMs: ageSeconds * 1000 });
  const parts: Pick<LagRatio, 'by' | 'value'>[] = [...lossPart(context)];
  if (age !== undefined) parts.unshift({ by: 'age', value: age.atLeastMs / 1000 / (ageSeconds as number) });
  if (lags.length > 0 && thresholds.lag !== undefined) {
    parts.unshift({ by: 'lag', value: lags.reduce((sum, lag) => sum + lag, 0) / thresholds.lag });
  }
  // Of equal ratios the first: lag, age, loss.
  const [worst] = parts.toSorted((a, b) => b.value - a.value);
  if (worst === undefined || (lags.length === 0 && worst.value < 1)) return unknown('no lag is known');
  const isLagKnown = !hidden && partitions.every(({ lag }) => lag.kind !== 'unknown');
  return known({ ...worst, complete: isLagKnown && age?.unknown === undefined });
}

function lossPart({ thresholds: { dataLossHorizonSeconds }, timeToDataLoss }: RatioContext) {
  if (dataLossHorizonSeconds === undefined || timeToDataLoss.kind === 'unknown') return [];
  // No loss ahead is a known good: without a number, a group with only this threshold would have
  // no ratio.
  if (timeToDataLoss.kind === 'absent') return [{ by: 'loss' as const, value: 0 }];
  return [
    { by: 'loss' as const, value: dataLossHorizonSeconds / Math.max(LEAST_SECONDS, timeToDataLoss.value.seconds) },
  ];
}
