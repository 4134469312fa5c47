import { describe, expect, it } from 'vitest';
import { BILL_ITEMS, type Bill, type BillLine, type Inventory, monthlyBill } from '#core/cost/cost.ts';
import { clusterSeries } from '#core/cost/series-plan.ts';

const size = { bytes: 974, lines: 1 };
const log = { cluster: size, minimal: size, default: size, rates: size, topics: size, all: size };
const inventory: Inventory = {
  groups: 100,
  topicsPerGroup: 3,
  partitionsPerTopic: 24,
  pollIntervalSeconds: 60,
  tier: 'default',
  named: [],
  declared: { services: [], thresholds: [] },
  dashboard: true,
  runsPerMonth: 30,
  endpointZones: 0,
  log,
};
const billOf = (changes: Partial<Inventory> = {}): Bill => monthlyBill({ ...inventory, ...changes }, 'us-east-1');
const usdOf = (bill: Bill, item: BillLine['item']): number =>
  bill.lines.filter((line) => line.item === item).reduce((sum, { usd }) => sum + usd, 0);
const pollsUsd = (bill: Bill): number =>
  bill.lines
    .filter(({ item, what }) => item === 'Lambda' && what.startsWith('polls'))
    .reduce((sum, { usd }) => sum + usd, 0);

describe('monthlyBill', () => {
  it('has every item in order and adds up', () => {
    const bill = billOf();

    expect([...new Set(bill.lines.map(({ item }) => item))]).toEqual(BILL_ITEMS);
    expect(bill.totalUsd).toBeCloseTo(
      BILL_ITEMS.reduce((sum, item) => sum + usdOf(bill, item), 0),
      9,
    );
    expect(bill.usdPerGroup).toBeCloseTo(bill.totalUsd / 100, 9);
  });

  it('contains each series, and each group that the lag alarm analyses', () => {
    const own = clusterSeries(undefined);

    expect(usdOf(billOf(), 'Metrics')).toBeCloseTo((300 + own) * 0.3, 9);
    expect(usdOf(billOf({ tier: 'minimal' }), 'Metrics')).toBeCloseTo((100 + own) * 0.3, 9);
    expect(usdOf(billOf({ tier: 'topics' }), 'Metrics')).toBeCloseTo((600 + own) * 0.3, 9);
    expect(usdOf(billOf({ groups: 200 }), 'Alarms') - usdOf(billOf(), 'Alarms')).toBeCloseTo(10, 9);
  });

  it('contains the requests of reconcile to CloudWatch, and its read for each declared service', () => {
    const services = [{ group: 'a' }, { group: 'b' }];
    const declared = { ...inventory.declared, services };
    const asking = billOf().lines.find(({ price }) => price === 'cloudWatchRequest');

    expect(asking).toMatchObject({ item: 'Alarms', quantity: 8_760 });
    expect(usdOf(billOf({ declared }), 'DynamoDB') - usdOf(billOf(), 'DynamoDB')).toBeCloseTo(2 * 8_760 * 0.125e-6, 9);
  });

  it('contains less with a budget, and what the budget leaves out', () => {
    const own = clusterSeries({ series: 1 });
    const bill = billOf({ budget: { series: own + 104 } });

    expect(bill).toMatchObject({ series: own + 104, dropped: 196, groups: { minimal: 98, default: 2 } });
    expect(usdOf(bill, 'Metrics')).toBeCloseTo((own + 104) * 0.3, 9);
    const unwatched = billOf({ budget: { series: own + 60 } });
    expect(unwatched.groups).toEqual({ minimal: 60, none: 40 });
    expect(usdOf(billOf(), 'Alarms') - usdOf(unwatched, 'Alarms')).toBeCloseTo(4 - 0.1, 9);
  });

  it('has the detail of each named group, declared groups first', () => {
    const named = ['zebra', 'ant', 'billing'];
    const declared = { services: [{ group: 'billing' }], thresholds: [{ groups: 'z*' }] };
    const bill = billOf({ named, declared, budget: { series: clusterSeries({ series: 1 }) + 104 } });

    expect(bill.groups).toEqual({ minimal: 98, default: 2 });
    expect(bill.named).toEqual([
      { groupId: 'billing', detail: 'default' },
      { groupId: 'zebra', detail: 'default' },
      { groupId: 'ant', detail: 'minimal' },
    ]);
  });

  it('stays within a budget in dollars, including the lag alarm', () => {
    const bill = billOf({ budget: { dollarsPerMonth: 75 } });
    const queried = bill.lines.find(({ price }) => price === 'queriedMetric')?.usd ?? Number.NaN;

    expect(usdOf(bill, 'Metrics') + queried).toBeLessThanOrEqual(75);
    expect(usdOf(bill, 'Metrics') + queried).toBeGreaterThan(74);
  });

  it('contains what each poll writes to its log', () => {
    // 1,200 bytes from Lambda, and 1,000 with the overhead of a line for the cluster and each
    // group.
    expect(usdOf(billOf(), 'Logs')).toBeCloseTo(((102_200 * 43_800) / 1e9) * (0.5 + 0.15 * 0.03), 6);
    expect(usdOf(billOf({ pollIntervalSeconds: 300 }), 'Logs')).toBeCloseTo(usdOf(billOf(), 'Logs') / 5, 9);
    expect(pollsUsd(billOf({ pollIntervalSeconds: 300 }))).toBeCloseTo(pollsUsd(billOf()) / 5, 9);
  });

  it('contains a dashboard and its maps', () => {
    expect(usdOf(billOf(), 'Dashboards')).toBe(3);
    const maps = billOf().lines.find(({ what }) => what === 'maps of the dashboard');
    expect(maps).toMatchObject({ item: 'Lambda', quantity: 8_100 });
    expect(usdOf(billOf({ dashboard: false }), 'Dashboards')).toBe(0);
    const saved = usdOf(billOf(), 'Lambda') - usdOf(billOf({ dashboard: false }), 'Lambda');
    expect(saved).toBeCloseTo((maps?.usd ?? 0) + 5_400 * 0.2e-6, 9);
  });

  it('grows with partitions, runs and endpoints', () => {
    expect(usdOf(billOf({ partitionsPerTopic: 48 }), 'VPC')).toBeCloseTo(usdOf(billOf(), 'VPC') * 2, 9);
    expect(usdOf(billOf({ partitionsPerTopic: 48 }), 'Lambda')).toBeGreaterThan(usdOf(billOf(), 'Lambda'));
    expect(usdOf(billOf({ runsPerMonth: 0 }), 'Step Functions')).toBe(0);
    expect(usdOf(billOf({ runsPerMonth: 60 }), 'Step Functions')).toBeCloseTo(usdOf(billOf(), 'Step Functions') * 2, 9);
    expect(usdOf(billOf({ endpointZones: 2 }), 'VPC') - usdOf(billOf(), 'VPC')).toBeCloseTo(14.6, 9);
  });
});
