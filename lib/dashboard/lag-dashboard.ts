import { Annotations, Aws, Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { isPublished, metricsOfDetail, planSeries, type SeriesDetail, tiersOf } from '#core/cost/series-plan.ts';
import { alarmShardOf } from '#core/metrics/alarm-shards.ts';
import { METRICS, type MetricName, seriesPer } from '#core/metrics/catalogue.ts';
import type { Settings } from '#core/settings.ts';
import { present } from '#core/text/json.ts';
import { plain } from '#core/text/markdown.ts';
import type { Articles } from '#lib/alarms/articles.ts';
import { BROKER_READER_MEMORY } from '#lib/functions/poller.ts';
import { type FunctionDefaults, WatcherFunction } from '#lib/functions/watcher-function.ts';
import { COLUMNS, type DimensionValues, metricGraph, topGraph } from './widgets.ts';

/** Limits of CloudWatch. */
export const MAX_WIDGETS = 500;
const MAX_ALARMS = 100;
/** Most graphs in a row, which share its columns. */
const IN_ROW = 4;

export interface LagDashboardProps extends FunctionDefaults {
  readonly articles: Articles;
  /** The dashboard shows the state of the first 100. */
  readonly alarms: readonly cloudwatch.IAlarm[];
}

const WORDS = {
  lag: 'lag',
  heartbeat: 'a missing heartbeat',
  coverage: 'coverage',
  'poll-errors': 'failing polls',
} as const;

type Row = readonly cloudwatch.IWidget[];

/**
 * The dashboard of one cluster, from the catalogue of metrics: the groups that are furthest behind,
 * the watcher's own health, rows for each group with a service, and maps of lag per partition,
 * which a function draws.
 */
export class LagDashboard extends Construct {
  readonly dashboard: cloudwatch.Dashboard;
  /**
   * Draws the maps. Readers of the dashboard call it, so they need `lambda:InvokeFunction` on it.
   */
  readonly heatMap: WatcherFunction;
  private readonly settings: Settings;
  private readonly period: Duration;
  private readonly articles: Articles;

  constructor(scope: Construct, id: string, props: LagDashboardProps) {
    super(scope, id);
    const { alarms, articles, ...defaults } = props;
    this.articles = articles;
    this.settings = defaults.settings;
    this.period = Duration.seconds(this.settings.timing.pollIntervalSeconds);
    this.heatMap = new WatcherFunction(this, 'HeatMap', {
      ...defaults,
      name: 'heat-map',
      description: `Draws the lag per partition of groups on ${this.settings.clusterName} for the dashboard`,
      timeout: Duration.seconds(30),
      // It reads the same history as the poll.
      memorySize: BROKER_READER_MEMORY,
    });
    this.dashboard = new cloudwatch.Dashboard(this, 'Dashboard', {
      // The names of dashboards are unique in the account, over all Regions.
      dashboardName: `msk-lag-watcher-${this.settings.clusterName.replaceAll('.', '_')}-${Aws.REGION}`,
      defaultInterval: Duration.hours(3),
      // A period that follows the zoom would add up the sums of several polls.
      periodOverride: cloudwatch.PeriodOverride.INHERIT,
      widgets: this.rows(alarms).map((row) => [...row]),
    });
  }

  /** Sections in their order. A text counts the groups that do not fit. */
  private rows(alarms: readonly cloudwatch.IAlarm[]): Row[] {
    const first = [...this.overview(alarms), ...this.health()];
    const last = [this.meanings()];
    const details = this.details();
    const groups = [...details].map(([group, detail]) => this.groupRows(group, detail));
    // One more for the text about groups that do not fit.
    const room = MAX_WIDGETS - 1 - count([...first, ...last]);
    const shown = groups.filter((_, i) => count(groups.slice(0, i + 1).flat()) <= room);
    return [...first, ...shown.flat(), ...this.leftOut(groups.length - shown.length), ...last];
  }

  private overview(alarms: readonly cloudwatch.IAlarm[]): Row[] {
    const { clusterName } = this.settings;
    const published = (['LagRatio', 'TimeLagSeconds'] as const).filter((name) =>
      tiersOf(name).includes(this.settings.metricsTier),
    );
    const width = COLUMNS / published.length;
    const values: DimensionValues = { ClusterName: clusterName };
    return [
      [text(`# Consumer lag on ${plain(clusterName)}\n${this.article('lag')}`, 2)],
      [
        new cloudwatch.AlarmStatusWidget({
          title: 'Alarms',
          alarms: alarms.slice(0, MAX_ALARMS),
          width: COLUMNS,
          height: 3,
        }),
      ],
      published.flatMap((name) => topGraph(name, { values, period: this.period, width }) ?? []),
      [this.heatMapOf('Worst group now: lag per partition', {})],
    ];
  }

  /** The article of an alarm, as a link if the page has an address. */
  private article(name: keyof typeof WORDS): string {
    const where = this.articles(name);
    const what = `What to do about ${WORDS[name]}`;
    return /^https?:\/\/[^\s()<>]+$/.test(where) ? `[${what}](${where})` : `${what}: \`${where}\``;
  }

  private health(): Row[] {
    const { clusterName, seriesBudget } = this.settings;
    const names = (Object.keys(METRICS) as MetricName[]).filter(
      (name) => seriesPer(name) === 'cluster' && isPublished(name, seriesBudget),
    );
    const head = text(
      `## The watcher\n${this.article('heartbeat')} ${this.article('coverage')} ${this.article('poll-errors')}`,
      2,
    );
    return [[head], ...this.graphs(names, { ClusterName: clusterName })];
  }

  /** What each declared group publishes. Budgets rank these groups before all others. */
  private details(): ReadonlyMap<string, SeriesDetail> {
    const { services, metricsTier: tier, seriesBudget: budget } = this.settings;
    const demands = services.map(({ group }) => ({ groupId: group, topics: 1 }));
    return planSeries(demands, { tier, declared: this.settings, ...present({ budget }) }).details;
  }

  private groupRows(group: string, detail: SeriesDetail): Row[] {
    const { clusterName, alarmShards } = this.settings;
    const shard = `${alarmShardOf(group, alarmShards)}`;
    const values = { ClusterName: clusterName, AlarmShard: shard, ConsumerGroup: group };
    const head = text(`## Group ${plain(group)}\n${this.article('lag')}`, 2);
    return [
      [head],
      ...this.graphs([...metricsOfDetail(detail)], values),
      [this.heatMapOf('Lag per partition', { group })],
    ];
  }

  /** Graphs side by side. Rates share one graph. */
  private graphs(names: readonly MetricName[], values: DimensionValues): Row[] {
    const isRate = (name: MetricName) => METRICS[name].unit === 'Count/Second';
    const shared = [...Map.groupBy(names, (name) => (isRate(name) ? 'rates' : name)).values()];
    const rows = Array.from({ length: Math.ceil(shared.length / IN_ROW) }, (_, i) =>
      shared.slice(i * IN_ROW, (i + 1) * IN_ROW),
    );
    return rows.map((row) => {
      const width = COLUMNS / row.length;
      return row.map((of) => metricGraph({ names: of, values, period: this.period, width }) ?? unnameable(of, width));
    });
  }

  private heatMapOf(title: string, params: { readonly group?: string }): cloudwatch.CustomWidget {
    return new cloudwatch.CustomWidget({
      title,
      functionArn: this.heatMap.function.functionArn,
      params,
      updateOnRefresh: true,
      updateOnResize: true,
      // It shows the last poll, whatever the time range of the graphs.
      updateOnTimeRangeChange: false,
      width: COLUMNS,
      height: 9,
    });
  }

  private leftOut(groups: number): Row[] {
    if (groups === 0) return [];
    const warning = `${groups} more groups have a service, but no row: a dashboard holds ${MAX_WIDGETS} widgets`;
    Annotations.of(this).addWarningV2('msk-lag-watcher:dashboard-widgets', warning);
    return [[text(`${warning}. The map of the worst group shows them by name.`, 2)]];
  }

  private meanings(): Row {
    const { metricsTier, seriesBudget } = this.settings;
    const names = (Object.keys(METRICS) as MetricName[]).filter(
      (name) => tiersOf(name).includes(metricsTier) && isPublished(name, seriesBudget),
    );
    const lines = names.map((name) => `- **${name}** (${METRICS[name].unit}): ${plain(METRICS[name].meaning)}`);
    return [text(`## What the metrics mean\n${lines.join('\n')}`, Math.ceil(lines.length * 0.8) + 1)];
  }
}

/** In place of a graph. */
const unnameable = (names: readonly MetricName[], width: number): cloudwatch.TextWidget => {
  const markdown = `${names.join(', ')}: a dashboard cannot name this group. Its name is too long, consists of dots, or has a quote or a backslash.`;
  return new cloudwatch.TextWidget({ markdown, width, height: 2 });
};

const text = (markdown: string, height: number): cloudwatch.TextWidget =>
  new cloudwatch.TextWidget({ markdown, width: COLUMNS, height });

const count = (rows: readonly Row[]): number => rows.reduce((sum, row) => sum + row.length, 0);
