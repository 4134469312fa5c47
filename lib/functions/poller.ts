import { Duration } from 'aws-cdk-lib';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import { type FunctionDefaults, type NetworkPlacement, WatcherFunction } from './watcher-function.ts';

/** A reading that could not start within this time is worthless: the next one is about to. The scheduler's minimum. */
const MAX_EVENT_AGE = Duration.seconds(60);
/** Seconds for cold start, history and metrics, beside the brokers' deadline. */
const OVERHEAD_SECONDS = 15;

/**
 * In MB: what reads all groups, and their history, at once. The history is bounded (`core/history.ts`); at its bound a
 * poll takes about 1 GB. A poll of a small cluster ends in a fraction of a second, so the price hardly shows.
 */
export const BROKER_READER_MEMORY = 1_536;

export interface PollerProps extends FunctionDefaults {
  readonly network: NetworkPlacement;
  /** @default - none reserved */
  readonly reservedConcurrentExecutions?: number;
}

/** Reads all groups on a schedule. A poll that fails or comes late is never repeated. */
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
      // The defaults, 185 retries within 24 hours, would replay stale polls for a day.
      target: new LambdaInvoke(this.function.function, { retryAttempts: 0, maxEventAge: MAX_EVENT_AGE }),
    });
  }
}

/** Timeout of a function that reads brokers: their deadline and what comes around it. */
export const brokerTimeout = (kafkaTimeoutSeconds: number): Duration =>
  Duration.seconds(Math.ceil(kafkaTimeoutSeconds) + OVERHEAD_SECONDS);
