import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { alarmNames, type WatcherAlarmName } from '#core/metrics/alarm-names.ts';
import { dimensionValue, type MetricName, NAMESPACE } from '#core/metrics/catalogue.ts';
import type { Settings } from '#core/settings.ts';
import { DISCOVERY_INTERVAL } from '#lib/functions/discoverer.ts';
import { RECONCILE_INTERVAL } from '#lib/functions/reconciler.ts';
import type { WatcherFunction } from '#lib/functions/watcher-function.ts';
import type { Runbook } from '#lib/runbook/runbook.ts';
import type { Article, Articles } from './articles.ts';

export interface WatcherAlarmsProps {
  readonly settings: Pick<Settings, 'clusterName' | 'seriesBudget' | 'timing'>;
  readonly poll: WatcherFunction;
  /** Absent where the settings name the brokers. */
  readonly discover: WatcherFunction | undefined;
  readonly reconcile: WatcherFunction;
  readonly runbook: Runbook;
  readonly topic: ITopic;
  readonly articles: Articles;
}

interface AlarmRow {
  readonly article: Article;
  /** What is wrong, and what that means; the last part of "On MSK cluster NAME, …". */
  readonly trouble: string;
  readonly firstStep: string;
  /** Undefined where the watcher has nothing to measure; then there is no alarm. */
  readonly metric: (props: WatcherAlarmsProps) => cloudwatch.Metric | undefined;
  readonly breachingWhen: 'below 1' | '1 or more';
  /** Datapoints that must breach, and datapoints that count. */
  readonly datapoints: readonly [number, number];
  readonly missingData: 'breaching' | 'not breaching';
}

const clusterMetric =
  (metricName: MetricName, statistic: 'Sum' | 'Minimum') =>
  ({ settings: { clusterName, timing } }: WatcherAlarmsProps): cloudwatch.Metric =>
    new cloudwatch.Metric({
      namespace: NAMESPACE,
      metricName,
      dimensionsMap: { ClusterName: dimensionValue(clusterName) },
      statistic,
      period: Duration.seconds(timing.pollIntervalSeconds),
    });

const errorsOf = ({ function: fn }: WatcherFunction, period: Duration): cloudwatch.Metric =>
  fn.metricErrors({ period, statistic: 'Sum' });

/** Runs are rare: one datapoint decides. Without runs there is no data and no failure. */
const RUN = {
  article: 'runbook',
  breachingWhen: '1 or more',
  datapoints: [1, 1],
  missingData: 'not breaching',
} as const;
const NEWEST_EXECUTIONS = 'look at the newest executions of the state machine';
const RUN_PERIOD = Duration.minutes(5);

/** A run reports its own end. The alarms on runs are for those that cannot. */
const ALARMS: Readonly<Record<WatcherAlarmName, AlarmRow>> = {
  heartbeat: {
    article: 'heartbeat',
    trouble: 'nothing watches the lag: no poll has read the cluster for five intervals',
    firstStep: 'read the newest log lines of the poll function',
    metric: clusterMetric('Heartbeat', 'Sum'),
    breachingWhen: 'below 1',
    // All of them: one good poll in five keeps the lag alarms supplied, and a restart of brokers
    // makes some polls fail.
    datapoints: [5, 5],
    // A watcher that is down publishes nothing.
    missingData: 'breaching',
  },
  coverage: {
    article: 'coverage',
    trouble: 'part of the lag is unknown: polls could not read some partitions or groups for five intervals',
    firstStep: 'read in the newest log line of the poll function which ones, and why',
    metric: clusterMetric('Coverage', 'Minimum'),
    breachingWhen: 'below 1',
    // All of them: a leader that moves, or a broker that restarts, is back within minutes.
    datapoints: [5, 5],
    // Coverage has no value while a broker does not list its groups, which is the worst coverage.
    missingData: 'breaching',
  },
  unwatched: {
    article: 'unwatched',
    trouble: 'nothing watches the lag of some groups: seriesBudget has no room for their LagRatio',
    firstStep: 'read in the newest log line of the poll function which groups',
    metric: (props) =>
      props.settings.seriesBudget === undefined ? undefined : clusterMetric('GroupsUnwatched', 'Minimum')(props),
    breachingWhen: '1 or more',
    // All of them: a group that exists for a moment, such as a console consumer, needs no watching.
    datapoints: [5, 5],
    // No poll has planned anything. The heartbeat covers missing polls.
    missingData: 'not breaching',
  },
  pollErrors: {
    article: 'poll-errors',
    trouble: 'polls fail repeatedly: some metrics are late or missing',
    firstStep: 'read the newest errors in the log of the poll function',
    metric: ({ poll, settings }) => errorsOf(poll, Duration.seconds(settings.timing.pollIntervalSeconds)),
    breachingWhen: '1 or more',
    // The next poll makes up for one that fails. Three in fifteen are a fault that returns, which
    // the heartbeat does not see, since it needs five in a row.
    datapoints: [3, 15],
    // Nothing called the function. The heartbeat covers that.
    missingData: 'not breaching',
  },
  discovery: {
    article: 'discovery',
    trouble:
      'discovery of the brokers failed in each of the last three hours; the watcher still uses those it found before',
    firstStep: 'read the newest log lines of the discover function',
    metric: ({ discover }) => discover && errorsOf(discover, DISCOVERY_INTERVAL),
    breachingWhen: '1 or more',
    // A failure is retried within the hour and an hour later, and brokers hardly ever move.
    datapoints: [3, 3],
    // Nothing called the function. Each poll logs the age of the discovery.
    missingData: 'not breaching',
  },
  reconcile: {
    article: 'reconcile',
    trouble:
      'reconcile failed three times in a row: a group whose event was lost gets no run, and capacity that a dead run raised stays raised',
    firstStep: 'read the newest log lines of the reconcile function',
    metric: ({ reconcile }) => errorsOf(reconcile, RECONCILE_INTERVAL),
    breachingWhen: '1 or more',
    // Each call starts from scratch: one failure costs five minutes, three are no passing trouble.
    datapoints: [3, 3],
    // Nothing called the function. Events and runs work without it.
    missingData: 'not breaching',
  },
  runFailed: {
    ...RUN,
    trouble: 'a run of the runbook failed: its incident stays open, and its report may be missing',
    firstStep: NEWEST_EXECUTIONS,
    metric: ({ runbook }) => runbook.stateMachine.metricFailed({ period: RUN_PERIOD, statistic: 'Sum' }),
  },
  runTimedOut: {
    ...RUN,
    trouble:
      'a run of the runbook was cut off: it sent no report and did not release its lock, which expires by itself',
    firstStep: NEWEST_EXECUTIONS,
    metric: ({ runbook }) => runbook.stateMachine.metricTimedOut({ period: RUN_PERIOD, statistic: 'Sum' }),
  },
  runNotStarted: {
    ...RUN,
    trouble: 'a group went into alarm, but no run could start for it',
    firstStep: 'read the events in the dead-letter queue of the stack',
    metric: ({ runbook: { deadLetterQueue } }) =>
      deadLetterQueue.metricApproximateNumberOfMessagesVisible({ period: RUN_PERIOD, statistic: 'Maximum' }),
  },
};

/** The alarms on the watcher itself. All notify the topic. */
export class WatcherAlarms extends Construct {
  /** `unwatched` exists only with a budget, `discovery` only where the brokers are discovered. */
  readonly byName: Readonly<Partial<Record<WatcherAlarmName, cloudwatch.Alarm>>>;

  constructor(scope: Construct, id: string, props: WatcherAlarmsProps) {
    super(scope, id);
    const names = Object.keys(ALARMS) as WatcherAlarmName[];
    this.byName = Object.fromEntries(
      names.flatMap((name) => {
        const metric = ALARMS[name].metric(props);
        return metric === undefined ? [] : [[name, this.newAlarm(name, metric, props)]];
      }),
    );
  }

  private newAlarm(name: WatcherAlarmName, metric: cloudwatch.Metric, props: WatcherAlarmsProps): cloudwatch.Alarm {
    const { settings, articles, topic } = props;
    const { article, trouble, firstStep, breachingWhen, datapoints, missingData } = ALARMS[name];
    const { ComparisonOperator, TreatMissingData } = cloudwatch;
    const alarm = new cloudwatch.Alarm(this, `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`, {
      alarmName: alarmNames(settings.clusterName)[name],
      alarmDescription: `On MSK cluster ${settings.clusterName}, ${trouble}. First step: ${firstStep}. More: ${articles(article)}`,
      metric,
      threshold: 1,
      comparisonOperator:
        breachingWhen === 'below 1'
          ? ComparisonOperator.LESS_THAN_THRESHOLD
          : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      datapointsToAlarm: datapoints[0],
      evaluationPeriods: datapoints[1],
      treatMissingData: missingData === 'breaching' ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(topic));
    return alarm;
  }
}
