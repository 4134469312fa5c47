import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { SETTINGS_ENV } from '#core/settings.ts';
import { schedulesFromTemplate } from '#local/template/schedules-from-template.ts';
import { functionOf } from '#test/support/stack/policies.ts';
import { synthExample } from '#test/support/stack/synth.ts';

const template = synthExample();

describe('the reconciler', () => {
  test('runs every five minutes without retries, outside the VPC', () => {
    expect(schedulesFromTemplate(template.toJSON())).toEqual(
      new Map([
        ['poll', 60],
        ['reconcile', 300],
      ]),
    );
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(5 minutes)',
      Target: Match.objectLike({ RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 300 } }),
    });
    expect(functionOf(template, 'reconcile')?.Properties.VpcConfig).toBeUndefined();
  });

  test('knows the state machine, unlike the functions of the runbook', () => {
    const settingsOf = (name: string) =>
      JSON.stringify(functionOf(template, name)?.Properties.Environment.Variables[SETTINGS_ENV]);

    expect(settingsOf('reconcile')).toMatch(/stateMachineArn\\+":\\+"",\{"Ref":"[^"]*StateMachine/);
    expect(settingsOf('report')).not.toContain('stateMachineArn');
  });
});
