import type { Template } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { ASSUMPTIONS } from '#core/cost/assumptions.ts';
import { FUNCTION_METADATA } from '#core/runbook/messages.ts';
import { schedulesFromTemplate } from '#local/template/schedules-from-template.ts';
import { synthDiscovering, synthExample } from '#test/support/stack/synth.ts';

const template = synthDiscovering();

test('the bill counts the alarms and dashboards that the stack has, and nothing that is paid by the hour', () => {
  const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm'));
  const onQueries = alarms.filter(({ Properties }) => JSON.stringify(Properties).includes('SELECT '));

  expect(onQueries).toHaveLength(1);
  expect(alarms.length - onQueries.length).toBe(ASSUMPTIONS.alarms.value);
  template.resourceCountIs('AWS::CloudWatch::Dashboard', ASSUMPTIONS.dashboards.value);
  template.resourceCountIs('AWS::EC2::NatGateway', 0);
  template.resourcePropertiesCountIs('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface' }, 0);
});

test('the bill counts the alarm more that a budget brings', () => {
  const alarmsOf = (stack: Template) => Object.keys(stack.findResources('AWS::CloudWatch::Alarm')).length;

  expect(alarmsOf(synthExample({ seriesBudget: { series: 20 } })) - alarmsOf(synthExample())).toBe(1);
});

test('the bill counts reconcile as often as the stack calls it', () => {
  const everySeconds = schedulesFromTemplate(template.toJSON()).get('reconcile') ?? Number.NaN;

  expect(3_600 / everySeconds).toBe(ASSUMPTIONS.reconcilesPerHour.value);
});

test('the bill counts the memory that the functions have', () => {
  // CDK's own function runs once in a deployment.
  const ours = Object.values(template.findResources('AWS::Lambda::Function')).filter((fn) => fn.Metadata !== undefined);
  const memory = ours.map(({ Metadata, Properties }) => {
    const name = String(Metadata[FUNCTION_METADATA]);
    const expected = /^(poll|observe|heat-map)$/.test(name) ? ASSUMPTIONS.readerMemoryGb : ASSUMPTIONS.stepMemoryGb;
    return [name, Properties.MemorySize / 1_024, expected.value] as const;
  });

  expect(memory.length).toBeGreaterThan(6);
  for (const [name, gb, expected] of memory) expect(gb, name).toBe(expected);
});
