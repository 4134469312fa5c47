import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { describe, expect, it } from 'vitest';
import { metricsOfDetail, tiersOf } from '#core/cost/series-plan.ts';
import { alarmShardOf } from '#core/metrics/alarm-shards.ts';
import { dimensionValue, METRICS, METRICS_TIERS, type MetricName, NAMESPACE } from '#core/metrics/catalogue.ts';
import { parseSettings } from '#core/settings.ts';
import { LagDashboard, MAX_WIDGETS } from '#lib/dashboard/lag-dashboard.ts';
import { articlesAt, type LagWatcherStackProps } from '#lib/index.ts';
import { Storage } from '#lib/storage.ts';
import { bodyOf, type Widget } from '#test/support/stack/dashboard-body.ts';
import { newApp, synthExample, withStubBundles } from '#test/support/stack/synth.ts';

const widgetsOf = (changes: Partial<LagWatcherStackProps> = {}): Widget[] => bodyOf(synthExample(changes)).widgets;
const servicesOf = (groups: readonly string[]) => groups.map((group) => ({ group, ecsCluster: 'c', ecsService: 's' }));

/** A metric as a widget shows it: by name, or by a query. */
interface Shown {
  readonly name: string;
  readonly dimensions: readonly string[];
  readonly values: Readonly<Record<string, string>>;
  /** That of a query is in it. */
  readonly statistic?: string;
}

const QUERY =
  /^SELECT MAX\((\w+)\) FROM SCHEMA\("MskLagWatcher", ([\w, ]+)\) WHERE (.+) GROUP BY ([\w, ]+) ORDER BY MAX\(\) DESC LIMIT 10$/;

function shownIn({ properties }: Widget): Shown[] {
  return (properties.metrics ?? []).map((metric) => {
    const { expression, stat, ...rest } = metric.at(-1) as { expression?: string; stat?: string; period: number };
    expect(rest.period).toBe(60);
    if (expression !== undefined) {
      const [, name = '', dimensions = '', where = ''] = QUERY.exec(expression) ?? [];
      const values = Object.fromEntries(
        [...where.matchAll(/(\w+) = '([^'\\]*)'/g)].map(([, key, value]) => [key, value]),
      );
      return { name, dimensions: dimensions.split(', '), values };
    }
    const [namespace, name, ...pairs] = metric.slice(0, -1) as string[];
    expect(namespace).toBe(NAMESPACE);
    const values = Object.fromEntries(pairs.flatMap((key, i) => (i % 2 === 0 ? [[key, pairs[i + 1] ?? '']] : [])));
    return {
      name: name ?? '',
      dimensions: Object.keys(values),
      values,
      statistic: stat ?? 'Average',
    };
  });
}

const namesIn = (widgets: readonly Widget[]): Set<string> => new Set(widgets.flatMap(shownIn).map(({ name }) => name));
/** Widgets from one head to the next. */
function rowsOf(widgets: readonly Widget[], head: string): Widget[] {
  const from = widgets.findIndex(({ properties }) => properties.markdown?.startsWith(head));
  const next = widgets.findIndex(({ properties }, i) => i > from && properties.markdown?.startsWith('## ') === true);
  expect(from).toBeGreaterThanOrEqual(0);
  return widgets.slice(from, next);
}

describe('metrics on the dashboard', () => {
  it.each(METRICS_TIERS)(
    'of tier %s are of the catalogue, with their exact dimensions, and published by the tier',
    (metricsTier) => {
      const shown = widgetsOf({ metricsTier }).flatMap(shownIn);

      expect(shown.length).toBeGreaterThan(8);
      for (const { name, dimensions, values } of shown) {
        expect(METRICS).toHaveProperty(name);
        expect(dimensions.toSorted()).toEqual([...METRICS[name as MetricName].dimensions].toSorted());
        expect(tiersOf(name as MetricName)).toContain(metricsTier);
        expect(values.ClusterName).toBe('orders');
      }
    },
  );

  it('are all metrics of the catalogue, where all are published', () => {
    const widgets = widgetsOf({ metricsTier: 'all', seriesBudget: { series: 1_000 } });
    const meanings = widgets.at(-1)?.properties.markdown;

    expect([...namesIn(widgets)].toSorted()).toEqual(Object.keys(METRICS).toSorted());
    for (const [name, { unit }] of Object.entries(METRICS)) expect(meanings).toContain(`- **${name}** (${unit}): `);
  });

  it('omit the counts of dropped series without a budget', () => {
    expect(namesIn(widgetsOf())).not.toContain('SeriesDropped');
    expect(JSON.stringify(widgetsOf())).not.toMatch(/SeriesDropped|GroupsUnwatched/);
  });

  it('have the period of a poll, so that a sum is of one poll', () => {
    expect(bodyOf(synthExample()).periodOverride).toBe('inherit');
    expect(JSON.stringify(widgetsOf({ timing: { pollIntervalSeconds: 300 } }))).not.toContain('"period":60');
  });
});

describe('the overview', () => {
  it('ranks groups by ratio and by age, and shows the worst one', () => {
    const [head, alarms, ratio, age, worst] = widgetsOf();

    expect(head?.properties.markdown).toContain('docs/runbook.md');
    expect(alarms).toMatchObject({ type: 'alarm' });
    expect([ratio, age].map((widget) => widget && shownIn(widget)[0]?.name)).toEqual(['LagRatio', 'TimeLagSeconds']);
    expect(JSON.stringify(ratio?.properties.metrics)).toContain('GROUP BY ConsumerGroup ORDER BY MAX() DESC LIMIT 10');
    expect(worst).toMatchObject({ type: 'custom', properties: { params: {} } });
  });

  it('links the articles of the runbook if they have an address', () => {
    const markdown = JSON.stringify(widgetsOf({ runbookUrl: 'https://wiki.example.com/lag' }));

    expect(markdown).toContain('[What to do about coverage](https://wiki.example.com/lag#coverage)');
    expect(markdown).not.toContain('docs/runbook.md');
    expect(JSON.stringify(widgetsOf({ runbookUrl: 'https://wiki/a)[b](javascript:c' }))).not.toContain(
      '](https://wiki',
    );
  });

  it('shows every alarm of the watcher', () => {
    const template = synthExample();
    const alarms = Object.keys(template.findResources('AWS::CloudWatch::Alarm'));

    expect(bodyOf(template).widgets[1]?.properties.alarms?.toSorted()).toEqual(alarms.toSorted());
  });
});

describe('a declared group', () => {
  it('has the shard of its lag alarm', () => {
    const rows = rowsOf(widgetsOf({ alarmShards: 7 }), '## Group billing');
    const ratio = rows.flatMap(shownIn).find(({ name }) => name === 'LagRatio');

    expect(ratio?.values.AlarmShard).toBe(`${alarmShardOf('billing', 7)}`);
  });

  it('has the metrics of its tier, and the map of its partitions', () => {
    const rows = rowsOf(widgetsOf({ metricsTier: 'rates' }), '## Group billing');

    expect(namesIn(rows)).toEqual(metricsOfDetail('rates'));
    for (const { values } of rows.flatMap(shownIn))
      expect(values).toMatchObject({ ClusterName: 'orders', ConsumerGroup: 'billing' });
    expect(
      rows
        .flatMap(shownIn)
        .filter(({ name }) => name === 'PartitionLag')
        .map(({ statistic }) => statistic)
        .toSorted(),
    ).toEqual(['Average', 'Maximum', 'Sum']);
    expect(rows.at(-1)).toMatchObject({ type: 'custom', properties: { params: { group: 'billing' } } });
  });

  it('has the lag of its topics as a query', () => {
    const topics = rowsOf(widgetsOf({ metricsTier: 'topics' }), '## Group billing')
      .flatMap(shownIn)
      .find(({ name }) => name === 'TopicLag');

    expect(topics?.values).toEqual({ ClusterName: 'orders', ConsumerGroup: 'billing' });
  });

  it('has no graph of a metric that the budget drops', () => {
    const widgets = widgetsOf({ seriesBudget: { series: 12 } });

    expect(namesIn(rowsOf(widgets, '## Group orders'))).toEqual(metricsOfDetail('default'));
    expect(namesIn(rowsOf(widgets, '## Group billing'))).toEqual(metricsOfDetail('minimal'));
  });

  it('has rows only if it has a service', () => {
    expect(widgetsOf({ services: [] }).filter(({ properties }) => properties.markdown?.startsWith('## Group'))).toEqual(
      [],
    );
  });

  it.each(['größe', '# [x](javascript:1) <b>', '"\n', '$MAX', '__proto__', 'x'.repeat(255)])(
    'may be named %j',
    (group) => {
      const widgets = widgetsOf({ services: servicesOf([group]), metricsTier: 'all' });
      const rows = rowsOf(widgets, '## Group ');

      expect(rows[0]?.properties.markdown?.split('\n')).toHaveLength(2);
      expect(rows[0]?.properties.markdown).not.toMatch(/[^\\][<[]/);
      for (const { values } of rows.flatMap(shownIn)) expect(values.ConsumerGroup).toBe(dimensionValue(group));
      expect(rows.at(-1)?.properties.params).toEqual({ group });
    },
  );

  it.each([
    ["it's", ['TopicLag']],
    ['a\\b', ['TopicLag']],
    ['x'.repeat(256), ['LagRatio', 'TimeLagSeconds', 'PartitionLag', 'ProduceRate', 'ConsumeRate']],
    ['...', ['LagRatio', 'TimeLagSeconds', 'PartitionLag', 'ProduceRate', 'ConsumeRate']],
  ])('named %s has a text in place of each graph that cannot name it', (group, missing) => {
    const rows = rowsOf(widgetsOf({ services: servicesOf([group]), metricsTier: 'all' }), '## Group');
    const texts = rows.flatMap(({ properties }) => properties.markdown ?? []).join('\n');

    for (const name of missing) {
      expect(namesIn(rows)).not.toContain(name);
      expect(texts).toContain(name);
    }
  });
});

describe('the limits of a dashboard', () => {
  /** The dashboard alone: the settings of a watcher have no room for all these services. */
  function dashboardOf(groups: number): { widgets: Widget[]; warnings: unknown[] } {
    return withStubBundles((functionsDir) => {
      const stack = new Stack(newApp(join(functionsDir, 'cdk.out')), 'Limits');
      const resources = { storage: new Storage(stack, 'Storage', {}), clusterArn: 'arn' };
      const services = servicesOf(Array.from({ length: groups }, (_, i) => `g${i}`));
      const settings = parseSettings({ clusterName: 'orders', bootstrapBrokers: 'b:1', metricsTier: 'all', services });
      const logRetention = RetentionDays.ONE_DAY;
      const articles = articlesAt();
      new LagDashboard(stack, 'Dashboard', { settings, functionsDir, logRetention, resources, articles, alarms: [] });
      const { widgets } = bodyOf(Template.fromStack(stack));
      const warnings = Annotations.fromStack(stack).findWarning('*', Match.anyValue());
      return { widgets, warnings: warnings.map(({ entry }) => entry.data) };
    });
  }

  it('hold: a text and a warning count the groups that do not fit', () => {
    const { widgets, warnings } = dashboardOf(110);
    const heads = widgets.filter(({ properties }) => properties.markdown?.startsWith('## Group'));
    const left = 110 - heads.length;

    expect(widgets.length).toBeLessThanOrEqual(MAX_WIDGETS);
    expect(widgets.length).toBeGreaterThan(MAX_WIDGETS - 15);
    expect(
      widgets.some(({ properties }) => properties.markdown?.startsWith(`${left} more groups have a service`)),
    ).toBe(true);
    expect(warnings).toEqual([expect.stringContaining(`${left} more groups`)]);
  });

  it('cause no text where all groups fit', () => {
    const { widgets, warnings } = dashboardOf(30);

    expect(JSON.stringify(widgets)).not.toContain('more groups');
    expect(warnings).toEqual([]);
  });

  it('are not the only limit: widgets do not overlap', () => {
    const taken = new Set<string>();
    for (const { x, y, width, height } of widgetsOf({ metricsTier: 'all' })) {
      expect(x + width).toBeLessThanOrEqual(24);
      for (let column = x; column < x + width; column += 1) {
        for (let row = y; row < y + height; row += 1) {
          expect(taken.has(`${column},${row}`)).toBe(false);
          taken.add(`${column},${row}`);
        }
      }
    }
  });
});
