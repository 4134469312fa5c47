import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Trigger } from 'aws-cdk-lib/triggers';
import { Construct } from 'constructs';
import { alarmNames } from '#core/metrics/alarm-names.ts';
import type { Articles } from '#lib/alarms/articles.ts';
import type { Storage } from '#lib/storage.ts';
import { allowDiscovery, allowObjects } from './permissions.ts';
import { type FunctionDefaults, WatcherFunction } from './watcher-function.ts';

const INTERVAL = Duration.hours(1);

export interface DiscovererProps extends FunctionDefaults {
  /** Where people read on. */
  readonly articles: Articles;
  readonly clusterArn: string;
  /** Where the answer is left for the functions in the VPC. */
  readonly storage: Storage;
  /** What reads the brokers on a schedule: it is made only after the first discovery. */
  readonly before: Construct;
}

/**
 * Asks AWS for the cluster and its brokers: once in each deployment, which fails with the reason when that does, and
 * every hour after it.
 */
export class Discoverer extends Construct {
  readonly function: WatcherFunction;
  /** The brokers in use may be out of date. */
  readonly failing: cloudwatch.Alarm;

  constructor(scope: Construct, id: string, props: DiscovererProps) {
    super(scope, id);
    const { clusterArn, storage, before, articles, ...defaults } = props;
    const { clusterName } = defaults.settings;
    this.function = new WatcherFunction(this, 'Discover', {
      ...defaults,
      name: 'discover',
      description: `Asks AWS where the brokers of ${clusterName} are`,
      timeout: Duration.minutes(1),
    });
    allowDiscovery(this.function, clusterArn);
    allowObjects(this.function, storage.bucket, { prefix: 'clusters', write: true });
    new Trigger(this, 'AtDeployment', {
      handler: this.function.function,
      timeout: Duration.minutes(2),
      executeBefore: [before],
    });
    new Schedule(this, 'Schedule', {
      description: `Asks AWS where the brokers of ${clusterName} are`,
      schedule: ScheduleExpression.rate(INTERVAL),
      // The defaults, 185 retries within 24 hours, would outlive many a later discovery.
      target: new LambdaInvoke(this.function.function, { retryAttempts: 3, maxEventAge: INTERVAL }),
    });
    this.failing = this.failingAlarm(clusterName, articles);
    this.failing.addAlarmAction(new SnsAction(storage.topic));
  }

  private failingAlarm(clusterName: string, articles: Articles): cloudwatch.Alarm {
    return new cloudwatch.Alarm(this, 'Failing', {
      alarmName: alarmNames(clusterName).discovery,
      alarmDescription:
        `Discovering the brokers of ${clusterName} failed in each of the last three hours; those found before are still used. ` +
        `First step: read the newest log lines of the discover function. More: ${articles.discovery}`,
      metric: this.function.function.metricErrors({ period: INTERVAL, statistic: 'Sum' }),
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // One failure is tried again, and the hour after it too: brokers hardly ever move.
      evaluationPeriods: 3,
      // A function that is never called has no errors; then what is stored ages, which each poll logs.
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
  }
}
