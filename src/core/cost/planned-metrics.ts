/** The series plan of one poll, and its metrics within the plan. */

import type { ClusterReading } from '#core/kafka/model.ts';
import type { Metric, MetricsTier } from '#core/metrics/catalogue.ts';
import { present } from '#core/text/json.ts';
import { type Declared, metricsOfDetail, planSeries, type SeriesBudget, type SeriesPlan } from './series-plan.ts';

/** Most names in one line. */
const MAX_NAMES = 20;

/** The settings behind a plan. */
export interface PlanSettings extends Declared {
  readonly metricsTier: MetricsTier;
  readonly seriesBudget?: SeriesBudget;
}

/**
 * The plan for the groups of a reading. A group that could not be read keeps its place, so that no
 * other group gets it during a failure.
 */
export function planOf({ groups, unreadableGroups }: ClusterReading, settings: PlanSettings): SeriesPlan {
  const read = groups.map(({ groupId, partitions }) => ({
    groupId,
    topics: new Set(partitions.map((p) => p.topic)).size,
  }));
  const unread = unreadableGroups.map(({ groupId }) => ({ groupId, topics: 1 }));
  const { metricsTier: tier, seriesBudget: budget } = settings;
  return planSeries([...read, ...unread], { tier, declared: settings, ...present({ budget }) });
}

/** The metrics within the plan, and all metrics of the cluster. */
export const asPlanned = (metrics: readonly Metric[], { details }: SeriesPlan): Metric[] =>
  metrics.filter(({ name, dimensions: { ConsumerGroup: groupId } }) =>
    groupId === undefined ? true : metricsOfDetail(details.get(groupId) ?? 'none').has(name),
  );

/** One line for people when groups get no series, so that no alarm watches them; else empty. */
export function unwatched({ details }: SeriesPlan): string[] {
  const names = [...details].flatMap(([groupId, detail]) => (detail === 'none' ? [JSON.stringify(groupId)] : []));
  if (names.length === 0) return [];
  const more = names.length > MAX_NAMES ? `, and ${names.length - MAX_NAMES} more` : '';
  return [
    `seriesBudget leaves ${names.length} groups without LagRatio, so no alarm watches them: ${names.slice(0, MAX_NAMES).join(', ')}${more}`,
  ];
}
