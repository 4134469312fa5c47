/** The series of an alarm, as windows of one value per period. */
import type { AlarmSource, Statistic } from './alarms-from-template.ts';
import type { MetricSeries } from './emf.ts';
import type { MemoryCloudWatch, PeriodRange } from './memory-cloudwatch.ts';
import type { InsightsQuery } from './metrics-insights.ts';

/** One value per period, oldest first; `undefined` is a period without data. */
export type Window = readonly (number | undefined)[];

/** One group of a query. */
export interface Contributor {
  /** The same for the same attributes in any order. */
  readonly key: string;
  /** Dimension values, as CloudWatch stores them. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly window: Window;
}

type MetricSource = Extract<AlarmSource, { kind: 'metric' }>;

/** Most series of one query: CloudWatch's limit. */
const MAX_SERIES = 500;

/** The window of one metric; all `undefined` when it has no data. */
export function readMetric(metrics: MemoryCloudWatch, source: MetricSource, range: PeriodRange): Window {
  return metrics.observations(source, range).map((values) => statisticOf(source.statistic, values));
}

/** The series of a query over a range, the largest first. Series without any data are left out. */
export function runQuery(metrics: MemoryCloudWatch, query: InsightsQuery, range: PeriodRange): Contributor[] {
  const { namespace, metricName, dimensions } = query;
  const matching = metrics
    .find({ namespace, name: metricName, dimensionNames: dimensions })
    .filter((series) => query.where.every(({ dimension, value }) => series.dimensions[dimension] === value));
  return [...Map.groupBy(matching, (series) => JSON.stringify(attributesOf(series, query.groupBy)))]
    .flatMap(([key, group]) => {
      const periods = merge(group.map((series) => metrics.observations(series, range)));
      const rank = statisticOf('Maximum', periods.flat());
      const attributes = Object.fromEntries(JSON.parse(key) as [string, string][]);
      const window = periods.map((values) => statisticOf('Maximum', values));
      return rank === undefined ? [] : [{ key, attributes, window, rank }];
    })
    .toSorted((a, b) => b.rank - a.rank)
    .slice(0, MAX_SERIES);
}

const attributesOf = (series: MetricSeries, names: readonly string[]): [string, string][] =>
  names.toSorted().map((name) => [name, series.dimensions[name] ?? '']);

const merge = (all: readonly number[][][]): number[][] =>
  (all[0] ?? []).map((_, period) => all.flatMap((periods) => periods[period] ?? []));

function statisticOf(statistic: Statistic, values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const sum = values.reduce((total, value) => total + value, 0);
  if (statistic === 'SampleCount') return values.length;
  if (statistic === 'Sum') return sum;
  if (statistic === 'Average') return sum / values.length;
  const better = statistic === 'Maximum' ? Math.max : Math.min;
  return values.reduce((best, value) => better(best, value));
}
