/** The monthly bill of one watcher, by item: arithmetic over prices and assumptions. */

import type { MetricsTier } from '#core/metrics/catalogue.ts';
import { present } from '#core/text/json.ts';
import { ASSUMPTIONS } from './assumptions.ts';
import { costOf, PRICES, type PricedRegion, type PriceName } from './prices.ts';
import { type Declared, planSeries, type SeriesBudget, type SeriesDetail, type SeriesPlan } from './series-plan.ts';

/** Size of what a poll writes to its log. */
export interface LogSize {
  readonly bytes: number;
  readonly lines: number;
}

/** The log of one poll: for the cluster, and for one group in each detail. */
export type PollLog = Readonly<Record<'cluster' | MetricsTier, LogSize>>;

/** The input of a bill: what is watched, and with which settings. */
export interface Inventory {
  readonly groups: number;
  readonly topicsPerGroup: number;
  readonly partitionsPerTopic: number;
  readonly pollIntervalSeconds: number;
  readonly tier: MetricsTier;
  /** Absent: no limit. */
  readonly budget?: SeriesBudget;
  /** Names of some of the groups; `groups` counts them too. */
  readonly named: readonly string[];
  /** Decides which groups get detail first. */
  readonly declared: Declared;
  /** Whether the stack has a dashboard. */
  readonly dashboard: boolean;
  /** Runs of the runbook in a month. */
  readonly runsPerMonth: number;
  /** Zones with an interface endpoint for Secrets Manager, which some logins need; 0 for none. */
  readonly endpointZones: number;
  readonly log: PollLog;
}

/** Items of a bill, in their order. */
export const BILL_ITEMS = [
  'Metrics',
  'Alarms',
  'Dashboards',
  'Lambda',
  'Scheduler',
  'S3',
  'DynamoDB',
  'Step Functions',
  'Logs',
  'VPC',
] as const;

/** One line of a bill. */
export interface BillLine {
  readonly item: (typeof BILL_ITEMS)[number];
  readonly what: string;
  /** In the unit of the price. */
  readonly quantity: number;
  readonly price: PriceName;
  /** US dollars in a month. */
  readonly usd: number;
}

/** A month's bill. */
export interface Bill {
  readonly region: PricedRegion;
  /** In order of items. */
  readonly lines: readonly BillLine[];
  readonly totalUsd: number;
  /** The total divided by the count of groups. */
  readonly usdPerGroup: number;
  /** Series planned, those of the cluster included. */
  readonly series: number;
  /** Series that the budget leaves out. */
  readonly dropped: number;
  /** Count of groups by their detail. A detail that no group gets is absent. */
  readonly groups: Readonly<Partial<Record<SeriesDetail, number>>>;
  /** What each of the named groups gets, in order of rank. */
  readonly named: readonly { readonly groupId: string; readonly detail: SeriesDetail }[];
}

/** Prefix of generated names: it sorts after every name that people use. */
const LAST = '\uffff';

type Quantity = readonly [item: BillLine['item'], what: string, price: PriceName, quantity: number];

/** The bill of a month for one cluster, at list prices. */
export function monthlyBill(inventory: Inventory, region: PricedRegion): Bill {
  const plan = planFor(inventory);
  const groups = countOf(plan);
  const polls = (ASSUMPTIONS.hoursPerMonth.value * 3_600) / inventory.pollIntervalSeconds;
  const quantities = [
    ...cloudWatch(inventory, plan, groups),
    ...functions(inventory, polls),
    ...storage(inventory, polls),
    ...logs(inventory, groups, polls),
    ...network(inventory, polls),
  ];
  const lines = quantities.map(([item, what, price, quantity]): BillLine => {
    return { item, what, quantity, price, usd: costOf(PRICES[region][price], quantity) };
  });
  const totalUsd = lines.reduce((sum, { usd }) => sum + usd, 0);
  lines.sort((a, b) => BILL_ITEMS.indexOf(a.item) - BILL_ITEMS.indexOf(b.item));
  const { series, dropped } = plan;
  const usdPerGroup = totalUsd / inventory.groups;
  return { region, lines, totalUsd, usdPerGroup, series, dropped, groups, named: namedOf(plan, inventory) };
}

function namedOf({ details }: SeriesPlan, { named }: Inventory): Bill['named'] {
  const names = new Set(named);
  return [...details].flatMap(([groupId, detail]) => (names.has(groupId) ? [{ groupId, detail }] : []));
}

/** Groups without a name come last. Which of them get less does not matter to the bill. */
function planFor({ groups, named, topicsPerGroup: topics, tier, budget, declared }: Inventory): SeriesPlan {
  const others = Array.from({ length: groups - named.length }, (_, i) => `${LAST}${i}`);
  const demands = [...named, ...others].map((groupId) => ({ groupId, topics }));
  return planSeries(demands, { tier, declared, ...present({ budget }) });
}

function countOf({ details }: SeriesPlan): Bill['groups'] {
  const counts: Partial<Record<SeriesDetail, number>> = {};
  for (const detail of details.values()) counts[detail] = (counts[detail] ?? 0) + 1;
  return counts;
}

function cloudWatch({ groups, dashboard, budget }: Inventory, plan: SeriesPlan, counts: Bill['groups']): Quantity[] {
  return [
    ['Metrics', 'series of the groups and of the cluster', 'metric', plan.series],
    ['Alarms', 'LagRatio of each group, analysed by the lag alarm', 'queriedMetric', groups - (counts.none ?? 0)],
    ['Alarms', 'on the watcher itself', 'alarm', ASSUMPTIONS.alarms.value + (budget === undefined ? 0 : 1)],
    [
      'Alarms',
      'requests of reconcile for their states',
      'cloudWatchRequest',
      reconciles() * ASSUMPTIONS.reconcileRequests.value,
    ],
    ['Dashboards', 'dashboards', 'dashboard', dashboard ? ASSUMPTIONS.dashboards.value : 0],
  ];
}

/** Heat maps in a month. */
const mapsOf = ({ dashboard }: Inventory): number => (dashboard ? ASSUMPTIONS.heatMaps.value : 0);

/** Runs of reconcile in a month. */
const reconciles = (): number => ASSUMPTIONS.hoursPerMonth.value * ASSUMPTIONS.reconcilesPerHour.value;

const partitionsOf = ({ groups, topicsPerGroup, partitionsPerTopic }: Inventory): number =>
  groups * topicsPerGroup * partitionsPerTopic;

function functions(inventory: Inventory, polls: number): Quantity[] {
  const a = ASSUMPTIONS;
  const pollSeconds = a.pollSeconds.value + (a.pollSecondsPerThousand.value * partitionsOf(inventory)) / 1_000;
  const steps = inventory.runsPerMonth * a.invocationsPerRun.value;
  const stepGb = a.readerMemoryGb.value / 3 + (a.stepMemoryGb.value * 2) / 3;
  const hours = a.hoursPerMonth.value;
  const maps = mapsOf(inventory);
  const others = hours + reconciles();
  return [
    ['Lambda', 'polls', 'lambdaRequest', polls],
    ['Lambda', `polls of ${pollSeconds.toFixed(2)} s`, 'lambdaGbSecond', polls * pollSeconds * a.readerMemoryGb.value],
    ['Lambda', 'maps of the dashboard', 'lambdaGbSecond', maps * a.heatMapSeconds.value * a.readerMemoryGb.value],
    ['Lambda', 'discoveries', 'lambdaGbSecond', hours * a.discoverySeconds.value * a.stepMemoryGb.value],
    ['Lambda', 'reconcile', 'lambdaGbSecond', reconciles() * a.reconcileSeconds.value * a.stepMemoryGb.value],
    ['Lambda', 'steps of the runbook', 'lambdaGbSecond', steps * a.secondsPerStep.value * stepGb],
    ['Lambda', 'steps of the runbook, discoveries, reconcile, maps', 'lambdaRequest', steps + others + maps],
    ['Scheduler', 'polls, discoveries, reconcile', 'schedule', polls + others],
    ['Step Functions', 'steps of the runbook', 'stateTransition', inventory.runsPerMonth * a.transitionsPerRun.value],
  ];
}

function storage(inventory: Inventory, polls: number): Quantity[] {
  const a = ASSUMPTIONS;
  const runs = inventory.runsPerMonth;
  const reads = polls + mapsOf(inventory) + runs * a.objectReadsPerRun.value;
  return [
    ['S3', 'history written by each poll, objects of the runbook', 's3Put', polls + runs * a.objectWritesPerRun.value],
    ['S3', 'history read by each poll and map, objects of the runbook', 's3Get', reads],
    ['S3', 'history', 's3Storage', (partitionsOf(inventory) * a.historyBytes.value) / 1e9],
    ['DynamoDB', 'locks and incidents', 'dynamoDbWrite', runs * a.itemWritesPerRun.value],
    ['DynamoDB', 'locks and incidents', 'dynamoDbRead', runs * a.itemReadsPerRun.value + mapsOf(inventory)],
    [
      'DynamoDB',
      'raised counts of each declared service, read by reconcile',
      'dynamoDbRead',
      reconciles() * inventory.declared.services.length,
    ],
  ];
}

function logs({ log }: Inventory, counts: Bill['groups'], polls: number): Quantity[] {
  const a = ASSUMPTIONS;
  const sizeOf = ({ bytes, lines }: LogSize): number => bytes + lines * a.logLineBytes.value;
  let bytes = sizeOf(log.cluster) + a.platformLogBytes.value;
  for (const [detail, count] of Object.entries(counts)) {
    if (detail !== 'none') bytes += count * sizeOf(log[detail as MetricsTier]);
  }
  const gb = (bytes * polls) / 1e9;
  return [
    ['Logs', `metrics and lines of each poll, ${Math.round(bytes)} bytes`, 'logIngestion', gb],
    ['Logs', 'of a month', 'logStorage', gb * a.logCompression.value],
  ];
}

function network(inventory: Inventory, polls: number): Quantity[] {
  const a = ASSUMPTIONS;
  const hours = a.hoursPerMonth.value;
  const gb = (partitionsOf(inventory) * a.kafkaBytes.value * polls) / 1e9;
  return [
    ['VPC', 'gateway endpoint for S3; no NAT gateway', 'gatewayEndpoint', hours],
    ['VPC', 'interface endpoint for Secrets Manager', 'interfaceEndpoint', hours * inventory.endpointZones],
    // Sender and receiver both pay.
    ['VPC', 'between the poll and brokers in other zones', 'crossZone', gb * a.crossZoneShare.value * 2],
  ];
}
