import type { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { dimensionValue, METRICS, type MetricName, NAMESPACE } from '../src/core/metrics.ts';

/** Where the alarms send people who want to know more. */
export const RUNBOOK_DOC = 'docs/runbook.md';

export interface LagAlarmsProps {
  /** Letters, digits, `.`, `_` and `-` only: it becomes part of a query. */
  readonly clusterName: string;
  /** Between two polls; period of the alarms. Whole minutes. */
  readonly pollInterval: Duration;
  /** Hears of the watcher's own trouble. */
  readonly topic: ITopic;
}

/** Names of the alarms of a cluster. */
export const alarmNames = (clusterName: string) => ({
  lag: `msk-lag-watcher-${clusterName}-lag`,
  heartbeat: `msk-lag-watcher-${clusterName}-heartbeat`,
  coverage: `msk-lag-watcher-${clusterName}-coverage`,
  discovery: `msk-lag-watcher-${clusterName}-discovery`,
  runFailed: `msk-lag-watcher-${clusterName}-run-failed`,
  runTimedOut: `msk-lag-watcher-${clusterName}-run-timed-out`,
  runNotStarted: `msk-lag-watcher-${clusterName}-run-not-started`,
});

/** The alarms of one cluster: one on the lag of all its groups, two on the watcher itself. */
export class LagAlarms extends Construct {
  /** Each group is a contributor of its own. It notifies nobody: the runbook reacts to it, and reports. */
  readonly lag: cloudwatch.Alarm;
  readonly heartbeat: cloudwatch.Alarm;
  readonly coverage: cloudwatch.Alarm;

  constructor(scope: Construct, id: string, props: LagAlarmsProps) {
    super(scope, id);
    this.lag = this.lagAlarm(props);
    this.heartbeat = this.heartbeatAlarm(props);
    this.coverage = this.coverageAlarm(props);
    for (const alarm of [this.heartbeat, this.coverage]) alarm.addAlarmAction(new SnsAction(props.topic));
  }

  private lagAlarm({ clusterName, pollInterval }: LagAlarmsProps): cloudwatch.Alarm {
    return new cloudwatch.Alarm(this, 'Lag', {
      alarmName: alarmNames(clusterName).lag,
      alarmDescription:
        `A consumer group on ${clusterName} is further behind than its threshold allows. ` +
        `First step: read the incident report that the runbook sends. More: ${RUNBOOK_DOC}#lag`,
      metric: new cloudwatch.MathExpression({
        expression: lagQuery(clusterName),
        usingMetrics: {},
        period: pollInterval,
        label: 'LagRatio',
      }),
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 5,
      datapointsToAlarm: 3,
      // A group without data is none that lags; that nothing at all is measured is what the heartbeat is for.
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
  }

  private heartbeatAlarm({ clusterName, pollInterval }: LagAlarmsProps): cloudwatch.Alarm {
    return new cloudwatch.Alarm(this, 'Heartbeat', {
      alarmName: alarmNames(clusterName).heartbeat,
      alarmDescription:
        `Nobody watches the lag on ${clusterName}: no poll has read the cluster for five intervals. ` +
        `First step: read the newest log lines of the poll function. More: ${RUNBOOK_DOC}#heartbeat`,
      metric: clusterMetric('Heartbeat', 'Sum', { clusterName, pollInterval }),
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 5,
      datapointsToAlarm: 5,
      // A watcher that is down publishes nothing.
      treatMissingData: cloudwatch.TreatMissingData.BREACHING,
    });
  }

  private coverageAlarm({ clusterName, pollInterval }: LagAlarmsProps): cloudwatch.Alarm {
    return new cloudwatch.Alarm(this, 'Coverage', {
      alarmName: alarmNames(clusterName).coverage,
      alarmDescription:
        `The lag of part of ${clusterName} is unknown: some partitions or groups could not be read for five intervals. ` +
        `First step: read which, and why, in the newest log line of the poll function. More: ${RUNBOOK_DOC}#coverage`,
      metric: clusterMetric('Coverage', 'Minimum', { clusterName, pollInterval }),
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 5,
      datapointsToAlarm: 5,
      // Coverage is not published while a broker does not list its groups: that is the worst coverage, not a good one.
      treatMissingData: cloudwatch.TreatMissingData.BREACHING,
    });
  }
}

/** The lag of each group on the cluster, relative to its threshold, as a Metrics Insights query. */
function lagQuery(clusterName: string): string {
  const metric = 'LagRatio' satisfies MetricName;
  return (
    `SELECT MAX(${metric}) FROM SCHEMA("${NAMESPACE}", ${METRICS[metric].dimensions.join(', ')}) ` +
    `WHERE ClusterName = '${dimensionValue(clusterName)}' GROUP BY ConsumerGroup ORDER BY MAX() DESC`
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
