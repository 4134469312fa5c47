/** `lag poll`: one poll by the function's own flow. It prints the metrics or publishes them. */

import { type Command, InvalidArgumentError, Option } from 'commander';
import { createEmfPublisher } from '#adapters/cloudwatch/emf-publisher.ts';
import { MemoryHistoryStore } from '#adapters/memory/history-store.ts';
import { systemClock } from '#adapters/system/clock.ts';
import { EXIT_CODES } from '#cli/exit-codes.ts';
import { brokersOf, type ConnectionFlags, readerOf, withConnection } from '#cli/options/connection.ts';
import { type FilterFlags, filtersOf, isolationEntries, withFilters } from '#cli/options/filters.ts';
import { READERS } from '#cli/options/reader.ts';
import { budgetOption, type SeriesFlags, tierOption } from '#cli/options/series-options.ts';
import { renderLine } from '#cli/terminal/render.ts';
import { namesThere, nothingReadText, recording } from '#cli/views/nothing-read.ts';
import type { IsolationLevel } from '#core/lag/lag.ts';
import { NAMESPACE } from '#core/metrics/catalogue.ts';
import { regionInArn } from '#core/msk/cluster.ts';
import type { MetricsPublisher } from '#core/ports.ts';
import { METRIC_SINKS, parseSettings, type Settings } from '#core/settings.ts';
import { present } from '#core/text/json.ts';
import { poll } from '#flows/poll.ts';

interface PollFlags extends ConnectionFlags, FilterFlags, SeriesFlags {
  readonly clusterName: string;
  readonly lagThreshold?: number;
  readonly sink: Settings['metricsSink'];
}

/**
 * Adds options and action to the command. The action sets the exit code and throws what the reader
 * throws.
 */
export function equipPoll(command: Command): void {
  command
    .option('--cluster-name <name>', 'value of the ClusterName dimension', 'local')
    .option('--lag-threshold <records>', 'lag at which LagRatio is 1', parseRecords)
    .addOption(tierOption('metricsTier; rates are missing, since they need two polls (default: "default")'))
    .addOption(budgetOption());
  const sink = new Option('--sink <sink>', 'emf prints the metrics; put-metric-data publishes them to CloudWatch');
  command.addOption(sink.choices(METRIC_SINKS).default('emf'));
  withConnection(withFilters(command)).action(pollOnce);
}

async function pollOnce(flags: PollFlags): Promise<void> {
  const { clusterArn } = flags;
  const { isolation, readsAges } = READERS[flags.reader];
  const settings = parseSettings({
    clusterName: flags.clusterName,
    ...(clusterArn === undefined ? { bootstrapBrokers: await brokersOf(flags) } : { clusterArn }),
    ...(flags.lagThreshold === undefined ? {} : { defaultThreshold: { lag: flags.lagThreshold } }),
    ...present({ metricsTier: flags.tier, seriesBudget: flags.budget }),
    // An unknown age would keep LagRatio unpublished.
    ...(readsAges ? {} : { ageRounds: 0 }),
    filters: filtersOf(flags),
    isolation: withDefault(isolationEntries(flags), isolation),
  });
  const offsets = recording(await readerOf(flags, settings.filters), flags);
  try {
    const metrics = await publisherOf(flags);
    const world = { settings, clock: systemClock, offsets, history: new MemoryHistoryStore() };
    const { problems, coverage } = await poll({ ...world, metrics });
    if (flags.sink !== 'emf') process.stdout.write(`published to CloudWatch, namespace ${NAMESPACE}\n`);
    for (const { text } of problems) process.stderr.write(renderLine(text));
    const nothing = offsets.nothing();
    if (nothing !== undefined) process.stderr.write(renderLine(nothingReadText(nothing, await namesThere(flags))));
    if (coverage !== 1 || nothing !== undefined) process.exitCode = EXIT_CODES.partial;
  } finally {
    await offsets.close();
  }
}

async function publisherOf({ sink, region, clusterArn }: PollFlags): Promise<MetricsPublisher> {
  if (sink === 'emf') return createEmfPublisher();
  const { createPutMetricPublisher } = await import('#adapters/cloudwatch/put-metric-publisher.ts');
  const chosen = (clusterArn === undefined ? undefined : regionInArn(clusterArn)) ?? region;
  return createPutMetricPublisher({ client: present({ region: chosen }) });
}

function parseRecords(text: string): number {
  const records = Number(text);
  if (Number.isInteger(records) && records > 0) return records;
  throw new InvalidArgumentError('It must be a whole number of records above 0.');
}

/** The entries, and a level for the groups that none of them means. */
const withDefault = (entries: Settings['isolation'], level: IsolationLevel): Settings['isolation'] =>
  entries.some(({ groups }) => groups === '*') ? entries : [...entries, { groups: '*', level }];
