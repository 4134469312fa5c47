import { Annotations, type Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { alarmNames, lagAlarmNames } from '#core/metrics/alarm-names.ts';
import { MAX_SHARDS } from '#core/metrics/alarm-shards.ts';
import { dimensionValue, METRICS, type MetricName, NAMESPACE } from '#core/metrics/catalogue.ts';
import type { Articles } from './articles.ts';

/** Lag alarms of one app before it is said. */
const COMFORTABLE_ALARMS = 0.8 * MAX_SHARDS;

export interface LagAlarmsProps {
  /** Letters, digits, `.`, `_` and `-` only: it becomes part of a query. */
  readonly clusterName: string;
  /** Lag alarms that share the groups. */
  readonly alarmShards: number;
  /** Between two polls; period of the alarms. Whole minutes. */
  readonly pollInterval: Duration;
  /** A budget may leave groups unwatched. */
  readonly budgeted: boolean;
  /** The function that polls. */
  readonly poll: IFunction;
  /** Hears of the watcher's own trouble. */
  readonly topic: ITopic;
  /** Where people read on. */
  readonly articles: Articles;
}

/** The alarms of one cluster: on the lag of all its groups, and on the watcher itself. */
export class LagAlarms extends Construct {
  /** By shard. Each group is a contributor of its own. They notify nobody: the runbook reacts to them, and reports. */
  readonly lag: readonly cloudwatch.Alarm[];
  readonly heartbeat: cloudwatch.Alarm;
  readonly coverage: cloudwatch.Alarm;
  readonly pollErrors: cloudwatch.Alarm;
  /** Only where a budget is set. */
  readonly unwatched?: cloudwatch.Alarm;

  constructor(scope: Construct, id: string, props: LagAlarmsProps) {
    super(scope, id);
    const names = lagAlarmNames(props.clusterName, props.alarmShards);
    this.lag = names.map((alarmName, i) => this.lagAlarm(props, { alarmName, shard: i + 1 }));
    this.heartbeat = this.heartbeatAlarm(props);
    this.coverage = this.coverageAlarm(props);
    this.pollErrors = this.pollErrorsAlarm(props);
    if (props.budgeted) this.unwatched = this.unwatchedAlarm(props);
    for (const alarm of [this.heartbeat, this.coverage, this.pollErrors, ...(this.unwatched ? [this.unwatched] : [])]) {
      alarm.addAlarmAction(new SnsAction(props.topic));
    }
    tellAccountLimit(this);
  }

  private lagAlarm(
    { clusterName, alarmShards, pollInterval, articles }: LagAlarmsProps,
    { alarmName, shard }: { readonly alarmName: string; readonly shard: number },
  ): cloudwatch.Alarm {
    const share = alarmShards === 1 ? '' : ` (share ${shard} of ${alarmShards} of the groups)`;
    return new cloudwatch.Alarm(this, shard === 1 ? 'Lag' : `Lag${shard}`, {
      alarmName,
      alarmDescription:
        `A consumer group on ${clusterName}${share} is further behind than its thresholds allow: in records, in age, or in time left ` +
        `before data is lost. First step: read the incident report that the runbook sends. More: ${articles.lag}`,
      metric: new cloudwatch.MathExpression({
        expression: lagQuery(clusterName, shard),
        usingMetrics: {},
        period: pollInterval,
        label: 'LagRatio',
      }),
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // A burst or a rolling deployment that is over within two polls wakes nobody; lag that swings about its threshold, since a
      // group commits in batches, still counts, which a row of breaching polls would not.
      evaluationPeriods: 5,
      datapointsToAlarm: 3,
      // A group without data is none that lags; that nothing at all is measured is what the heartbeat is for.
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
  }

  private heartbeatAlarm({ clusterName, pollInterval, articles }: LagAlarmsProps): cloudwatch.Alarm {
    return new cloudwatch.Alarm(this, 'Heartbeat', {
      alarmName: alarmNames(clusterName).heartbeat,
      alarmDescription:
        `Nobody watches the lag on ${clusterName}: no poll has read the cluster for five intervals. ` +
        `First step: read the newest log lines of the poll function. More: ${articles.heartbeat}`,
      metric: clusterMetric('Heartbeat', 'Sum', { clusterName, pollInterval }),
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      // All of them: one poll in five keeps the lag alarm sighted, and a restart of brokers makes some fail.
      evaluationPeriods: 5,
      datapointsToAlarm: 5,
      // A watcher that is down publishes nothing.
      treatMissingData: cloudwatch.TreatMissingData.BREACHING,
    });
  }

  private coverageAlarm({ clusterName, pollInterval, articles }: LagAlarmsProps): cloudwatch.Alarm {
    return new cloudwatch.Alarm(this, 'Coverage', {
      alarmName: alarmNames(clusterName).coverage,
      alarmDescription:
        `The lag of part of ${clusterName} is unknown: some partitions or groups could not be read for five intervals. ` +
        `First step: read which, and why, in the newest log line of the poll function. More: ${articles.coverage}`,
      metric: clusterMetric('Coverage', 'Minimum', { clusterName, pollInterval }),
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      // All of them: a leader that moves, or a broker that restarts, is back within minutes.
      evaluationPeriods: 5,
      datapointsToAlarm: 5,
      // Coverage is not published while a broker does not list its groups: that is the worst coverage, not a good one.
      treatMissingData: cloudwatch.TreatMissingData.BREACHING,
    });
  }

  private unwatchedAlarm({ clusterName, pollInterval, articles }: LagAlarmsProps): cloudwatch.Alarm {
    return new cloudwatch.Alarm(this, 'Unwatched', {
      alarmName: alarmNames(clusterName).unwatched,
      alarmDescription:
        `Nobody watches the lag of some groups on ${clusterName}: seriesBudget has no room for their LagRatio. ` +
        `First step: read which, in the newest log line of the poll function. More: ${articles.unwatched}`,
      metric: clusterMetric('GroupsUnwatched', 'Minimum', { clusterName, pollInterval }),
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // All of them: groups that come for a moment, as consoles on a topic do, are none that has to be watched.
      evaluationPeriods: 5,
      datapointsToAlarm: 5,
      // No poll has planned anything; that there is none is what the heartbeat is for.
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
  }

  private pollErrorsAlarm({ clusterName, pollInterval, poll, articles }: LagAlarmsProps): cloudwatch.Alarm {
    return new cloudwatch.Alarm(this, 'PollErrors', {
      alarmName: alarmNames(clusterName).pollErrors,
      alarmDescription:
        `Polls of ${clusterName} fail again and again: some of its metrics are late or missing. ` +
        `First step: read the newest errors in the log of the poll function. More: ${articles.pollErrors}`,
      metric: poll.metricErrors({ period: pollInterval, statistic: 'Sum' }),
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // Now and then a poll fails, and the next one makes up for it. Three within fifteen intervals are a fault that comes back, which
      // the heartbeat, that asks for five failures in a row, does not see.
      evaluationPeriods: 15,
      datapointsToAlarm: 3,
      // A function that is not called has no errors; that it is not called is what the heartbeat is for.
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
  }
}

/** The lag of each group of a share, relative to its thresholds, as a Metrics Insights query. */
function lagQuery(clusterName: string, shard: number): string {
  const metric = 'LagRatio' satisfies MetricName;
  return (
    `SELECT MAX(${metric}) FROM SCHEMA("${NAMESPACE}", ${METRICS[metric].dimensions.join(', ')}) ` +
    `WHERE ClusterName = '${dimensionValue(clusterName)}' AND AlarmShard = '${shard}' GROUP BY ConsumerGroup ORDER BY MAX() DESC`
  );
}

/** Warns when the app alone comes near the alarms on queries that an account may have in a Region. */
function tellAccountLimit(alarms: LagAlarms): void {
  const all = alarms.node.root.node.findAll().filter((construct) => construct instanceof LagAlarms);
  const count = all.reduce((sum, { lag }) => sum + lag.length, 0);
  if (count <= COMFORTABLE_ALARMS) return;
  Annotations.of(alarms).addWarningV2(
    'msk-lag-watcher:alarm-limit',
    `this app has ${count} lag alarms; an account may have ${MAX_SHARDS} alarms on Metrics Insights queries in a Region, which cannot be ` +
      'raised: if they are for one account and Region, set fewer alarmShards, or spread the clusters',
  );
}

const clusterMetric = (
  metricName: MetricName,
  statistic: 'Sum' | 'Minimum',
  { clusterName, pollInterval }: Pick<LagAlarmsProps, 'clusterName' | 'pollInterval'>,
): cloudwatch.Metric =>
  new cloudwatch.Metric({
    namespace: NAMESPACE,
    metricName,
    dimensionsMap: { ClusterName: dimensionValue(clusterName) },
    statistic,
    period: pollInterval,
  });
