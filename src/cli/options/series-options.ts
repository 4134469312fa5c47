/** The options that say what is published for each group, and how much in all: settings by the same names and rules. */
import { InvalidArgumentError, Option } from 'commander';
import type { SeriesBudget } from '#core/cost/series-plan.ts';
import { METRICS_TIERS, type MetricsTier } from '#core/metrics/catalogue.ts';

export interface SeriesFlags {
  readonly tier?: MetricsTier;
  readonly budget?: SeriesBudget;
}

/** `--tier`; what holds without it is told in `description`. */
export const tierOption = (description: string): Option =>
  new Option('--tier <tier>', description).choices(METRICS_TIERS);

/** `--budget`, parsed as `seriesBudget` is written. */
export const budgetOption = (): Option =>
  new Option('--budget <amount>', 'seriesBudget: series (500), or dollars a month (40usd)').argParser(parseBudget);

function parseBudget(text: string): SeriesBudget {
  const dollars = /^(\d+(?:\.\d+)?)usd$/i.exec(text)?.[1];
  if (dollars !== undefined && Number(dollars) > 0) return { dollarsPerMonth: Number(dollars) };
  if (/^[1-9]\d{0,8}$/.test(text)) return { series: Number(text) };
  throw new InvalidArgumentError('It must be a number of series, as 500, or dollars a month, as 40usd.');
}
