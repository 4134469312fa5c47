import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CfnResource, Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sns from 'aws-cdk-lib/aws-sns';
import { expect, it, onTestFinished } from 'vitest';
import { parseSettings } from '#core/settings.ts';
import { articlesAt } from '#lib/alarms/articles.ts';
import { tellShards } from '#lib/alarms/shard-limits.ts';
import { LagAlarms } from '#lib/index.ts';
import { newApp } from '#test/support/stack/synth.ts';

function newStack(): Stack {
  const folder = mkdtempSync(join(tmpdir(), 'lag-watcher-shards-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const stack = new Stack(newApp(folder), 'Told');
  new CfnResource(stack, 'Something', { type: 'AWS::SNS::Topic' });
  return stack;
}
const warningsOf = (stack: Stack) =>
  Annotations.fromStack(stack)
    .findWarning('*', Match.anyValue())
    .map(({ entry }) => String(entry.data));

it.each([
  ['nothing of 400 named groups', 400, 1, []],
  [
    'what to set above that',
    401,
    1,
    [/name 401 groups.* what the lag alarms can watch \(1 of 500.*set alarmShards to 2/],
  ],
  ['nothing where there are enough alarms', 801, 3, []],
  ['what to set where there are too few', 801, 2, [/set alarmShards to 3/]],
])('says %s', (_, count, alarmShards, warnings) => {
  const stack = newStack();
  const thresholds = Array.from({ length: count }, (_, i) => ({ groups: `g${i}`, lag: 5 }));
  tellShards(stack, parseSettings({ clusterName: 'prod', bootstrapBrokers: 'b:9098', thresholds, alarmShards }));

  expect(warningsOf(stack)).toEqual(warnings.map((warning) => expect.stringMatching(warning)));
});

it.each([
  [[100, 60], []],
  [[100, 61], [/this app has 161 lag alarms; an account may have 200/]],
])('warns when the watchers of an app come near the alarms of an account: %j', (shards, warnings) => {
  const stack = newStack();
  const poll = new lambda.Function(stack, 'Poll', {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => {};'),
  });
  const topic = new sns.Topic(stack, 'Topic');
  for (const [i, alarmShards] of shards.entries()) {
    const pollInterval = Duration.minutes(1);
    const articles = articlesAt();
    const [clusterName, budgeted] = [`c${i}`, false];
    new LagAlarms(stack, `Alarms${i}`, { clusterName, budgeted, alarmShards, pollInterval, poll, topic, articles });
  }

  expect(warningsOf(stack)).toEqual(warnings.map((warning) => expect.stringMatching(warning)));
});
