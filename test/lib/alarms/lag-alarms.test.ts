import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { alarmNames, lagAlarmNames } from '#lib/index.ts';
import { alarmsFromTemplate } from '#local/cloudwatch/alarms-from-template.ts';
import { rulesFromTemplate } from '#local/cloudwatch/event-rule.ts';
import { ROOT } from '#test/support/root.ts';
import { synthExample } from '#test/support/stack/synth.ts';

const names = alarmNames('orders');
const LAG = 'msk-lag-watcher-orders-lag';
const template = synthExample();

describe('the alarms', () => {
  test('lag is one query over all groups of the cluster, 3 of 5', () => {
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

  test.each([
    [names.heartbeat, 'Heartbeat', 'Sum'],
    [names.coverage, 'Coverage', 'Minimum'],
  ])('%s goes off when data is missing too, and notifies', (name, metric, statistic) => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: name,
      Namespace: 'MskLagWatcher',
      MetricName: metric,
      Statistic: statistic,
      Dimensions: [{ Name: 'ClusterName', Value: 'orders' }],
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      EvaluationPeriods: 5,
      DatapointsToAlarm: 5,
      TreatMissingData: 'breaching',
      AlarmActions: [{ Ref: Match.stringLikeRegexp('Topic') }],
    });
  });

  test('polls that fail again and again notify: three of fifteen, and none of a function that is not called', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: names.pollErrors,
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Dimensions: [{ Name: 'FunctionName', Value: { Ref: Match.stringLikeRegexp('Poll') } }],
      Statistic: 'Sum',
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 15,
      DatapointsToAlarm: 3,
      TreatMissingData: 'notBreaching',
      AlarmActions: [{ Ref: Match.stringLikeRegexp('Topic') }],
    });
  });

  test('groups that a budget leaves unwatched notify, where there is a budget', () => {
    const budgeted = synthExample({ seriesBudget: { series: 20 } });
    const props = { AlarmName: names.unwatched };

    template.resourcePropertiesCountIs('AWS::CloudWatch::Alarm', props, 0);
    budgeted.hasResourceProperties('AWS::CloudWatch::Alarm', {
      ...props,
      Namespace: 'MskLagWatcher',
      MetricName: 'GroupsUnwatched',
      Statistic: 'Minimum',
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 5,
      DatapointsToAlarm: 5,
      TreatMissingData: 'notBreaching',
      AlarmDescription: Match.stringLikeRegexp('orders.*First step: .*docs/runbook.md#unwatched'),
      AlarmActions: [{ Ref: Match.stringLikeRegexp('Topic') }],
    });
  });

  test('lag is shared by several alarms where asked, each with its groups, and the rule takes them all', () => {
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
    // A pattern has room for ten of them.
    expect(rules).toHaveLength(3);
    for (const alarm of lag) expect(rules.filter((rule) => rule.matches(eventOf(alarm)))).toHaveLength(1);
  });

  test.each([
    [names.runFailed, 'AWS/States', 'ExecutionsFailed'],
    [names.runTimedOut, 'AWS/States', 'ExecutionsTimedOut'],
    [names.runNotStarted, 'AWS/SQS', 'ApproximateNumberOfMessagesVisible'],
  ])('%s tells of a run that could not tell itself', (name, namespace, metric) => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: name,
      Namespace: namespace,
      MetricName: metric,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
      AlarmActions: [{ Ref: Match.stringLikeRegexp('Topic') }],
    });
  });

  test('each says what it means, the first step and where to read on', () => {
    for (const alarm of Object.values(template.findResources('AWS::CloudWatch::Alarm'))) {
      expect(alarm.Properties.AlarmDescription).toMatch(/orders.*First step: .*docs\/runbook\.md#/);
    }
  });

  test('each links the articles where a team keeps them', () => {
    const runbookUrl = 'https://wiki.example.com/on-call/lag';
    const budgeted = synthExample({ runbookUrl, seriesBudget: { series: 20 } });
    const alarms = Object.values(budgeted.findResources('AWS::CloudWatch::Alarm'));
    const articles = readFileSync(join(ROOT, 'docs/runbook.md'), 'utf8');
    const anchors = [...articles.matchAll(/^## (.+)$/gm)].map(([, title = '']) =>
      title.toLowerCase().replaceAll(' ', '-'),
    );

    for (const { Properties } of alarms) {
      const [, anchor] = /https:\/\/wiki\.example\.com\/on-call\/lag#(\S+)$/.exec(Properties.AlarmDescription) ?? [];
      expect(anchors).toContain(anchor);
    }
  });

  test('their period is the poll interval', () => {
    const slow = synthExample({ timing: { pollIntervalSeconds: 300 } });

    expect(new Set(alarmsFromTemplate(slow.toJSON()).map((alarm) => alarm.periodSeconds))).toEqual(new Set([300]));
  });

  test('alarms of the account may publish to the topic that is made', () => {
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: Match.objectLike({
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Allow',
            Action: 'sns:Publish',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          }),
        ]),
      }),
    });
  });

  test('go to a topic that is given', () => {
    const topicArn = 'arn:aws:sns:eu-west-1:111122223333:on-call';
    const given = synthExample({ topicArn });

    given.resourceCountIs('AWS::SNS::Topic', 0);
    given.hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmName: names.heartbeat, AlarmActions: [topicArn] });
  });
});

/** As CloudWatch adds it to the events of a muted alarm, contributors' events among them. */
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
    ['takes a group that goes into alarm', event(), true],
    ['leaves a group that recovers', event({ detail: { state: { value: 'OK' } } }), false],
    ['leaves a muted alarm', event({ detail: { muteDetail: MUTED } }), false],
    [
      'leaves an alarm whose actions are suppressed',
      event({ detail: { state: { value: 'ALARM', actionsSuppressedBy: 'WaitPeriod' } } }),
      false,
    ],
    ['leaves other alarms', event({ arn: `${arn}-of-others` }), false],
    ['leaves the alarm as a whole', event({ type: 'CloudWatch Alarm State Change' }), false],
  ])('%s', (_, input, matches) => {
    expect(rule?.matches(input)).toBe(matches);
  });

  test('starts the runbook with the whole event, bounded, and keeps what could not start it', () => {
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
