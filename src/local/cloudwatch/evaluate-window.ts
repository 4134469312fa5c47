/**
 * M out of N with missing data, for one series. The rules are those of the page "Configuring how
 * CloudWatch alarms treat missing data"; the test holds its two tables.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */

import { present } from '#core/text/json.ts';

/** State of an alarm. A contributor is OK or ALARM only. */
export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** How an alarm treats a period without data. */
export const MISSING_DATA = ['missing', 'notBreaching', 'breaching', 'ignore'] as const;
export type MissingData = (typeof MISSING_DATA)[number];

/** The comparisons of an alarm on a fixed threshold. */
export const COMPARISONS = {
  GreaterThanOrEqualToThreshold: (value: number, threshold: number) => value >= threshold,
  GreaterThanThreshold: (value: number, threshold: number) => value > threshold,
  LessThanThreshold: (value: number, threshold: number) => value < threshold,
  LessThanOrEqualToThreshold: (value: number, threshold: number) => value <= threshold,
} as const;
/** Name of a comparison, as CloudFormation spells it. */
export type Comparison = keyof typeof COMPARISONS;

/** The condition of an alarm. */
export interface Criterion {
  readonly threshold: number;
  readonly comparison: Comparison;
  /** N. */
  readonly evaluationPeriods: number;
  /** M, at most N. */
  readonly datapointsToAlarm: number;
  readonly treatMissingData: MissingData;
}

/** The result for a window. `retain`: the state stays as it was. */
export interface Verdict {
  readonly state: AlarmState | 'retain';
  /** Values judged, oldest first. */
  readonly judged: readonly number[];
  /** Newest breaching value; absent when none breached. */
  readonly breach?: number;
}

/**
 * Periods that are read beyond N. An older point fills a hole before a rule does.
 * AWS publishes no number. This one is from its examples (range 5 for N = 3).
 */
const EXTRA_PERIODS = 2;

/** Complete periods that an alarm reads at each evaluation. */
export const evaluationRange = (criterion: Criterion): number => criterion.evaluationPeriods + EXTRA_PERIODS;

/**
 * Judges a window of `evaluationRange` points, oldest first; `undefined` is a period without data.
 */
export function evaluateWindow(window: readonly (number | undefined)[], criterion: Criterion): Verdict {
  const breaches = (value: number) => COMPARISONS[criterion.comparison](value, criterion.threshold);
  const real = window.filter((value) => value !== undefined);
  const judged = real.slice(-criterion.evaluationPeriods);
  const breach = judged.findLast(breaches);
  const state = stateOf(window, criterion, { judged, breaching: judged.filter(breaches).length });
  return { state, judged, ...present({ breach }) };
}

function stateOf(
  window: readonly (number | undefined)[],
  criterion: Criterion,
  { judged, breaching }: { judged: readonly number[]; breaching: number },
): Verdict['state'] {
  const { evaluationPeriods, datapointsToAlarm, treatMissingData } = criterion;
  if (breaching >= datapointsToAlarm) return 'ALARM';
  const holes = evaluationPeriods - judged.length;
  if (holes <= 0 || treatMissingData === 'notBreaching') return 'OK';
  if (treatMissingData === 'breaching') return breaching + holes >= datapointsToAlarm ? 'ALARM' : 'OK';
  if (breaching < judged.length) return 'OK';
  if (treatMissingData === 'ignore') return 'retain';
  if (judged.length === 0) return 'INSUFFICIENT_DATA';
  // All points breach, but there are fewer than M. AWS alarms once the oldest is M periods old,
  // and not before: the next point may be a good one.
  const age = window.length - window.findIndex((value) => value !== undefined);
  return age >= datapointsToAlarm ? 'ALARM' : 'OK';
}
