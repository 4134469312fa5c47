/**
 * Which metrics each group publishes: those of the tier, within the budget.
 *
 * The metrics of the cluster are never left out. Every group gets its LagRatio, which the alarm
 * needs, before any group gets more. Within a detail, groups in services come first, then groups
 * that thresholds match, both in their order, then all others by name. Lag plays no role: otherwise
 * series would begin and end from poll to poll. The first group that does not fit ends a detail, so
 * the size of a group never affects a group before it.
 */
import { z } from 'zod';
import { METRICS, METRICS_TIERS, type MetricName, type MetricsTier, seriesPer } from '#core/metrics/catalogue.ts';
import { compilePattern } from '#core/names/patterns.ts';
import { costOf, PRICES } from './prices.ts';

/** The metrics that a group gets under a plan. */
export type SeriesDetail = MetricsTier | 'none';

/** Details up to that of the tier, least first. A group that cannot get one keeps the last. */
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

/** Metrics of a group in one detail. A metric of topics is one series for each topic. */
export const metricsOfDetail = (detail: SeriesDetail): ReadonlySet<MetricName> => DETAILS[detail];

/** The tiers that publish a metric, least first; all tiers for a metric of the cluster. */
export const tiersOf = (name: MetricName): MetricsTier[] =>
  METRICS_TIERS.filter((tier) => seriesPer(name) === 'cluster' || DETAILS[tier].has(name));

/** Schema of `seriesBudget`. */
export const seriesBudgetSchema = z
  .strictObject({
    /** Most series, including those of the cluster. */
    series: z.number().int().positive().exactOptional(),
    /** Most US dollars a month for series and the lag alarm, at list prices of us-east-1. */
    dollarsPerMonth: z.number().positive().exactOptional(),
  })
  .refine(({ series, dollarsPerMonth }) => (series === undefined) !== (dollarsPerMonth === undefined), {
    error: 'must have either series or dollarsPerMonth',
  });
export type SeriesBudget = z.infer<typeof seriesBudgetSchema>;

/** A group for which series are planned. */
export interface SeriesDemand {
  readonly groupId: string;
  /** Count of topics that it reads. */
  readonly topics: number;
}

/** The settings that decide the order in which groups get detail. */
export interface Declared {
  readonly services: readonly { readonly group: string }[];
  readonly thresholds: readonly { readonly groups: string }[];
}

/** What is wanted of a plan. */
export interface SeriesRequest {
  readonly tier: MetricsTier;
  /** Absent: no limit. */
  readonly budget?: SeriesBudget;
  readonly declared: Declared;
}

/** Which series are published. */
export interface SeriesPlan {
  /** The detail of each group, by rank. */
  readonly details: ReadonlyMap<string, SeriesDetail>;
  /** Count of planned series, including those of the cluster. */
  readonly series: number;
  /** Count of series in the tier that the budget leaves out. */
  readonly dropped: number;
  /** Count of groups without any series, so no alarm watches them. */
  readonly unwatched: number;
}

/** Metrics about a budget. */
const OF_BUDGET: readonly MetricName[] = ['SeriesDropped', 'GroupsUnwatched'];

/** Whether a metric is published: those about a budget are missing without one. */
export const isPublished = (name: MetricName, budget: SeriesBudget | undefined): boolean =>
  budget !== undefined || !OF_BUDGET.includes(name);

/** Count of series of the cluster; more with a budget. */
export const clusterSeries = (budget: SeriesBudget | undefined): number =>
  NAMES.filter((name) => seriesPer(name) === 'cluster' && isPublished(name, budget)).length;

/** Count of series of one group. */
export const countSeries = (detail: SeriesDetail, topics: number): number =>
  [...DETAILS[detail]].reduce((sum, name) => sum + (seriesPer(name) === 'topic of a group' ? topics : 1), 0);

/** The plan for groups. A group that is listed twice counts once. */
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
  const wanted = sum(ranked.map(({ topics }) => countSeries(tier, topics)));
  const planned = sum(ranked.map(({ topics, detail }) => countSeries(detail, topics)));
  const details = new Map(ranked.map(({ groupId, detail }) => [groupId, detail]));
  const unwatched = ranked.filter(({ detail }) => detail === 'none').length;
  return { details, series: planned + clusterSeries(budget), dropped: wanted - planned, unwatched };
}

/**
 * How many groups of one topic a budget has room for in a detail: infinite without a budget, 0 when
 * nothing is left for groups.
 */
export const capacityOf = (detail: MetricsTier, budget: SeriesBudget | undefined): number =>
  Math.max(0, Math.floor(roomFor(budget) / priceOf(detail, 1, budget)));

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

// Dollars are counted in thousandths, so sums stay exact.
const THOUSAND = 1_000;
// The price of the first step: other series in the account decide which step a month reaches.
const MILLS = {
  metric: Math.round(costOf(PRICES['us-east-1'].metric, 1) * THOUSAND),
  analysed: Math.round(costOf(PRICES['us-east-1'].queriedMetric, 1) * THOUSAND),
};

/** Budget left for groups: in series, or in thousandths of a dollar for a budget in dollars. */
function roomFor(budget: SeriesBudget | undefined): number {
  if (budget?.series !== undefined) return budget.series - clusterSeries(budget);
  if (budget?.dollarsPerMonth === undefined) return Number.POSITIVE_INFINITY;
  return Math.round(budget.dollarsPerMonth * THOUSAND) - clusterSeries(budget) * MILLS.metric;
}

function priceOf(detail: SeriesDetail, topics: number, budget: SeriesBudget | undefined): number {
  const series = countSeries(detail, topics);
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
