/**
 * Which metrics each group publishes: as the tier says, as far as the budget goes.
 *
 * Every group keeps its LagRatio, on which the alarm rests, before any group gets more; the cluster's own metrics are never
 * left out. Within one detail the groups that services and thresholds declare come first, in their order, then all others by
 * name. Lag decides nothing: a plan that followed it would begin and end series from poll to poll. The first group that does
 * not fit ends a detail, so that one group's size never decides about a group before it.
 */
import { z } from 'zod';
import { METRICS, METRICS_TIERS, type MetricName, type MetricsTier, seriesPer } from '#core/metrics/catalogue.ts';
import { compilePattern } from '#core/names/patterns.ts';
import { costOf, PRICES } from './prices.ts';

/** What a group gets under a plan. */
export type SeriesDetail = MetricsTier | 'none';

/** Steps from the least detail to that of the tier: a group that cannot have one keeps the one before. */
const LADDERS: Readonly<Record<MetricsTier, readonly MetricsTier[]>> = {
  minimal: ['minimal'],
  default: ['minimal', 'default'],
  rates: ['minimal', 'default', 'rates'],
  topics: ['minimal', 'default', 'topics'],
  all: ['minimal', 'default', 'all'],
};

const NAMES = Object.keys(METRICS) as MetricName[];
const OF_GROUPS = NAMES.filter((name) => seriesPer(name) !== 'cluster');
const upTo = (tier: MetricsTier): ReadonlySet<MetricName> =>
  new Set(OF_GROUPS.filter((name) => tier === 'all' || LADDERS[tier].includes(METRICS[name].tier)));

const DETAILS: Readonly<Record<SeriesDetail, ReadonlySet<MetricName>>> = {
  none: new Set(),
  minimal: upTo('minimal'),
  default: upTo('default'),
  rates: upTo('rates'),
  topics: upTo('topics'),
  all: upTo('all'),
};

/** Metrics of a group in one detail, as the catalogue says; one of them may be a series for each topic. */
export const metricsOf = (detail: SeriesDetail): ReadonlySet<MetricName> => DETAILS[detail];

/** The tiers that publish a metric, from the least: every one for what is of the cluster itself. */
export const tiersOf = (name: MetricName): MetricsTier[] =>
  METRICS_TIERS.filter((tier) => seriesPer(name) === 'cluster' || DETAILS[tier].has(name));

/** Schema of `seriesBudget`. */
export const seriesBudgetSchema = z
  .strictObject({
    /** Series at most, those of the cluster itself included. */
    series: z.number().int().positive().exactOptional(),
    /** US dollars a month at most for series and for what the lag alarm analyses, at list prices of us-east-1. */
    dollarsPerMonth: z.number().positive().exactOptional(),
  })
  .refine(({ series, dollarsPerMonth }) => (series === undefined) !== (dollarsPerMonth === undefined), {
    error: 'must have either series or dollarsPerMonth',
  });
export type SeriesBudget = z.infer<typeof seriesBudgetSchema>;

/** A group that wants series. */
export interface SeriesDemand {
  readonly groupId: string;
  /** Topics that it reads. */
  readonly topics: number;
}

/** What is declared of groups: the order in which they get detail. */
export interface Declared {
  readonly services: readonly { readonly group: string }[];
  readonly thresholds: readonly { readonly groups: string }[];
}

export interface SeriesRequest {
  readonly tier: MetricsTier;
  /** Absent: no limit. */
  readonly budget?: SeriesBudget;
  readonly declared: Declared;
}

export interface SeriesPlan {
  /** What each group gets, in order of rank. */
  readonly details: ReadonlyMap<string, SeriesDetail>;
  /** Series planned, those of the cluster included. */
  readonly series: number;
  /** Series that the tier asks for and the budget leaves out. */
  readonly dropped: number;
  /** Groups that get no series at all, so that no alarm watches them. */
  readonly unwatched: number;
}

/** What tells of a budget. */
const OF_BUDGET: readonly MetricName[] = ['SeriesDropped', 'GroupsUnwatched'];

/** Whether a metric has a value at all: some tell of a budget, and are missing without one. */
export const isPublished = (name: MetricName, budget: SeriesBudget | undefined): boolean =>
  budget !== undefined || !OF_BUDGET.includes(name);

/** Series of the cluster itself; more where a budget is set. */
export const clusterSeries = (budget: SeriesBudget | undefined): number =>
  NAMES.filter((name) => seriesPer(name) === 'cluster' && isPublished(name, budget)).length;

/** Series of one group with this many topics. */
export const seriesOf = (detail: SeriesDetail, topics: number): number =>
  [...DETAILS[detail]].reduce((sum, name) => sum + (seriesPer(name) === 'topic of a group' ? topics : 1), 0);

/** What the groups publish. Groups that are listed twice count once. */
export function planSeries(demands: readonly SeriesDemand[], { tier, budget, declared }: SeriesRequest): SeriesPlan {
  const ranked = inRank(demands, declared).map((demand) => ({ ...demand, detail: 'none' as SeriesDetail }));
  let left = roomFor(budget);
  for (const detail of LADDERS[tier]) {
    for (const group of ranked) {
      const more = priceOf(detail, group.topics, budget) - priceOf(group.detail, group.topics, budget);
      if (more > left) break;
      left -= more;
      group.detail = detail;
    }
  }
  const wanted = sum(ranked.map(({ topics }) => seriesOf(tier, topics)));
  const planned = sum(ranked.map(({ topics, detail }) => seriesOf(detail, topics)));
  const details = new Map(ranked.map(({ groupId, detail }) => [groupId, detail]));
  const unwatched = ranked.filter(({ detail }) => detail === 'none').length;
  return { details, series: planned + clusterSeries(budget), dropped: wanted - planned, unwatched };
}

/** Groups of one topic that a budget has room for, in a detail alone; infinite without a budget, 0 when nothing is left for groups. */
export const capacityOf = (detail: MetricsTier, budget: SeriesBudget | undefined): number =>
  Math.max(0, Math.floor(roomFor(budget) / priceOf(detail, 1, budget)));

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

// Dollars are counted in thousandths, so that sums stay exact.
const THOUSAND = 1_000;
// The first step's price: series elsewhere in the account decide which step a month ends in.
const MILLS = {
  metric: Math.round(costOf(PRICES['us-east-1'].metric, 1) * THOUSAND),
  analysed: Math.round(costOf(PRICES['us-east-1'].queriedMetric, 1) * THOUSAND),
};

/** For groups: in series, or in thousandths of a dollar where the budget is in dollars. */
function roomFor(budget: SeriesBudget | undefined): number {
  if (budget?.series !== undefined) return budget.series - clusterSeries(budget);
  if (budget?.dollarsPerMonth === undefined) return Number.POSITIVE_INFINITY;
  return Math.round(budget.dollarsPerMonth * THOUSAND) - clusterSeries(budget) * MILLS.metric;
}

function priceOf(detail: SeriesDetail, topics: number, budget: SeriesBudget | undefined): number {
  const series = seriesOf(detail, topics);
  if (budget?.dollarsPerMonth === undefined) return series;
  return series * MILLS.metric + (DETAILS[detail].has('LagRatio') ? MILLS.analysed : 0);
}

function inRank(demands: readonly SeriesDemand[], { services, thresholds }: Declared): SeriesDemand[] {
  const patterns = thresholds.map(({ groups }) => compilePattern(groups));
  const named = new Map(services.map(({ group }, index) => [group, index]));
  const rankOf = (groupId: string): number => {
    const index = patterns.findIndex((matches) => matches(groupId));
    return named.get(groupId) ?? services.length + (index === -1 ? patterns.length : index);
  };
  const unique = new Map(demands.map((demand) => [demand.groupId, { demand, rank: rankOf(demand.groupId) }]));
  const byRank = [...unique.values()].sort((a, b) => a.rank - b.rank || (a.demand.groupId < b.demand.groupId ? -1 : 1));
  return byRank.map(({ demand }) => demand);
}
