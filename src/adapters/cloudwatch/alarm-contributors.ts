import {
  AlarmMuteRuleStatus,
  type CloudWatchClient,
  DescribeAlarmContributorsCommand,
  type MetricAlarm,
  paginateDescribeAlarms,
  paginateGetMetricData,
  paginateListAlarmMuteRules,
  ScanBy,
} from '@aws-sdk/client-cloudwatch';
import { dimensionValue, type Metric, type MetricName, NAMESPACE } from '#core/metrics/catalogue.ts';
import type { AlarmContributors, Clock } from '#core/ports.ts';
import type { AlarmContributor, AlarmStatus } from '#core/runbook/records.ts';
import { present } from '#core/text/json.ts';

/** Names that DescribeAlarms takes in one call. @see CloudWatch API reference, DescribeAlarms */
const MAX_NAMES = 100;

export interface AlarmContributorsOptions {
  readonly client: CloudWatchClient;
  readonly clock: Clock;
}

/** Asks CloudWatch about the watcher's own alarms. Throws what CloudWatch answers. */
export function createAlarmContributors({ client, clock }: AlarmContributorsOptions): AlarmContributors {
  return {
    async statuses(names) {
      const found = new Map<string, AlarmStatus>();
      for (let from = 0; from < names.length; from += MAX_NAMES) {
        const AlarmNames = names.slice(from, from + MAX_NAMES);
        for await (const { MetricAlarms = [] } of paginateDescribeAlarms({ client }, { AlarmNames })) {
          for (const alarm of MetricAlarms) found.set(alarm.AlarmName ?? '', toStatus(alarm));
        }
      }
      return names.flatMap((name) => found.get(name) ?? []);
    },
    contributors: (alarmName) => contributorsOf(client, alarmName),
    mutedBy: (alarmName) => muteRuleOf(client, alarmName),
    newestRatio: (dimensions, sinceMs) => newestRatio(client, dimensions, { sinceMs, nowMs: clock.nowMs() }),
  };
}

function toStatus(alarm: MetricAlarm): AlarmStatus {
  const { AlarmName: name, AlarmArn: arn, StateValue: state } = alarm;
  if (name === undefined || arn === undefined || state === undefined) {
    throw new Error(`CloudWatch tells neither name, ARN nor state of alarm ${name ?? arn ?? '?'} as a whole`);
  }
  const { ActionsEnabled = true, EvaluationState } = alarm;
  return { name, arn, state, actionsDisabled: !ActionsEnabled, partial: EvaluationState !== undefined };
}

/** All pages: how many contributors one holds is not documented. */
async function contributorsOf(client: CloudWatchClient, AlarmName: string): Promise<AlarmContributor[]> {
  const contributors: AlarmContributor[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new DescribeAlarmContributorsCommand({ AlarmName, ...present({ NextToken }) }));
    for (const { ContributorAttributes, StateReason, StateTransitionedTimestamp } of page.AlarmContributors ?? []) {
      contributors.push({
        attributes: ContributorAttributes ?? {},
        reason: StateReason ?? 'no reason given',
        ...(StateTransitionedTimestamp && { sinceMs: StateTransitionedTimestamp.getTime() }),
      });
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return contributors;
}

/** The first rule that is active. */
async function muteRuleOf(client: CloudWatchClient, AlarmName: string): Promise<string | undefined> {
  const asked = { AlarmName, Statuses: [AlarmMuteRuleStatus.ACTIVE] };
  for await (const { AlarmMuteRuleSummaries: [rule] = [] } of paginateListAlarmMuteRules({ client }, asked)) {
    if (rule !== undefined) return rule.AlarmMuteRuleArn ?? 'a rule that CloudWatch does not name';
  }
  return undefined;
}

async function newestRatio(
  client: CloudWatchClient,
  dimensions: Metric['dimensions'],
  { sinceMs, nowMs }: { readonly sinceMs: number; readonly nowMs: number },
): Promise<number | undefined> {
  const MetricName = 'LagRatio' satisfies MetricName;
  const Dimensions = Object.entries(dimensions).map(([Name, value]) => ({ Name, Value: dimensionValue(value) }));
  const MetricStat = { Metric: { Namespace: NAMESPACE, MetricName, Dimensions }, Period: 60, Stat: 'Maximum' };
  const asked = {
    StartTime: new Date(sinceMs),
    EndTime: new Date(nowMs),
    ScanBy: ScanBy.TIMESTAMP_DESCENDING,
    MetricDataQueries: [{ Id: 'ratio', MetricStat }],
  };
  for await (const { MetricDataResults: [result] = [] } of paginateGetMetricData({ client }, asked)) {
    const { StatusCode, Values: [value] = [] } = result ?? {};
    if (value !== undefined) return value;
    if (StatusCode !== 'Complete' && StatusCode !== 'PartialData') {
      throw new Error(`CloudWatch does not tell LagRatio: ${StatusCode ?? 'no result'}`);
    }
  }
  return undefined;
}
