import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { lagAlarmNames } from '#lib/index.ts';
import { alarmsFromTemplate } from '#local/cloudwatch/alarms-from-template.ts';
import { rulesFromTemplate } from '#local/cloudwatch/event-rule.ts';
import { synthExample } from '#test/support/stack/synth.ts';

const LAG = 'msk-lag-watcher-orders-lag';
const template = synthExample();

describe('the lag alarm', () => {
  test('is one query over all groups of the cluster, 3 of 5, and notifies nobody', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: LAG,
      Metrics: [
        Match.objectLike({
          Expression:
            'SELECT MAX(LagRatio) FROM SCHEMA("MskLagWatcher", ClusterName, AlarmShard, ConsumerGroup) ' +
            "WHERE ClusterName = 'orders' AND AlarmShard = '1' GROUP BY ConsumerGroup ORDER BY MAX() DESC",
          Period: 60,
        }),
      ],
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 5,
      DatapointsToAlarm: 3,
      TreatMissingData: 'notBreaching',
      AlarmActions: Match.absent(),
    });
  });

  test('can be several, each with its share of the groups, and each in one rule', () => {
    const shared = synthExample({ alarmShards: 25 }).toJSON();
    const lag = alarmsFromTemplate(shared).filter(({ source }) => source.kind === 'insights');
    const rules = rulesFromTemplate(shared, (logicalId) => `arn:${logicalId}`);
    const eventOf = ({ logicalId }: { logicalId: string }) => ({
      source: 'aws.cloudwatch',
      'detail-type': 'CloudWatch Alarm Contributor State Change',
      resources: [`arn:${logicalId}`],
      detail: { state: { value: 'ALARM' } },
    });

    expect(lag.map(({ name }) => name)).toEqual(lagAlarmNames('orders', 25));
    expect(lagAlarmNames('orders', 3)).toEqual([LAG, `${LAG}-2`, `${LAG}-3`]);
    expect(
      lag.map(({ source }) => source.kind === 'insights' && /AlarmShard = '(\d+)'/.exec(source.expression)?.[1]),
    ).toEqual(Array.from({ length: 25 }, (_, i) => `${i + 1}`));
    // A rule has room for ten of them.
    expect(rules).toHaveLength(3);
    for (const alarm of lag) expect(rules.filter((rule) => rule.matches(eventOf(alarm)))).toHaveLength(1);
  });

  test('has the poll interval as its period', () => {
    const slow = synthExample({ timing: { pollIntervalSeconds: 300 } });
    const [lag] = alarmsFromTemplate(slow.toJSON()).filter(({ source }) => source.kind === 'insights');

    expect(lag?.periodSeconds).toBe(300);
  });
});

/** CloudWatch adds this to the events of a muted alarm, and to those of its contributors. */
const MUTED = {
  mutedByArn: 'arn:aws:cloudwatch:us-east-1:111122223333:alarm-mute-rule:maintenance',
  muteWindowStart: '2026-01-01T10:00:00.000+0000',
  muteWindowEnd: '2026-01-01T12:00:00.000+0000',
};

describe('the rule', () => {
  const arn = 'arn:aws:cloudwatch:us-east-1:111122223333:alarm:lag';
  const event = (changes: { type?: string; arn?: string; detail?: object } = {}) => ({
    source: 'aws.cloudwatch',
    'detail-type': changes.type ?? 'CloudWatch Alarm Contributor State Change',
    resources: [changes.arn ?? arn],
    detail: { state: { value: 'ALARM' }, ...changes.detail },
  });
  const [rule] = rulesFromTemplate(template.toJSON(), (logicalId) => {
    expect(template.findResources('AWS::CloudWatch::Alarm')[logicalId]?.Properties.AlarmName).toBe(LAG);
    return arn;
  });

  test.each([
    ['matches a group that goes into alarm', event(), true],
    ['ignores a group that recovers', event({ detail: { state: { value: 'OK' } } }), false],
    ['ignores a muted alarm', event({ detail: { muteDetail: MUTED } }), false],
    [
      'ignores an alarm whose actions are suppressed',
      event({ detail: { state: { value: 'ALARM', actionsSuppressedBy: 'WaitPeriod' } } }),
      false,
    ],
    ['ignores other alarms', event({ arn: `${arn}-of-others` }), false],
    ['ignores the state of the alarm as a whole', event({ type: 'CloudWatch Alarm State Change' }), false],
  ])('%s', (_, input, matches) => {
    expect(rule?.matches(input)).toBe(matches);
  });

  test('starts the runbook with the whole event, retries within limits, and keeps events that fail', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      Targets: [
        {
          Arn: { Ref: Match.stringLikeRegexp('StateMachine') },
          Id: Match.anyValue(),
          RoleArn: Match.anyValue(),
          RetryPolicy: { MaximumEventAgeInSeconds: 900, MaximumRetryAttempts: 10 },
          DeadLetterConfig: { Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('DeadLetters'), 'Arn'] } },
        },
      ],
    });
  });
});
