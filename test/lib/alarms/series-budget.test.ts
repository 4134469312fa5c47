import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CfnResource, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { expect, it, onTestFinished } from 'vitest';
import { clusterSeries } from '#core/cost/series-plan.ts';
import { parseSettings, type SettingsInput } from '#core/settings.ts';
import { reportSeriesBudget } from '#lib/alarms/series-budget.ts';
import { newApp, synthExample } from '#test/support/stack/synth.ts';

const OWN = clusterSeries({ series: 1 });
const services = ['a', 'b'].map((group) => ({ group, ecsCluster: 'c', ecsService: group }));

function stackWith(changes: Partial<SettingsInput>): Stack {
  const folder = mkdtempSync(join(tmpdir(), 'lag-watcher-budget-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const stack = new Stack(newApp(folder), 'Budget');
  new CfnResource(stack, 'Something', { type: 'AWS::SNS::Topic' });
  reportSeriesBudget(stack, parseSettings({ clusterName: 'prod', bootstrapBrokers: 'b:9098', ...changes }));
  return stack;
}

const outputOf = (stack: Stack): string => Object.values(Template.fromStack(stack).findOutputs('*'))[0]?.Value;
const warningsOf = (stack: Stack) => Annotations.fromStack(stack).findWarning('*', Match.anyValue());

it('adds nothing without a budget', () => {
  const stack = stackWith({ services });

  expect(outputOf(stack)).toBeUndefined();
  expect(warningsOf(stack)).toEqual([]);
});

it('adds an output with the room of a budget', () => {
  expect(outputOf(stackWith({ services, seriesBudget: { series: OWN + 7 } }))).toBe(
    `${OWN + 7} series: ${OWN} series of the cluster, and with metricsTier default (3 series for a group with one topic) 2 groups, or LagRatio alone of 7`,
  );
  expect(outputOf(stackWith({ metricsTier: 'minimal', seriesBudget: { dollarsPerMonth: 40 } }))).toMatch(
    /^\$40 a month: .* metricsTier minimal \(1 series for a group with one topic\) \d+ groups$/,
  );
});

it('warns when it drops series of groups that the settings name', () => {
  expect(warningsOf(stackWith({ services, seriesBudget: { series: OWN + 6 } }))).toEqual([]);
  expect(warningsOf(stackWith({ services, seriesBudget: { series: OWN + 5 } })).map(({ entry }) => entry.data)).toEqual(
    [
      expect.stringMatching(
        /^seriesBudget \(\d+ series\) drops at least 2 series of the 2 groups .* it has room for 1; raise it/,
      ),
    ],
  );
});

it('appears in the stack, and reaches the poll', () => {
  const template = synthExample({ seriesBudget: { series: 300 } });

  expect(Object.keys(template.findOutputs('*')).join()).toContain('SeriesBudget');
  expect(JSON.stringify(template.toJSON())).toMatch(/\\"seriesBudget\\":\{\\"series\\":300\}/);
});
