import { describe, expect, it } from 'vitest';
import { alarmsFromTemplate } from '#local/cloudwatch/alarms-from-template.ts';
import { heartbeatAlarm, lagAlarm } from './declared-alarms.ts';

describe('alarmsFromTemplate', () => {
  const read = (Properties: object, Type = 'AWS::CloudWatch::Alarm') =>
    alarmsFromTemplate({ Resources: { Topic: { Type: 'AWS::SNS::Topic' }, Alarm: { Type, Properties } } });
  const metric = lagAlarm.Metrics[0];

  it('reads both kinds with their defaults', () => {
    expect(read({ ...lagAlarm, AlarmName: 'lag-of-c' })).toMatchObject([
      { logicalId: 'Alarm', name: 'lag-of-c', description: 'lag', periodSeconds: 60, alarmActions: ['Topic'] },
    ]);
    const { TreatMissingData: _, ...withoutMissing } = heartbeatAlarm;
    expect(read(withoutMissing)).toMatchObject([
      {
        name: 'Alarm',
        datapointsToAlarm: 2,
        treatMissingData: 'missing',
        source: { kind: 'metric', statistic: 'Sum' },
      },
    ]);
  });

  it.each([
    ['an unknown property', { ...lagAlarm, EvaluateLowSampleCountPercentile: 'ignore' }],
    ['a name from a function', { ...lagAlarm, AlarmName: { 'Fn::Join': ['-', ['a', 'b']] } }],
    ['an action from another function', { ...lagAlarm, AlarmActions: [{ 'Fn::Sub': 'x' }] }],
    ['actions switched off', { ...lagAlarm, ActionsEnabled: false }],
    ['a query from a function', { ...lagAlarm, Metrics: [{ ...metric, Expression: { Ref: 'Query' } }] }],
    ['a second metric', { ...lagAlarm, Metrics: [metric, metric] }],
    ['a query under a minute', { ...lagAlarm, Metrics: [{ ...metric, Period: 30 }] }],
    ['a query over three hours', { ...lagAlarm, EvaluationPeriods: 181 }],
    ['M above N', { ...lagAlarm, DatapointsToAlarm: 4 }],
    ['a band', { ...lagAlarm, ComparisonOperator: 'GreaterThanUpperThreshold' }],
    ['a percentile', { ...heartbeatAlarm, Statistic: undefined, ExtendedStatistic: 'p99' }],
    ['a period of 45 s', { ...heartbeatAlarm, Period: 45 }],
    ['another treatment', { ...heartbeatAlarm, TreatMissingData: 'zero' }],
  ])('refuses %s', (_, properties) => {
    expect(() => read(properties)).toThrow(/^alarm Alarm of the template is not understood: /);
  });

  it('refuses a query that it cannot read, and other types of alarm', () => {
    expect(() => read({ ...lagAlarm, Metrics: [{ ...metric, Expression: 'm1 + m2' }] })).toThrow(
      /^unsupported Metrics/,
    );
    expect(() => read({ AlarmRule: 'ALARM(a)' }, 'AWS::CloudWatch::CompositeAlarm')).toThrow(
      /CompositeAlarm is an unknown type/,
    );
  });
});
