import { Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { alarmNames } from '#core/metrics/alarm-names.ts';
import type { Articles } from '#lib/alarms/articles.ts';
import type { Runbook } from '#lib/runbook/runbook.ts';
import { allowAlarmReads, allowRuns } from './permissions.ts';
import { type FunctionDefaults, WatcherFunction } from './watcher-function.ts';

/** An event that was lost, or a run that died, is made good this much later at most. */
const INTERVAL = Duration.minutes(5);

export interface ReconcilerProps extends FunctionDefaults {
  readonly runbook: Runbook;
  /** Hears when it fails. */
  readonly topic: ITopic;
  /** Where people read on. */
  readonly articles: Articles;
}

/** Starts the runs that no event started, and gives back what a dead run left raised. A time that fails is never repeated. */
export class Reconciler extends Construct {
  readonly function: WatcherFunction;
  /** What events and runs fail to do is not made good. */
  readonly failing: cloudwatch.Alarm;

  constructor(scope: Construct, id: string, props: ReconcilerProps) {
    super(scope, id);
    const { runbook, topic, articles, ...defaults } = props;
    const { clusterName } = defaults.settings;
    const { stateMachineArn } = runbook.stateMachine;
    this.function = new WatcherFunction(this, 'Reconcile', {
      ...defaults,
      settings: { ...defaults.settings, stateMachineArn },
      name: 'reconcile',
      description: `Starts the runs on ${clusterName} that no event started, and gives back what a dead run left raised`,
      // With a hundred groups in ALARM, several requests for each.
      timeout: Duration.seconds(55),
      // Two at once would do no harm; the next time is near.
      maxEventAge: INTERVAL,
    });
    allowAlarmReads(this.function, Stack.of(this), clusterName);
    allowRuns(this.function, runbook.stateMachine);
    new Schedule(this, 'Schedule', {
      description: `Reconciles alarms, runs and capacity on ${clusterName}`,
      schedule: ScheduleExpression.rate(INTERVAL),
      target: new LambdaInvoke(this.function.function, { retryAttempts: 0, maxEventAge: INTERVAL }),
    });
    this.failing = this.failingAlarm(clusterName, articles);
    this.failing.addAlarmAction(new SnsAction(topic));
  }

  private failingAlarm(clusterName: string, articles: Articles): cloudwatch.Alarm {
    return new cloudwatch.Alarm(this, 'Failing', {
      alarmName: alarmNames(clusterName).reconcile,
      alarmDescription:
        `On ${clusterName}, reconcile failed three times in a row: a group whose event was lost gets no run, and what a dead run ` +
        `raised stays raised. First step: read the newest log lines of the reconcile function. More: ${articles.reconcile}`,
      metric: this.function.function.metricErrors({ period: INTERVAL, statistic: 'Sum' }),
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // Each time looks at everything anew: one that fails costs five minutes, three are no passing trouble.
      evaluationPeriods: 3,
      // A function that is never called has no errors; without it, events and runs do what they always do.
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
  }
}
