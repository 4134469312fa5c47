import { describe, expect, it } from 'vitest';
import { compilePattern, rulesFromTemplate } from '#local/cloudwatch/event-rule.ts';

const ARN = 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:Lag';
const resolve = (logicalId: string, attribute?: string): string => {
  if (logicalId === 'Lag' && attribute === 'Arn') return ARN;
  throw new Error(`unknown reference ${logicalId}.${attribute}`);
};

const event = {
  source: 'aws.cloudwatch',
  'detail-type': 'CloudWatch Alarm Contributor State Change',
  resources: [ARN],
  detail: { alarmName: 'Lag', count: 3, muted: false, nothing: null, state: { value: 'ALARM' } },
};

describe('compilePattern', () => {
  it.each([
    ['an exact value', { source: ['aws.cloudwatch'] }],
    ['one of several', { source: ['aws.ec2', 'aws.cloudwatch'] }],
    ['nesting', { detail: { state: { value: ['ALARM'] } } }],
    ['an element of a list', { resources: [ARN] }],
    ['a reference to an alarm', { resources: [{ 'Fn::GetAtt': ['Lag', 'Arn'] }] }],
    ['numbers, booleans and null', { detail: { count: [3], muted: [false], nothing: [null] } }],
    ['prefix', { detail: { alarmName: [{ prefix: 'La' }] } }],
    ['exists', { detail: { alarmName: [{ exists: true }] } }],
    ['exists false, deep in what is not there', { detail: { muteDetail: { mutedByArn: [{ exists: false }] } } }],
    ['anything-but', { detail: { state: { value: [{ 'anything-but': 'OK' }] } } }],
    ['anything-but a list', { detail: { state: { value: [{ 'anything-but': ['OK', 'INSUFFICIENT_DATA'] }] } } }],
  ])('matches %s', (_, pattern) => {
    expect(compilePattern(pattern, resolve)(event)).toBe(true);
  });

  it.each([
    ['another value', { source: ['aws.ec2'] }],
    ['a text where a number is', { detail: { count: ['3'] } }],
    ['a field that is not there', { detail: { other: ['x'] } }],
    ['one of two fields', { source: ['aws.cloudwatch'], detail: { alarmName: ['Other'] } }],
    ['another prefix', { detail: { alarmName: [{ prefix: 'Lx' }] } }],
    ['exists false', { detail: { alarmName: [{ exists: false }] } }],
    ['exists true', { detail: { other: [{ exists: true }] } }],
    ['anything-but the value', { detail: { state: { value: [{ 'anything-but': ['OK', 'ALARM'] }] } } }],
    ['anything-but of a field that is not there', { detail: { other: [{ 'anything-but': 'x' }] } }],
  ])('does not match %s', (_, pattern) => {
    expect(compilePattern(pattern, resolve)(event)).toBe(false);
  });

  it.each([
    ['suffix', { source: [{ suffix: 'watch' }] }],
    ['numeric', { detail: { count: [{ numeric: ['>', 1] }] } }],
    ['wildcard', { source: [{ wildcard: 'aws.*' }] }],
    ['$or', { $or: [{ source: ['a'] }, { source: ['b'] }] }],
    ['a prefix that ignores case', { source: [{ prefix: { 'equals-ignore-case': 'A' } }] }],
    ['anything-but a prefix', { source: [{ 'anything-but': { prefix: 'aws' } }] }],
    ['two operators in one', { source: [{ prefix: 'a', exists: true }] }],
    ['a value outside a list', { source: 'aws.cloudwatch' }],
    ['an empty list', { source: [] }],
    ['an empty pattern', {}],
    ['another function', { resources: [{ 'Fn::Sub': 'x' }] }],
  ])('refuses %s when it is read', (_, pattern) => {
    expect(() => compilePattern(pattern, resolve)).toThrow(/^unsupported event pattern: /);
  });

  it('refuses an unknown reference', () => {
    expect(() => compilePattern({ resources: [{ Ref: 'Topic' }] }, resolve)).toThrow(
      'unknown reference Topic.undefined',
    );
  });

  it('refuses an object in place of a leaf, which EventBridge would treat as absent', () => {
    const matches = compilePattern({ detail: { state: [{ exists: false }] } }, resolve);
    expect(() => matches(event)).toThrow('detail.state meets an object');
  });
});

describe('rulesFromTemplate', () => {
  const rule = {
    Type: 'AWS::Events::Rule',
    Properties: { EventPattern: { source: ['aws.cloudwatch'] }, State: 'ENABLED' },
  };

  it('reads only the rules', () => {
    const rules = rulesFromTemplate({ Resources: { Topic: { Type: 'AWS::SNS::Topic' }, Rule: rule } }, resolve);
    expect(rules.map(({ logicalId, matches }) => [logicalId, matches(event)])).toEqual([['Rule', true]]);
  });

  it.each([
    ['disabled', { ...rule.Properties, State: 'DISABLED' }],
    ['on a schedule', { ScheduleExpression: 'rate(1 minute)' }],
    ['on another bus', { ...rule.Properties, EventBusName: 'other' }],
  ])('refuses a rule that is %s', (_, Properties) => {
    expect(() => rulesFromTemplate({ Resources: { Rule: { ...rule, Properties } } }, resolve)).toThrow(/^rule Rule /);
  });
});
