import { expect, it } from 'vitest';
import { asPlanned, unwatched } from '#core/cost/planned-metrics.ts';
import type { SeriesDetail, SeriesPlan } from '#core/cost/series-plan.ts';
import type { Metric } from '#core/metrics/catalogue.ts';
import { present } from '#core/text/json.ts';

const planOf = (details: readonly (readonly [string, SeriesDetail])[]): SeriesPlan => ({
  details: new Map(details),
  series: 0,
  dropped: 0,
  unwatched: 0,
});
const metric = (name: Metric['name'], groupId?: string): Metric => ({
  name,
  dimensions: { ClusterName: 'prod', ...present({ ConsumerGroup: groupId }) },
  values: [1],
});

it('asPlanned keeps the metrics in the detail of each group, and all metrics of the cluster', () => {
  const plan = planOf([
    ['a', 'minimal'],
    ['b', 'default'],
    ['c', 'none'],
  ]);
  const asked = ['a', 'b', 'c', 'd', ''].flatMap((id) => [metric('LagRatio', id), metric('PartitionLag', id)]);
  const kept = asPlanned([...asked, metric('Heartbeat')], plan);

  expect(kept.map(({ name, dimensions }) => [name, dimensions.ConsumerGroup])).toEqual([
    ['LagRatio', 'a'],
    ['LagRatio', 'b'],
    ['PartitionLag', 'b'],
    ['Heartbeat', undefined],
  ]);
});

it('unwatched names at most 20 of the groups that no alarm watches', () => {
  const none = (count: number) => planOf(Array.from({ length: count }, (_, i) => [`g${i}`, 'none'] as const));

  expect(unwatched(planOf([['a', 'minimal']]))).toEqual([]);
  expect(unwatched(none(20))).toEqual([expect.stringMatching(/leaves 20 groups .*: "g0", .*, "g19"$/)]);
  expect(unwatched(none(23))).toEqual([expect.stringMatching(/leaves 23 groups .*: "g0", .*, "g19", and 3 more$/)]);
});
