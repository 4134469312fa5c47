/** How far behind a group is, relative to its thresholds: the one number that the alarm looks at. */
import { z } from 'zod';
import type { Forecast } from '#core/forecast/model.ts';
import type { LastKnownPartitions } from '#core/history/history.ts';
import type { GroupReading, TopicPartition } from '#core/kafka/model.ts';
import type { Reading } from '#core/kafka/reading.ts';
import type { GroupLag, IsolationLevel } from '#core/lag/lag.ts';
import { type AgeBound, boundAge } from './age.ts';
import type { GroupThresholds } from './thresholds.ts';

export const lagRatioSchema = z.object({
  /** 1 and above is too much. A lower bound unless `complete`. */
  value: z.number(),
  /** What it is of: lag ÷ its threshold, age ÷ its threshold, or the loss horizon ÷ the time left. */
  by: z.enum(['lag', 'age', 'loss']),
  /** Lag and age are known as far as they matter here. How long until data is lost may take an hour of history: not knowing that takes nothing from it. */
  complete: z.boolean(),
});
export type LagRatio = z.infer<typeof lagRatioSchema>;

export interface RatioContext {
  readonly lag: GroupLag;
  /** Some of what the group committed may be missing from the reading. */
  readonly hidden: boolean;
  readonly thresholds: GroupThresholds;
  readonly isolation: IsolationLevel;
  /** What the polls before told of the group last. */
  readonly told: LastKnownPartitions;
  readonly timeToDataLoss: Reading<Forecast>;
  /** Partitions that the thresholds look at. */
  readonly isCounted: (partition: TopicPartition) => boolean;
}

/** Below this a forecast is as good as now, s: a ratio stays a number that a chart can show. */
const LEAST_SECONDS = 1;

/** The worst of a group's ratios; undefined when nothing of them is known. */
export function lagRatio(group: GroupReading, context: RatioContext): LagRatio | undefined {
  const { thresholds, isCounted } = context;
  const counted = context.lag.partitions.filter(isCounted);
  const lags = counted.flatMap(({ lag }) => (lag.kind === 'known' ? [lag.value] : []));
  const age = ageOf(group, context);
  const parts = [
    ...(lags.length === 0 || thresholds.lag === undefined
      ? []
      : [{ by: 'lag' as const, value: sumOf(lags) / thresholds.lag }]),
    ...(age === undefined
      ? []
      : [{ by: 'age' as const, value: age.atLeastMs / 1000 / (thresholds.ageSeconds as number) }]),
    ...lossPart(context),
  ];
  const worst = parts.reduce<(typeof parts)[number] | undefined>(
    (most, part) => (most === undefined || part.value > most.value ? part : most),
    undefined,
  );
  if (worst === undefined || (lags.length === 0 && worst.value < 1)) return undefined;
  const isLagKnown = !context.hidden && counted.every(({ lag }) => lag.kind !== 'unknown');
  return { ...worst, complete: isLagKnown && age?.unknown === undefined };
}

/** Undefined without a threshold of age. */
function ageOf(group: GroupReading, { thresholds, isolation, told, isCounted }: RatioContext): AgeBound | undefined {
  if (thresholds.ageSeconds === undefined) return undefined;
  const partitions = group.partitions.filter(isCounted);
  return boundAge({ ...group, partitions }, { isolation, told, enoughMs: thresholds.ageSeconds * 1000 });
}

function lossPart({ thresholds: { dataLossHorizonSeconds }, timeToDataLoss }: RatioContext) {
  if (dataLossHorizonSeconds === undefined || timeToDataLoss.kind === 'unknown') return [];
  // No loss ahead is known to be well: without a number the group would have no ratio where loss alone is a reason.
  if (timeToDataLoss.kind === 'absent') return [{ by: 'loss' as const, value: 0 }];
  return [
    { by: 'loss' as const, value: dataLossHorizonSeconds / Math.max(LEAST_SECONDS, timeToDataLoss.value.seconds) },
  ];
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
