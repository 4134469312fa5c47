/** `lag cost`: estimates the monthly bill of a watcher before you deploy it. */

import { type Command, InvalidArgumentError, Option } from 'commander';
import { readPlannable } from '#cli/options/cost-config.ts';
import { budgetOption, type SeriesFlags, tierOption } from '#cli/options/series-options.ts';
import { renderTable } from '#cli/terminal/render.ts';
import { ASSUMPTIONS, LEFT_OUT } from '#core/cost/assumptions.ts';
import { type Bill, type BillLine, type Inventory, monthlyBill } from '#core/cost/cost.ts';
import { pollLogOf } from '#core/cost/poll-log.ts';
import { PRICED_REGIONS, PRICES, type Price, type PricedRegion } from '#core/cost/prices.ts';
import { SettingsError } from '#core/errors.ts';
import { METRICS_TIERS, type MetricsTier } from '#core/metrics/catalogue.ts';
import { namedGroupsOf } from '#core/settings.ts';
import { present } from '#core/text/json.ts';

interface CostFlags extends SeriesFlags {
  readonly config?: string;
  readonly groups: number;
  readonly topicsPerGroup: number;
  readonly partitions: number;
  readonly pollInterval?: number;
  readonly region: PricedRegion;
  readonly dashboard: boolean;
  readonly runs: number;
  readonly endpointZones: number;
  readonly json: boolean;
}

/**
 * Adds options and action to the command. The action throws a SettingsError for a wrong
 * configuration or budget.
 */
export function equipCost(command: Command): void {
  const count = (least: number, most: number) => (text: string) => parseCount(text, { least, most });
  command
    .option('--config <file>', 'configuration file of a watcher; supplies tier, interval, budget and named groups')
    .option('--groups <count>', 'consumer groups', count(1, 100_000), 100)
    .option('--topics-per-group <count>', 'topics per group', count(1, 1_000), 3)
    .option('--partitions <count>', 'partitions per topic', count(1, 1_000), 24)
    .addOption(tierOption('metricsTier (default: from --config, or "default")'))
    .option(
      '--poll-interval <seconds>',
      'time between two polls, in whole minutes (default: from --config, or 60)',
      parseInterval,
    )
    .addOption(budgetOption())
    .option('--no-dashboard', 'leave out the dashboard (default: from --config)')
    .option('--runs <count>', 'runbook runs per month', count(0, 1_000_000), 30)
    .option(
      '--endpoint-zones <count>',
      'Availability Zones with an interface endpoint for Secrets Manager',
      count(0, 6),
      0,
    )
    .addOption(new Option('--region <region>', 'AWS Region of the prices').choices(PRICED_REGIONS).default('us-east-1'))
    .option('--json', 'print the bill as JSON, with prices, sources and assumptions', false)
    .option('--no-color', 'no colors; NO_COLOR does the same')
    .action(cost);
}

function cost(flags: CostFlags): void {
  const inventory = inventoryOf(flags);
  const tiers = METRICS_TIERS.map((name) => ({ name, bill: monthlyBill({ ...inventory, tier: name }, flags.region) }));
  const bill = monthlyBill(inventory, flags.region);
  process.stdout.write(flags.json ? jsonOf(inventory, bill, tiers) : textOf(bill, tiers));
}

function inventoryOf(flags: CostFlags): Inventory {
  const { groups, topicsPerGroup, partitions: partitionsPerTopic } = flags;
  const configured = readPlannable(flags.config, flags.budget);
  const named = namedGroupsOf(configured);
  if (named.length > groups) {
    throw new SettingsError([
      `--groups is ${groups}, but the configuration names ${named.length} groups; use at least ${named.length}`,
    ]);
  }
  const { metricsTier, seriesBudget: budget, timing } = configured;
  return {
    groups,
    topicsPerGroup,
    partitionsPerTopic,
    pollIntervalSeconds: flags.pollInterval ?? timing.pollIntervalSeconds,
    tier: flags.tier ?? metricsTier,
    ...present({ budget }),
    named,
    declared: configured,
    dashboard: flags.dashboard && configured.dashboard,
    runsPerMonth: flags.runs,
    endpointZones: flags.endpointZones,
    log: pollLogOf({ topicsPerGroup, partitionsPerTopic }),
  };
}

type Tiers = readonly { readonly name: MetricsTier; readonly bill: Bill }[];

function jsonOf(inventory: Inventory, bill: Bill, tiers: Tiers): string {
  const lines = bill.lines.map((line) => ({ ...line, ...priceOf(bill, line) }));
  const others = tiers.map(({ name, bill: { totalUsd, usdPerGroup, series, dropped } }) => {
    return { tier: name, series, dropped, totalUsd, usdPerGroup };
  });
  const all = { inventory, ...bill, lines, tiers: others, assumptions: ASSUMPTIONS, leftOut: LEFT_OUT };
  return `${JSON.stringify(all, null, 2)}\n`;
}

const priceOf = ({ region }: Bill, { price }: BillLine): Price => PRICES[region][price];

function textOf(bill: Bill, tiers: Tiers): string {
  const rows = bill.lines.map((line) => {
    const { unit, steps } = priceOf(bill, line);
    const price = `$${decimal(steps[0]?.usd ?? 0)}${steps.length > 1 ? ' and less' : ''}`;
    return [line.item, line.what, decimal(line.quantity), unit, price, line.usd.toFixed(2)];
  });
  rows.push(
    ['all', '', '', '', '', bill.totalUsd.toFixed(2)],
    ['all, by group', '', '', '', '', bill.usdPerGroup.toFixed(2)],
  );
  const parts = [
    renderTable(['ITEM', 'WHAT', 'QUANTITY', 'UNIT', 'PRICE', 'USD/MONTH'], rows),
    planText(bill),
    ...(bill.named.length === 0
      ? []
      : [
          renderTable(
            ['GROUP', 'DETAIL'],
            bill.named.map((one) => [one.groupId, one.detail]),
          ),
        ]),
    renderTable(['TIER', 'SERIES', 'LEFT OUT', 'USD/MONTH', 'USD/GROUP'], tiers.map(tierRow)),
    renderTable(['ASSUMED', 'VALUE', 'UNIT', 'WHY'], assumptionRows()),
    `Left out: ${LEFT_OUT}.\n`,
    renderTable([`PRICES OF ${bill.region}`, 'CHECKED', 'KNOWN FROM', 'SOURCE'], sourceRows(bill)),
  ];
  return parts.join('\n');
}

function planText({ series, dropped, groups }: Bill): string {
  const details = Object.entries(groups).map(([detail, count]) => `${count} ${detail}`);
  return `Series: ${series}; left out by the budget: ${dropped}. Groups by detail: ${details.join(', ')}.\n`;
}

const tierRow = ({ name, bill: { series, dropped, totalUsd, usdPerGroup } }: Tiers[number]): string[] => [
  name,
  ...[series, dropped].map(String),
  ...[totalUsd, usdPerGroup].map((usd) => usd.toFixed(2)),
];

const assumptionRows = (): string[][] =>
  Object.entries(ASSUMPTIONS).map(([name, { value, unit, why }]) => [name, decimal(value), unit, why]);

/** One row per source: what was checked there, when, and how well it is known. */
function sourceRows(bill: Bill): string[][] {
  const rows = bill.lines.map((line) => {
    const { source, checkedOn, evidence } = priceOf(bill, line);
    return [line.item, checkedOn, evidence, source];
  });
  return [...new Map(rows.map((row) => [row.join(), row])).values()];
}

const decimal = (value: number): string =>
  value.toLocaleString('en-US', value < 1_000 ? { maximumSignificantDigits: 6 } : { maximumFractionDigits: 0 });

function parseCount(text: string, { least, most }: { least: number; most: number }): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= least && count <= most) return count;
  throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
}

function parseInterval(text: string): number {
  const seconds = Number(text);
  if (/^\d+$/.test(text) && seconds % 60 === 0 && seconds >= 60 && seconds <= 1_800) return seconds;
  throw new InvalidArgumentError('It must be whole minutes, from 60 to 1800 seconds.');
}
