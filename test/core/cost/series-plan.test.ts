import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  capacityOf,
  clusterSeries,
  countSeries,
  metricsOfDetail,
  planSeries,
  type SeriesBudget,
  type SeriesDemand,
  type SeriesRequest,
  tiersOf,
} from '#core/cost/series-plan.ts';
import { METRICS, METRICS_TIERS, type MetricName } from '#core/metrics/catalogue.ts';

const OWN = clusterSeries({ series: 1 });
const NOTHING_DECLARED = { services: [], thresholds: [] };
const demandsOf = (...names: string[]): SeriesDemand[] => names.map((groupId) => ({ groupId, topics: 2 }));
const plan = (demands: readonly SeriesDemand[], request: Partial<SeriesRequest> = {}) =>
  planSeries(demands, { tier: 'default', declared: NOTHING_DECLARED, ...request });
const detailsOf = (demands: readonly SeriesDemand[], request: Partial<SeriesRequest>) =>
  Object.fromEntries(plan(demands, request).details);

describe('metricsOf', () => {
  it('has every metric of groups in the largest detail, and smaller details within larger ones', () => {
    const ofGroups = (Object.keys(METRICS) as MetricName[]).filter((name) =>
      METRICS[name].dimensions.some((dimension) => dimension === 'ConsumerGroup'),
    );

    expect([...metricsOfDetail('all')].sort()).toEqual(ofGroups.sort());
    for (const tier of METRICS_TIERS) {
      expect([...metricsOfDetail(tier)]).toEqual(expect.arrayContaining([...metricsOfDetail('minimal')]));
      expect([...metricsOfDetail('all')]).toEqual(expect.arrayContaining([...metricsOfDetail(tier)]));
    }
  });

  it('has one series for each metric, and one for each topic for metrics of topics', () => {
    expect(['none', 'minimal', 'default', 'rates', 'topics'].map((detail) => countSeries(detail as 'none', 4))).toEqual(
      [0, 1, 3, 7, 7],
    );
  });
});

it.each([
  ['Heartbeat', 'minimal default rates topics all'],
  ['LagRatio', 'minimal default rates topics all'],
  ['PartitionLag', 'default rates topics all'],
  ['ProduceRate', 'rates all'],
  ['TimeToDataLossSeconds', 'rates all'],
  ['Members', 'all'],
  ['TopicLag', 'topics all'],
] as const)('%s is published with metricsTier %s', (name, tiers) => {
  expect(tiersOf(name).join(' ')).toBe(tiers);
});

describe('planSeries', () => {
  it('gives every group the detail of the tier without a budget', () => {
    const { details, series, dropped } = plan(demandsOf('b', 'a'), { tier: 'topics' });

    expect([...details]).toEqual([
      ['a', 'topics'],
      ['b', 'topics'],
    ]);
    expect({ series, dropped }).toEqual({ series: 10 + clusterSeries(undefined), dropped: 0 });
  });

  it('gives every group its LagRatio before any group gets more', () => {
    const demands = demandsOf('a', 'b', 'c');

    expect(detailsOf(demands, { budget: { series: OWN + 5 } })).toEqual({ a: 'default', b: 'minimal', c: 'minimal' });
    expect(detailsOf(demands, { budget: { series: OWN + 4 } })).toEqual({ a: 'minimal', b: 'minimal', c: 'minimal' });
    expect(detailsOf(demands, { budget: { series: OWN + 2 } })).toEqual({ a: 'minimal', b: 'minimal', c: 'none' });
  });

  it('ranks groups by services, then by thresholds, then by name', () => {
    const declared = {
      services: [{ group: 'z' }, { group: 'y' }],
      thresholds: [{ groups: 'batch-*' }, { groups: 'orders' }],
    };
    const demands = demandsOf('orders', 'batch-2', 'y', 'a', 'z', 'batch-1', 'Ä', 'B');

    expect([...plan(demands, { declared }).details.keys()]).toEqual([
      ...['z', 'y', 'batch-1', 'batch-2', 'orders'],
      ...['B', 'a', 'Ä'],
    ]);
  });

  it('ends a detail at the first group that does not fit', () => {
    const demands = [
      { groupId: 'a', topics: 1 },
      { groupId: 'b', topics: 50 },
      { groupId: 'c', topics: 1 },
    ];

    expect(detailsOf(demands, { tier: 'topics', budget: { series: OWN + 12 } })).toEqual({
      a: 'topics',
      b: 'default',
      c: 'default',
    });
  });

  it('spends dollars on series and on the lag alarm', () => {
    const own = OWN * 0.3;

    expect(detailsOf(demandsOf('a', 'b'), { budget: { dollarsPerMonth: own + 0.8 } })).toEqual({
      a: 'minimal',
      b: 'minimal',
    });
    expect(detailsOf(demandsOf('a', 'b'), { budget: { dollarsPerMonth: own + 0.79 } })).toMatchObject({ b: 'none' });
    expect(detailsOf(demandsOf('a', 'b'), { budget: { dollarsPerMonth: own + 1.4 } })).toMatchObject({ a: 'default' });
  });

  it('counts the series that it leaves out and never exceeds the budget', () => {
    const demand = fc.record({ groupId: fc.string({ maxLength: 4 }), topics: fc.nat(20) });
    fc.assert(
      fc.property(
        fc.uniqueArray(demand, { selector: (one) => one.groupId, maxLength: 30 }),
        fc.constantFrom(...METRICS_TIERS),
        fc.integer({ min: OWN, max: 200 }),
        (demands, tier, series) => {
          const planned = plan(demands, { tier, budget: { series } });
          const wanted = demands.reduce((sum, { topics }) => sum + countSeries(tier, topics), 0);
          expect(planned.series).toBeLessThanOrEqual(series);
          expect(planned.series - OWN + planned.dropped).toBe(wanted);
        },
      ),
    );
  });

  it('takes nothing from a group when one of a later rank appears, in any order of groups', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { minLength: 2, maxLength: 20 }), fc.nat(40), (names, more) => {
        const sorted = names.toSorted((a, b) => (a < b ? -1 : 1));
        const request: Partial<SeriesRequest> = { tier: 'minimal', budget: { series: OWN + more } };
        const before = plan(demandsOf(...sorted.slice(0, -1)), request).details;
        const after = plan(demandsOf(...names), request).details;
        for (const [groupId, detail] of before) expect(after.get(groupId)).toBe(detail);
      }),
    );
  });
});

it.each<[SeriesBudget | undefined, number, number]>([
  [undefined, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  [{ series: OWN + 7 }, 7, 2],
  [{ series: OWN - 1 }, 0, 0],
  [{ dollarsPerMonth: OWN * 0.3 + 4 }, 10, 4],
])('a budget of %j has room for %i groups in the minimal detail, %i in the default', (budget, minimal, other) => {
  expect([capacityOf('minimal', budget), capacityOf('default', budget)]).toEqual([minimal, other]);
});
