import { Duration } from 'aws-cdk-lib';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import { type FunctionDefaults, type NetworkPlacement, WatcherFunction } from './watcher-function.ts';

/**
 * A poll that cannot start within this time is useless: the next one is due. Also the scheduler's
 * minimum.
 */
const MAX_EVENT_AGE = Duration.seconds(60);
/** For cold start, history and metrics, beside the brokers' deadline. */
const OVERHEAD_SECONDS = 15;

/**
 * For a function that holds all groups and their history, in MB. The history has a limit
 * (`src/core/history`), at which a poll takes about 1 GB. A poll of a small cluster ends in a
 * fraction of a second, so the size hardly shows in the price.
 */
export const BROKER_READER_MEMORY = 1_536;

export interface PollerProps extends FunctionDefaults {
  readonly network: NetworkPlacement;
  /** @default - none reserved */
  readonly reservedConcurrentExecutions?: number;
}

/** Reads all groups on a schedule. A poll that fails or comes late is not retried. */
export class Poller extends Construct {
  readonly function: WatcherFunction;

  constructor(scope: Construct, id: string, props: PollerProps) {
    super(scope, id);
    const { settings } = props;
    this.function = new WatcherFunction(this, 'Poll', {
      ...props,
      name: 'poll',
      description: `Reads the lag of all consumer groups on ${settings.clusterName} and publishes it`,
      timeout: brokerTimeout(settings.kafkaTimeoutSeconds),
      memorySize: BROKER_READER_MEMORY,
      maxEventAge: MAX_EVENT_AGE,
    });
    const interval = Duration.seconds(settings.timing.pollIntervalSeconds);
    new Schedule(this, 'Schedule', {
      description: `Polls the consumer groups on ${settings.clusterName}`,
      schedule: ScheduleExpression.rate(Duration.minutes(interval.toMinutes())),
      // The default of 185 retries in 24 hours would repeat stale polls for a day.
      target: new LambdaInvoke(this.function.function, { retryAttempts: 0, maxEventAge: MAX_EVENT_AGE }),
    });
  }
}

/** Timeout of a function that reads the brokers. */
export const brokerTimeout = (kafkaTimeoutSeconds: number): Duration =>
  Duration.seconds(Math.ceil(kafkaTimeoutSeconds) + OVERHEAD_SECONDS);
