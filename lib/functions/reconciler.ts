import { Duration } from 'aws-cdk-lib';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import { type FunctionDefaults, WatcherFunction } from './watcher-function.ts';

/** The longest delay until a lost event or a dead run is noticed. */
export const RECONCILE_INTERVAL = Duration.minutes(5);

/**
 * Starts the runs that no event started, and restores capacity that a dead run left raised. A call
 * that fails is not retried.
 */
export class Reconciler extends Construct {
  readonly function: WatcherFunction;

  /** Its resources must have the state machine. */
  constructor(scope: Construct, id: string, props: FunctionDefaults) {
    super(scope, id);
    const { clusterName } = props.settings;
    this.function = new WatcherFunction(this, 'Reconcile', {
      ...props,
      name: 'reconcile',
      description: `Starts the runs on ${clusterName} that no event started, and restores capacity after dead runs`,
      // A hundred groups may be in ALARM, with several requests for each.
      timeout: Duration.seconds(55),
      // Two calls at once do no harm, and the next one comes soon.
      maxEventAge: RECONCILE_INTERVAL,
    });
    new Schedule(this, 'Schedule', {
      description: `Reconciles alarms, runs and capacity on ${clusterName}`,
      schedule: ScheduleExpression.rate(RECONCILE_INTERVAL),
      target: new LambdaInvoke(this.function.function, { retryAttempts: 0, maxEventAge: RECONCILE_INTERVAL }),
    });
  }
}
