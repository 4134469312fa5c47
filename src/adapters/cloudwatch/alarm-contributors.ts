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

/** Most names in one call. @see CloudWatch API reference, DescribeAlarms */
const MAX_NAMES = 100;

export interface AlarmContributorsOptions {
  readonly client: CloudWatchClient;
  readonly clock: Clock;
}

/** Reads the watcher's own alarms. Throws CloudWatch's errors. */
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
    contributors: (alarmName) => readContributors(client, alarmName),
    mutedBy: (alarmName) => findMuteRule(client, alarmName),
    newestRatio: (dimensions, sinceMs) => readNewestRatio(client, dimensions, { sinceMs, nowMs: clock.nowMs() }),
  };
}

function toStatus(alarm: MetricAlarm): AlarmStatus {
  const { AlarmName: name, AlarmArn: arn, StateValue: state } = alarm;
  if (name === undefined || arn === undefined || state === undefined) {
    throw new Error(`CloudWatch returned alarm ${name ?? arn ?? '?'} without its name, ARN or state`);
  }
  const { ActionsEnabled = true, EvaluationState } = alarm;
  return { name, arn, state, actionsDisabled: !ActionsEnabled, partial: EvaluationState !== undefined };
}

/** All pages. The size of a page is not documented. */
async function readContributors(client: CloudWatchClient, AlarmName: string): Promise<AlarmContributor[]> {
  const contributors: AlarmContributor[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new DescribeAlarmContributorsCommand({ AlarmName, ...present({ NextToken }) }));
    for (const { ContributorAttributes, StateReason, StateTransitionedTimestamp } of page.AlarmContributors ?? []) {
      contributors.push({
        attributes: ContributorAttributes ?? {},
        reason: StateReason ?? 'no reason given',
        ...present({ sinceMs: StateTransitionedTimestamp?.getTime() }),
      });
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return contributors;
}

/** The first active rule. */
async function findMuteRule(client: CloudWatchClient, AlarmName: string): Promise<string | undefined> {
  const request = { AlarmName, Statuses: [AlarmMuteRuleStatus.ACTIVE] };
  for await (const { AlarmMuteRuleSummaries: [rule] = [] } of paginateListAlarmMuteRules({ client }, request)) {
    if (rule !== undefined) return rule.AlarmMuteRuleArn ?? 'a rule without a name';
  }
  return undefined;
}

async function readNewestRatio(
  client: CloudWatchClient,
  dimensions: Metric['dimensions'],
  { sinceMs, nowMs }: { readonly sinceMs: number; readonly nowMs: number },
): Promise<number | undefined> {
  const MetricName = 'LagRatio' satisfies MetricName;
  const Dimensions = Object.entries(dimensions).map(([Name, value]) => ({ Name, Value: dimensionValue(value) }));
  const MetricStat = { Metric: { Namespace: NAMESPACE, MetricName, Dimensions }, Period: 60, Stat: 'Maximum' };
  const request = {
    StartTime: new Date(sinceMs),
    EndTime: new Date(nowMs),
    ScanBy: ScanBy.TIMESTAMP_DESCENDING,
    MetricDataQueries: [{ Id: 'ratio', MetricStat }],
  };
  for await (const { MetricDataResults: [result] = [] } of paginateGetMetricData({ client }, request)) {
    const { StatusCode, Values: [value] = [] } = result ?? {};
    if (value !== undefined) return value;
    if (StatusCode !== 'Complete' && StatusCode !== 'PartialData') {
      throw new Error(`CloudWatch returned no LagRatio: ${StatusCode ?? 'no result'}`);
    }
  }
  return undefined;
}
