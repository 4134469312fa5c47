import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CfnResource, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { expect, it, onTestFinished } from 'vitest';
import { parseSettings } from '#core/settings.ts';
import { articlesAt } from '#lib/alarms/articles.ts';
import { warnOfShards } from '#lib/alarms/shard-limits.ts';
import { LagAlarms } from '#lib/index.ts';
import { newApp } from '#test/support/stack/synth.ts';

function newStack(): Stack {
  const folder = mkdtempSync(join(tmpdir(), 'lag-watcher-shards-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const stack = new Stack(newApp(folder), 'Shards');
  new CfnResource(stack, 'Something', { type: 'AWS::SNS::Topic' });
  return stack;
}
const warningsOf = (stack: Stack) =>
  Annotations.fromStack(stack)
    .findWarning('*', Match.anyValue())
    .map(({ entry }) => String(entry.data));

it.each([
  ['nothing about 400 named groups', 400, 1, []],
  [
    'what to set above that',
    401,
    1,
    [/name 401 groups.* the limit of the lag alarms \(1 of 500.*set alarmShards to 2/],
  ],
  ['nothing with enough alarms', 801, 3, []],
  ['what to set with too few alarms', 801, 2, [/set alarmShards to 3/]],
])('says %s', (_, count, alarmShards, warnings) => {
  const stack = newStack();
  const thresholds = Array.from({ length: count }, (_, i) => ({ groups: `g${i}`, lag: 5 }));
  warnOfShards(stack, parseSettings({ clusterName: 'prod', bootstrapBrokers: 'b:9098', thresholds, alarmShards }));

  expect(warningsOf(stack)).toEqual(warnings.map((warning) => expect.stringMatching(warning)));
});

it.each([
  [[100, 60], []],
  [[100, 61], [/this app has 161 lag alarms; an account may have 200/]],
])('warns when the lag alarms of an app come near the quota of an account: %j', (shards, warnings) => {
  const stack = newStack();
  for (const [i, alarmShards] of shards.entries()) {
    const settings = parseSettings({ clusterName: `c${i}`, bootstrapBrokers: 'b:9098', alarmShards });
    const articles = articlesAt();
    new LagAlarms(stack, `Alarms${i}`, { settings, articles });
  }

  expect(warningsOf(stack)).toEqual(warnings.map((warning) => expect.stringMatching(warning)));
});
