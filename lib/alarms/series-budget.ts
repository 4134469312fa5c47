/**
 * Reports at synth what a budget of series has room for. Only a poll knows how many groups there
 * are.
 */
import { Annotations, CfnOutput } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { capacityOf, clusterSeries, countSeries, planSeries } from '#core/cost/series-plan.ts';
import { namedGroupsOf, type Settings } from '#core/settings.ts';

/**
 * Adds an output with the room of the budget, and a warning when it is too small for the groups
 * that the settings name.
 */
export function reportSeriesBudget(scope: Construct, settings: Settings): void {
  const { seriesBudget: budget, metricsTier: tier } = settings;
  if (budget === undefined) return;
  const room = capacityOf(tier, budget);
  const least = tier === 'minimal' ? '' : `, or LagRatio alone of ${capacityOf('minimal', budget)}`;
  new CfnOutput(scope, 'SeriesBudget', {
    description:
      'What seriesBudget has room for; where topics are published, each further topic of a group takes a series',
    value:
      `${amountOf(budget)}: ${clusterSeries(budget)} series of the cluster, and with metricsTier ${tier} ` +
      `(${countSeries(tier, 1)} series for a group with one topic) ${room} groups${least}`,
  });
  const named = namedGroupsOf(settings).map((groupId) => ({ groupId, topics: 1 }));
  const { dropped } = planSeries(named, { tier, budget, declared: settings });
  if (dropped === 0) return;
  Annotations.of(scope).addWarningV2(
    'msk-lag-watcher:series-budget',
    `seriesBudget (${amountOf(budget)}) drops at least ${dropped} series of the ${named.length} groups that services and ` +
      `thresholds name: with metricsTier ${tier} it has room for ${room}; raise it, or choose a smaller metricsTier`,
  );
}

const amountOf = ({ series, dollarsPerMonth }: NonNullable<Settings['seriesBudget']>): string =>
  series === undefined ? `$${dollarsPerMonth} a month` : `${series} series`;
