import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { alarmNames } from '#lib/index.ts';
import { ROOT } from '#test/support/root.ts';
import { synthDiscovering, synthExample } from '#test/support/stack/synth.ts';

/** A dimension's value; a logical id without its hash. */
function valueText(value: string | { Ref?: string; 'Fn::GetAtt'?: [string, string] }): string {
  if (typeof value === 'string') return value;
  const id = value.Ref ?? value['Fn::GetAtt']?.[0] ?? '';
  return id.replace(/^LagWatcher/, '').replace(/[0-9A-F]{8}$/, '');
}

const COMPARISONS: Readonly<Record<string, string>> = {
  LessThanThreshold: '<',
  GreaterThanOrEqualToThreshold: '>=',
};

/** What an alarm measures, as one line; absent properties show as `undefined`. */
function lineOf(alarm: Record<string, string> & { Dimensions: { Name: string; Value: string }[] }): string {
  const { Namespace, MetricName, Statistic, Threshold, Period, TreatMissingData } = alarm;
  const dimensions = alarm.Dimensions.map(({ Name, Value }) => `${Name}=${valueText(Value)}`);
  return (
    `${Namespace} ${MetricName} ${Statistic} of ${dimensions.join(' ')} ` +
    `${COMPARISONS[alarm.ComparisonOperator ?? '']} ${Threshold}, ` +
    `${alarm.DatapointsToAlarm} of ${alarm.EvaluationPeriods} x ${Period} s, missing data ${TreatMissingData}`
  );
}

const template = synthDiscovering({ seriesBudget: { series: 20 }, timing: { pollIntervalSeconds: 120 } });
const alarmsOf = (stack: typeof template) =>
  Object.values(stack.findResources('AWS::CloudWatch::Alarm'))
    .map(({ Properties }) => Properties)
    .filter(({ MetricName }) => MetricName !== undefined);
const names = alarmNames('orders');

describe('the alarms on the watcher itself', () => {
  test('measure this', () => {
    const lines = Object.fromEntries(alarmsOf(template).map((alarm) => [alarm.AlarmName, lineOf(alarm as never)]));

    expect(lines).toEqual({
      [names.heartbeat]:
        'MskLagWatcher Heartbeat Sum of ClusterName=orders < 1, 5 of 5 x 120 s, missing data breaching',
      [names.coverage]:
        'MskLagWatcher Coverage Minimum of ClusterName=orders < 1, 5 of 5 x 120 s, missing data breaching',
      [names.unwatched]:
        'MskLagWatcher GroupsUnwatched Minimum of ClusterName=orders >= 1, 5 of 5 x 120 s, missing data notBreaching',
      [names.pollErrors]:
        'AWS/Lambda Errors Sum of FunctionName=PollerPollFunction >= 1, 3 of 15 x 120 s, missing data notBreaching',
      [names.discovery]:
        'AWS/Lambda Errors Sum of FunctionName=DiscovererDiscoverFunction >= 1, 3 of 3 x 3600 s, missing data notBreaching',
      [names.reconcile]:
        'AWS/Lambda Errors Sum of FunctionName=ReconcilerReconcileFunction >= 1, 3 of 3 x 300 s, missing data notBreaching',
      [names.runFailed]:
        'AWS/States ExecutionsFailed Sum of StateMachineArn=RunbookStateMachine >= 1, 1 of 1 x 300 s, missing data notBreaching',
      [names.runTimedOut]:
        'AWS/States ExecutionsTimedOut Sum of StateMachineArn=RunbookStateMachine >= 1, 1 of 1 x 300 s, missing data notBreaching',
      [names.runNotStarted]:
        'AWS/SQS ApproximateNumberOfMessagesVisible Maximum of QueueName=RunbookDeadLetters >= 1, 1 of 1 x 300 s, missing data notBreaching',
    });
  });

  test('exist only where they have something to measure', () => {
    const made = alarmsOf(synthExample()).map(({ AlarmName }) => AlarmName);

    expect(made.toSorted()).toEqual(
      Object.values(names)
        .filter((name) => name !== names.unwatched && name !== names.discovery)
        .toSorted(),
    );
  });

  test('all notify the topic', () => {
    for (const { AlarmActions } of alarmsOf(template)) {
      expect(AlarmActions).toEqual([{ Ref: expect.stringContaining('Topic') }]);
    }
  });

  test('notify a given topic', () => {
    const topicArn = 'arn:aws:sns:eu-west-1:111122223333:on-call';
    const given = synthExample({ topicArn });

    given.resourceCountIs('AWS::SNS::Topic', 0);
    for (const { AlarmActions } of alarmsOf(given)) expect(AlarmActions).toEqual([topicArn]);
  });

  test('may publish to the new topic, as all alarms of the account', () => {
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
});

test('every alarm says what it means, the first step, and links an article that exists', () => {
  const runbookUrl = 'https://wiki.example.com/on-call/lag';
  const articles = readFileSync(join(ROOT, 'docs/runbook.md'), 'utf8');
  const anchors = [...articles.matchAll(/^## (.+)$/gm)].map(([, title = '']) =>
    title.toLowerCase().replaceAll(' ', '-'),
  );
  const stacks = [
    [synthDiscovering({ seriesBudget: { series: 20 } }), 'docs/runbook.md'],
    [synthDiscovering({ seriesBudget: { series: 20 }, runbookUrl }), runbookUrl],
  ] as const;

  for (const [stack, page] of stacks) {
    const descriptions = Object.values(stack.findResources('AWS::CloudWatch::Alarm')).map(
      ({ Properties }) => Properties.AlarmDescription as string,
    );
    expect(descriptions).toHaveLength(10);
    for (const description of descriptions) {
      const [, url, anchor] =
        /^On MSK cluster orders, .+\. First step: .+\. More: (\S+)#(\S+)$/.exec(description) ?? [];
      expect({ url, description }).toEqual({ url: page, description });
      expect(anchors).toContain(anchor);
    }
  }
});
