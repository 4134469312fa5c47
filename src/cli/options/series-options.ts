/**
 * The options for the metrics of each group and for the series of all. Settings have the same names
 * and rules.
 */
import { InvalidArgumentError, Option } from 'commander';
import type { SeriesBudget } from '#core/cost/series-plan.ts';
import { METRICS_TIERS, type MetricsTier } from '#core/metrics/catalogue.ts';

export interface SeriesFlags {
  readonly tier?: MetricsTier;
  readonly budget?: SeriesBudget;
}

/** `--tier`; `description` says what applies without it. */
export const tierOption = (description: string): Option =>
  new Option('--tier <tier>', description).choices(METRICS_TIERS);

/** `--budget`, written as the setting `seriesBudget`. */
export const budgetOption = (): Option =>
  new Option('--budget <amount>', 'seriesBudget: most series (500), or dollars a month (40usd)').argParser(parseBudget);

function parseBudget(text: string): SeriesBudget {
  const dollars = /^(\d+(?:\.\d+)?)usd$/i.exec(text)?.[1];
  if (dollars !== undefined && Number(dollars) > 0) return { dollarsPerMonth: Number(dollars) };
  if (/^[1-9]\d{0,8}$/.test(text)) return { series: Number(text) };
  throw new InvalidArgumentError('It must be a number of series such as 500, or dollars a month such as 40usd.');
}
