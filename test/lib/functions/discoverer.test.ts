import { Fn } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { FUNCTION_METADATA } from '#core/runbook/messages.ts';
import { SETTINGS_ENV } from '#core/settings.ts';
import { synthDiscovering, synthExample } from '#test/support/stack/synth.ts';

const ARN = 'arn:aws:kafka:eu-west-1:111122223333:cluster/orders/1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d-2';
const template = synthDiscovering();
const resources: Record<string, { Type: string; Properties: Record<string, unknown>; DependsOn?: string[] }> =
  template.toJSON().Resources;
const functionNamed = (name: string) =>
  Object.entries(template.findResources('AWS::Lambda::Function')).find(
    ([, fn]) => fn.Metadata?.[FUNCTION_METADATA] === name,
  );
const settingsOf = (name: string): Record<string, unknown> => {
  const parts = functionNamed(name)?.[1].Properties.Environment.Variables[SETTINGS_ENV]['Fn::Join'][1];
  return JSON.parse(parts.map((part: unknown) => (typeof part === 'string' ? part : 'name')).join(''));
};

describe('the discoverer', () => {
  test('exists only without bootstrapBrokers', () => {
    const given = synthExample();

    given.resourceCountIs('Custom::Trigger', 0);
    given.resourceCountIs('AWS::Scheduler::Schedule', 2);
    expect(JSON.stringify(given.toJSON())).not.toContain('clusters/');
    template.resourceCountIs('Custom::Trigger', 1);
    template.resourceCountIs('AWS::Scheduler::Schedule', 3);
  });

  test('runs outside the VPC, with the ARN in the settings in place of brokers', () => {
    expect(functionNamed('discover')?.[1].Properties.VpcConfig).toBeUndefined();
    for (const name of ['discover', 'poll', 'observe']) {
      expect(settingsOf(name)).toMatchObject({ clusterArn: ARN, historyBucket: 'name' });
      expect(settingsOf(name)).not.toHaveProperty('bootstrapBrokers');
    }
  });

  test('takes an ARN that is a token', () => {
    const made = synthDiscovering({ clusterArn: Fn.importValue('Arn'), clusterName: 'orders' });

    made.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: Match.objectLike({
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: ['kafka:DescribeClusterV2', 'kafka:GetBootstrapBrokers'],
            Resource: { 'Fn::ImportValue': 'Arn' },
          }),
        ]),
      }),
    });
  });

  test('runs every hour, with a few retries', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(1 hour)',
      Target: Match.objectLike({
        Arn: { 'Fn::GetAtt': [functionNamed('discover')?.[0], 'Arn'] },
        RetryPolicy: { MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 3600 },
      }),
    });
  });

  test('runs in the deployment, which waits for it and fails with it, before the first poll', () => {
    const [trigger] = Object.entries(template.findResources('Custom::Trigger'));
    const schedule = Object.values(resources).find(
      (resource) => resource.Properties?.ScheduleExpression === 'rate(1 minute)',
    );

    expect(trigger?.[1].Properties).toMatchObject({ InvocationType: 'RequestResponse', ExecuteOnHandlerChange: true });
    expect(schedule?.DependsOn).toContain(trigger?.[0]);
  });

  test('has its permissions before it runs', () => {
    const dependsOn = functionNamed('discover')?.[1].DependsOn as string[];

    expect(dependsOn.map((id) => resources[id]?.Type)).toContain('AWS::IAM::Policy');
  });
});
