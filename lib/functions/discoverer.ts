import { Duration } from 'aws-cdk-lib';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Trigger } from 'aws-cdk-lib/triggers';
import { Construct } from 'constructs';
import { type FunctionDefaults, WatcherFunction } from './watcher-function.ts';

/** Between two discoveries. */
export const DISCOVERY_INTERVAL = Duration.hours(1);

export interface DiscovererProps extends FunctionDefaults {
  /** Reads the brokers on a schedule: CloudFormation creates it after the first discovery. */
  readonly before: Construct;
}

/**
 * Asks AWS for the cluster and its brokers: once in each deployment, which fails with the reason
 * when that fails, and every hour.
 */
export class Discoverer extends Construct {
  readonly function: WatcherFunction;

  constructor(scope: Construct, id: string, { before, ...defaults }: DiscovererProps) {
    super(scope, id);
    const description = `Asks AWS for the brokers of ${defaults.settings.clusterName}`;
    this.function = new WatcherFunction(this, 'Discover', {
      ...defaults,
      name: 'discover',
      description,
      timeout: Duration.minutes(1),
    });
    new Trigger(this, 'AtDeployment', {
      handler: this.function.function,
      timeout: Duration.minutes(2),
      executeBefore: [before],
    });
    new Schedule(this, 'Schedule', {
      description,
      schedule: ScheduleExpression.rate(DISCOVERY_INTERVAL),
      // The default of 185 retries in 24 hours would outlive many later discoveries.
      target: new LambdaInvoke(this.function.function, { retryAttempts: 3, maxEventAge: DISCOVERY_INTERVAL }),
    });
  }
}
