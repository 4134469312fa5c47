import { describe, expect, test } from 'vitest';
import { FUNCTION_METADATA } from '#core/runbook/messages.ts';
import { definitionFromTemplate } from '#local/template/definition-from-template.ts';

const FUNCTION = { Type: 'AWS::Lambda::Function', Metadata: { [FUNCTION_METADATA]: 'observe' } };
const machine = (DefinitionString: unknown) => ({
  Type: 'AWS::StepFunctions::StateMachine',
  Properties: { DefinitionString },
});
const text = (resource: string) =>
  `{"StartAt":"Look","States":{"Look":{"Type":"Task","Resource":"${resource}","End":true}}}`;
const [before, after] = text('|').split('|');
const joined = { 'Fn::Join': ['', [before, { 'Fn::GetAtt': ['Observe', 'Arn'] }, after]] };

describe('definitionFromTemplate', () => {
  test.each([
    ['Fn::Join over Fn::GetAtt', joined],
    ['Fn::Sub', { 'Fn::Sub': text(`\${Observe.Arn}`) }],
    [
      'pseudo parameters and Ref',
      {
        'Fn::Join': [
          '',
          [
            before,
            'arn:',
            { Ref: 'AWS::Partition' },
            ':lambda:',
            { Ref: 'AWS::Region' },
            ':',
            { Ref: 'AWS::AccountId' },
            ':function:',
            { Ref: 'Observe' },
            after,
          ],
        ],
      },
    ],
  ])('resolves %s and finds the function behind a task', (_, definitionString) => {
    const { definition, functionOfState } = definitionFromTemplate({
      Resources: { Observe: FUNCTION, Machine: machine(definitionString) },
    });

    expect(definition).toMatchObject({
      StartAt: 'Look',
      States: { Look: { Resource: 'arn:aws:lambda:us-east-1:000000000000:function:Observe' } },
    });
    expect(functionOfState).toEqual({ Look: 'observe' });
  });

  test.each([
    ['no state machine', { Observe: FUNCTION }, /has 0 state machines/],
    ['two state machines', { A: machine('{}'), B: machine('{}') }, /has 2 state machines/],
    [
      'another function of CloudFormation',
      { M: machine({ 'Fn::ImportValue': 'x' }) },
      /Fn::ImportValue.*not understood/,
    ],
    [
      'an attribute of something else',
      { Machine: machine(joined), Observe: { Type: 'AWS::SNS::Topic' } },
      /"Observe\.Arn".*not understood/,
    ],
    [
      'a task that is no function of ours',
      { Machine: machine(text('arn:aws:states:::dynamodb:putItem')) },
      /state Look calls .*putItem/,
    ],
    [
      'a function without its name',
      { Machine: machine(joined), Observe: { Type: 'AWS::Lambda::Function' } },
      /state Look calls/,
    ],
  ])('refuses %s', (_, Resources, message) => {
    expect(() => definitionFromTemplate({ Resources })).toThrow(message);
  });
});
