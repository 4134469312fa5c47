import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { SETTINGS_ENV } from '#core/settings.ts';
import { bodyOf } from '#test/support/stack/dashboard-body.ts';
import { functionOf } from '#test/support/stack/policies.ts';
import { synthExample } from '#test/support/stack/synth.ts';

describe('the function that draws', () => {
  const template = synthExample();

  it('runs outside the VPC, and knows where history, incidents and runs are', () => {
    const fn = functionOf(template, 'heat-map');
    const settings = JSON.stringify(fn?.Properties.Environment.Variables[SETTINGS_ENV]);

    expect(fn?.Properties.VpcConfig).toBeUndefined();
    for (const name of ['historyBucket', 'stateTable', 'stateMachineArn']) expect(settings).toContain(name);
    expect(JSON.stringify(functionOf(template, 'poll')?.Properties.Environment)).not.toContain('stateMachineArn');
  });

  it('is what the maps call, and the stack outputs its name and the dashboard', () => {
    const endpoints = bodyOf(template).widgets.flatMap(({ properties }) => properties.endpoint ?? []);

    expect(new Set(endpoints).size).toBe(1);
    expect(endpoints[0]).toMatch(/DashboardHeatMap/);
    template.hasOutput('HeatMapFunctionArn', { Value: Match.anyValue() });
    template.hasOutput('DashboardName', { Value: Match.anyValue() });
  });

  it('and the dashboard are not made where they are not wanted', () => {
    const without = synthExample({ dashboard: false });

    without.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
    expect(functionOf(without, 'heat-map')).toBeUndefined();
    expect(Object.keys(without.findOutputs('*')).join()).not.toMatch(/Dashboard|HeatMap/);
  });
});
