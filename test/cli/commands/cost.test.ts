import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { equipCost } from '#cli/commands/cost.ts';
import { BILL_ITEMS, type Bill } from '#core/cost/cost.ts';
import { metricsOfDetail, type SeriesDetail } from '#core/cost/series-plan.ts';
import { runCommand } from '#test/support/cli/run-command.ts';
import { runLag } from '#test/support/cli/run-lag.ts';
import { ROOT } from '#test/support/root.ts';
import { EXAMPLE_CONFIG } from '#test/support/stack/synth.ts';

const PAGE = readFileSync(join(ROOT, 'docs/cost.md'), 'utf8');
const rowOf = (tier: string) => PAGE.split('\n').find((line) => line.startsWith(`| \`${tier}\``));
const SHAPE = ['--groups', '100', '--topics-per-group', '3', '--partitions', '24'];

it('lag cost prints each item with its price and source', async () => {
  const { code, stdout, stderr } = await runLag(['cost', ...SHAPE]);

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const item of BILL_ITEMS) expect(stdout).toMatch(new RegExp(`^${item} .*\\d\\.\\d\\d$`, 'm'));
  expect(stdout).toMatch(/^Series: 306; left out by the budget: 0\. Groups by detail: 100 default\.$/m);
  expect(stdout).toContain('https://aws.amazon.com/cloudwatch/pricing/');
  expect(stdout).toMatch(/^Left out: free tiers/m);
});

it('a group of 100 costs less than $1.30 by default, and less than $0.50 in the tier minimal', async () => {
  const { stdout } = await runLag(['cost', ...SHAPE, '--json']);
  const bill: Bill & { tiers: { tier: string; series: number; totalUsd: number; usdPerGroup: number }[] } =
    JSON.parse(stdout);
  const perGroup = Object.fromEntries(bill.tiers.map(({ tier, usdPerGroup }) => [tier, usdPerGroup]));

  expect(perGroup.default).toBe(bill.usdPerGroup);
  expect(perGroup.default).toBeLessThan(1.3);
  expect(perGroup.minimal).toBeLessThan(0.5);
  for (const { tier, series, totalUsd, usdPerGroup } of bill.tiers) {
    expect(rowOf(tier)).toContain(`| ${series} | ${totalUsd.toFixed(2)} | ${usdPerGroup.toFixed(2)} |`);
  }
  expect(bill.lines[0]).toMatchObject({
    item: 'Metrics',
    unit: 'metric-month',
    source: expect.stringMatching(/^https:/),
  });
});

it.each<[SeriesDetail, SeriesDetail]>([
  ['minimal', 'none'],
  ['default', 'minimal'],
  ['rates', 'default'],
  ['topics', 'default'],
])('docs/cost.md lists the metrics that %s has beyond %s', (tier, before) => {
  const named = [...(rowOf(tier) ?? '').matchAll(/`([A-Z]\w+)`/g)].map(([, name]) => name);

  expect(named).toEqual([...metricsOfDetail(tier)].filter((name) => !metricsOfDetail(before).has(name)));
});

it('lag cost plans for the groups that a configuration names', async () => {
  const flags = ['--config', EXAMPLE_CONFIG, '--groups', '10', '--budget', '20', '--json'];
  const { code, stdout } = await runLag(['cost', ...flags]);
  const bill: Bill = JSON.parse(stdout);

  expect(code).toBe(0);
  expect(bill).toMatchObject({ series: 20, groups: { default: 1, minimal: 9 } });
  expect(bill.named.map(({ detail }) => detail)).toEqual(['default', 'minimal']);
});

it('lag cost leaves out the dashboard if the configuration or a flag does', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lag-cost-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'without.json'), JSON.stringify({ dashboard: false }));
  const dashboardsOf = async (...flags: string[]) => {
    const { stdout } = await runLag(['cost', '--json', ...flags]);
    return (JSON.parse(stdout) as Bill).lines.find(({ item }) => item === 'Dashboards')?.usd;
  };

  expect(await dashboardsOf('--config', EXAMPLE_CONFIG)).toBe(3);
  expect(await dashboardsOf('--config', join(folder, 'without.json'))).toBe(0);
  expect(await dashboardsOf('--no-dashboard')).toBe(0);
});

it.each([
  [['--groups', '0'], /whole number from 1 to 100000/],
  [['--poll-interval', '90'], /whole minutes/],
  [['--budget', '12eur'], /500, or dollars a month such as 40usd/],
  [['--budget', '2'], /seriesBudget: .* leaves no room for a group/],
  [['--region', 'eu-west-1'], /us-east-1/],
  [['--config', 'no/such.json'], /configuration no\/such.json cannot be read: ENOENT/],
  [['--config', EXAMPLE_CONFIG, '--groups', '1'], /--groups is 1, but the configuration names 2 groups/],
])('lag cost refuses %j and says what is allowed', async (flags, message) => {
  await expect(runCommand(equipCost, flags)).rejects.toThrow(message);
});
