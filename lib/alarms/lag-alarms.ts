import { Annotations, Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { lagAlarmNames } from '#core/metrics/alarm-names.ts';
import { MAX_SHARDS } from '#core/metrics/alarm-shards.ts';
import { dimensionValue, METRICS, type MetricName, NAMESPACE } from '#core/metrics/catalogue.ts';
import type { Settings } from '#core/settings.ts';
import type { Articles } from './articles.ts';

/** Lag alarms of one app from which it warns. */
const COMFORTABLE_ALARMS = 0.8 * MAX_SHARDS;

export interface LagAlarmsProps {
  /** The period of the alarms is the poll interval, which must be whole minutes. */
  readonly settings: Pick<Settings, 'clusterName' | 'alarmShards' | 'timing'>;
  readonly articles: Articles;
}

/**
 * The alarms on the lag of all groups of one cluster. Each group is a contributor of its own. They
 * notify nobody: the runbook reacts to them and reports.
 */
export class LagAlarms extends Construct {
  /** By shard. */
  readonly all: readonly cloudwatch.Alarm[];

  constructor(scope: Construct, id: string, props: LagAlarmsProps) {
    super(scope, id);
    const { clusterName, alarmShards } = props.settings;
    const names = lagAlarmNames(clusterName, alarmShards);
    this.all = names.map((alarmName, i) => this.newAlarm(props, { alarmName, shard: i + 1 }));
    warnOfAccountLimit(this);
  }

  private newAlarm(
    { settings: { clusterName, alarmShards, timing }, articles }: LagAlarmsProps,
    { alarmName, shard }: { readonly alarmName: string; readonly shard: number },
  ): cloudwatch.Alarm {
    const share = alarmShards === 1 ? '' : ` (share ${shard} of ${alarmShards} of the groups)`;
    return new cloudwatch.Alarm(this, shard === 1 ? 'Lag' : `Lag${shard}`, {
      alarmName,
      alarmDescription:
        `On MSK cluster ${clusterName}${share}, a consumer group reached one of its thresholds: records of lag, age of the ` +
        `oldest unread record, or time to data loss. First step: read the incident report that the runbook sends. More: ${articles('lag')}`,
      metric: new cloudwatch.MathExpression({
        expression: lagQuery(clusterName, shard),
        usingMetrics: {},
        period: Duration.seconds(timing.pollIntervalSeconds),
        label: 'LagRatio',
      }),
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // A burst or a rolling deployment that ends within two polls does not count. Lag that swings
      // around its threshold does, as of a group that commits in batches: 3 in a row would miss it.
      evaluationPeriods: 5,
      datapointsToAlarm: 3,
      // A group without data is not a group that lags. If there is no data at all, the heartbeat
      // says so.
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

/** Warns when the lag alarms of the app come near the quota of one account and Region. */
function warnOfAccountLimit(alarms: LagAlarms): void {
  const constructs = alarms.node.root.node.findAll().filter((construct) => construct instanceof LagAlarms);
  const count = constructs.reduce((sum, { all }) => sum + all.length, 0);
  if (count <= COMFORTABLE_ALARMS) return;
  Annotations.of(alarms).addWarningV2(
    'msk-lag-watcher:alarm-limit',
    `this app has ${count} lag alarms; an account may have ${MAX_SHARDS} alarms on Metrics Insights queries in a Region, a quota that ` +
      'AWS does not raise: if all are for one account and Region, set fewer alarmShards or spread the clusters',
  );
}
