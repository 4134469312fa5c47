import {
  type AlarmContributor,
  CloudWatchClient,
  DescribeAlarmContributorsCommand,
  type DescribeAlarmContributorsCommandInput,
  DescribeAlarmsCommand,
  type DescribeAlarmsCommandInput,
  GetMetricDataCommand,
  type GetMetricDataCommandInput,
  ListAlarmMuteRulesCommand,
  type ListAlarmMuteRulesCommandInput,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, describe, expect, it } from 'vitest';
import { createAlarmContributors } from '#adapters/cloudwatch/alarm-contributors.ts';
import { METRICS, NAMESPACE } from '#core/metrics/catalogue.ts';
import { alarmsFromTemplate } from '#local/cloudwatch/alarms-from-template.ts';
import { AlarmEvaluator } from '#local/cloudwatch/evaluate-alarms.ts';
import { EvaluatedAlarms } from '#local/cloudwatch/evaluated-alarms.ts';
import { MemoryCloudWatch } from '#local/cloudwatch/memory-cloudwatch.ts';
import { heartbeatAlarm, lagAlarm } from '#test/local/cloudwatch/declared-alarms.ts';
import { type AlarmsStand, alarmContributorsContract, RATIOS } from './alarm-contributors.contract.ts';

const START = RATIOS[0] as number;
const names = { lag: 'lag', heartbeat: 'heartbeat' };
const place = { account: '111122223333', region: 'us-east-1' };
/** Every dimension of a ratio; what the query says nothing of may have any value. */
const OTHERS = Object.fromEntries(METRICS.LagRatio.dimensions.map((name) => [name, '1']));
const arnOf = (name: string) => `arn:aws:cloudwatch:us-east-1:111122223333:alarm:${name}`;

alarmContributorsContract('over the evaluator', (): AlarmsStand => {
  let nowMs = START;
  const metrics = new MemoryCloudWatch({ nowMs: () => nowMs });
  const [Lag, Heartbeat] = [
    { ...lagAlarm, AlarmName: names.lag },
    { ...heartbeatAlarm, AlarmName: names.heartbeat },
  ].map((Properties) => ({ Type: 'AWS::CloudWatch::Alarm', Properties }));
  const alarms = alarmsFromTemplate({ Resources: { Lag, Heartbeat } });
  const evaluator = new AlarmEvaluator({ alarms, metrics, place });
  const twin = new EvaluatedAlarms({ alarms, evaluator, metrics, clock: { nowMs: () => nowMs }, place });
  return {
    alarms: twin,
    names,
    mute: (rule) => twin.mute(names.lag, rule),
    async putInAlarm(groups) {
      for (const atMs of RATIOS) {
        const series = groups.map((group) => ({
          name: 'LagRatio',
          dimensions: { ...OTHERS, ClusterName: 'c', ConsumerGroup: group },
        }));
        for (const each of [...series, { name: 'Heartbeat', dimensions: { ClusterName: 'c' } }]) {
          metrics.put([{ namespace: NAMESPACE, ...each, atMs, values: [2] }]);
        }
      }
      nowMs = START + 3 * 60_000;
      evaluator.evaluate(nowMs);
      return nowMs;
    },
  };
});

const client = new CloudWatchClient({ region: 'us-east-1' });
const cloudWatch = mockClient(client);
const alarms = createAlarmContributors({ client, clock: { nowMs: () => START + 3 * 60_000 } });
afterAll(() => cloudWatch.restore());

/** Contributors on a page. The API does not say how many there are. */
const PAGE = 30;

/** CloudWatch's answers, page by page; what is not taught here fails. */
function cloudWatchWith(
  state: { change?: Partial<MetricAlarm>; contributors?: AlarmContributor[]; rule?: string } = {},
) {
  const { contributors = [] } = state;
  cloudWatch.reset();
  cloudWatch.onAnyCommand().rejects('CloudWatch was not taught this');
  cloudWatch.on(DescribeAlarmsCommand).callsFake(({ AlarmNames = [] }: DescribeAlarmsCommandInput) => {
    if (AlarmNames.length > 100) throw new Error('AlarmNames must have at most 100 items');
    const lag = contributors.length > 0 ? 'ALARM' : 'INSUFFICIENT_DATA';
    const found = AlarmNames.filter((name) => Object.values(names).includes(name)).map((name) => ({
      AlarmName: name,
      AlarmArn: arnOf(name),
      StateValue: name === names.lag ? lag : 'OK',
      ActionsEnabled: true,
      ...state.change,
    }));
    // In its own order, not in that of the names.
    return { MetricAlarms: found.toReversed(), CompositeAlarms: [] };
  });
  cloudWatch
    .on(DescribeAlarmContributorsCommand)
    .callsFake(({ AlarmName, NextToken = '0' }: DescribeAlarmContributorsCommandInput) => {
      expect(AlarmName).toBe(names.lag);
      const from = Number(NextToken);
      const page = contributors.slice(from, from + PAGE);
      return { AlarmContributors: page, ...(from + PAGE < contributors.length && { NextToken: `${from + PAGE}` }) };
    });
  cloudWatch.on(GetMetricDataCommand).callsFake((input: GetMetricDataCommandInput) => {
    const [{ Id, MetricStat } = {}] = input.MetricDataQueries ?? [];
    const asked = Object.fromEntries(MetricStat?.Metric?.Dimensions?.map(({ Name, Value }) => [Name, Value]) ?? []);
    expect(MetricStat).toMatchObject({ Metric: { Namespace: NAMESPACE, MetricName: 'LagRatio' }, Stat: 'Maximum' });
    const isIn = contributors.some((c) => c.ContributorAttributes?.ConsumerGroup === asked.ConsumerGroup);
    const times = RATIOS.filter((atMs) => atMs >= (input.StartTime?.getTime() ?? 0) && asked.ClusterName === 'c');
    const Values = isIn && asked.AlarmShard === '1' ? times.map(() => 2) : [];
    // The first page is empty, and not the last.
    if (input.NextToken === undefined) {
      return { MetricDataResults: [{ Id, StatusCode: 'PartialData', Values: [] }], NextToken: '2' };
    }
    return { MetricDataResults: [{ Id, StatusCode: 'Complete', Values }] };
  });
  cloudWatch
    .on(ListAlarmMuteRulesCommand)
    .callsFake(({ AlarmName, Statuses, NextToken }: ListAlarmMuteRulesCommandInput) => {
      expect(Statuses).toEqual(['ACTIVE']);
      if (AlarmName !== names.lag || state.rule === undefined) return { AlarmMuteRuleSummaries: [] };
      // The first page is empty, and not the last.
      if (NextToken === undefined) return { AlarmMuteRuleSummaries: [], NextToken: '2' };
      const AlarmMuteRuleArn = `arn:aws:cloudwatch:us-east-1:111122223333:alarm-mute-rule:${state.rule}`;
      return { AlarmMuteRuleSummaries: [{ AlarmMuteRuleArn, Status: 'ACTIVE' }] };
    });
}

const inAlarm = (group: string): AlarmContributor => ({
  ContributorId: group.slice(0, 16),
  ContributorAttributes: { ConsumerGroup: group },
  StateReason: 'Threshold Crossed: 3 datapoints',
  StateTransitionedTimestamp: new Date(START),
});

alarmContributorsContract('of CloudWatch', (): AlarmsStand => {
  cloudWatchWith();
  return {
    alarms,
    names,
    mute: (rule) => cloudWatchWith({ rule }),
    async putInAlarm(groups) {
      cloudWatchWith({ contributors: groups.map(inAlarm) });
      return START;
    },
  };
});

describe('AlarmContributors of CloudWatch', () => {
  it('reports disabled actions and a partial evaluation', async () => {
    cloudWatchWith({ change: { ActionsEnabled: false, EvaluationState: 'PARTIAL_DATA' } });

    expect(await alarms.statuses([names.lag])).toMatchObject([{ actionsDisabled: true, partial: true }]);
  });

  it('asks about more alarms than one call takes', async () => {
    cloudWatchWith();
    const others = Array.from({ length: 150 }, (_, i) => `no-such-alarm-${i}`);

    expect(await alarms.statuses([names.lag, ...others, names.heartbeat])).toMatchObject([
      { name: names.lag },
      { name: names.heartbeat },
    ]);
  });

  it('leaves out since when a contributor is in ALARM where CloudWatch does not say', async () => {
    const { StateTransitionedTimestamp: _, ...silent } = inAlarm('billing');
    cloudWatchWith({ contributors: [silent] });

    expect(await alarms.contributors(names.lag)).toEqual([
      { attributes: { ConsumerGroup: 'billing' }, reason: 'Threshold Crossed: 3 datapoints' },
    ]);
  });

  it('throws when CloudWatch returns an error in place of a ratio', async () => {
    cloudWatchWith();
    const MetricDataResults = [{ Id: 'ratio', StatusCode: 'InternalError' as const }];
    cloudWatch.on(GetMetricDataCommand).resolves({ MetricDataResults });

    await expect(alarms.newestRatio({ ClusterName: 'c' }, START)).rejects.toThrow(
      'returned no LagRatio: InternalError',
    );
  });

  it('throws the error of CloudWatch: the groups in ALARM are unknown then', async () => {
    cloudWatchWith();
    cloudWatch.on(DescribeAlarmContributorsCommand).rejects(new Error('not authorized'));

    await expect(alarms.contributors(names.lag)).rejects.toThrow('not authorized');
  });
});
