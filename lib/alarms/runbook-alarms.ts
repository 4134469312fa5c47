import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { alarmNames } from '#core/metrics/alarm-names.ts';
import type { Runbook } from '#lib/runbook/runbook.ts';
import type { Articles } from './articles.ts';

export interface RunbookAlarmsProps {
  /** Letters, digits, `.`, `_` and `-` only. */
  readonly clusterName: string;
  readonly runbook: Runbook;
  /** Hears of the runbook's own trouble. */
  readonly topic: ITopic;
  /** Where people read on. */
  readonly articles: Articles;
}

const NEWEST_EXECUTIONS = 'look at the newest executions of the state machine';

interface Trouble {
  readonly alarmName: string;
  readonly trouble: string;
  readonly firstStep: string;
  readonly metric: cloudwatch.Metric;
}

/** A run reports its end itself. These are for runs that could not: the ones that failed, were cut off, or never began. */
export class RunbookAlarms extends Construct {
  readonly failed: cloudwatch.Alarm;
  readonly timedOut: cloudwatch.Alarm;
  readonly notStarted: cloudwatch.Alarm;

  constructor(scope: Construct, id: string, props: RunbookAlarmsProps) {
    super(scope, id);
    const { stateMachine, deadLetterQueue } = props.runbook;
    const names = alarmNames(props.clusterName);
    const look = { period: Duration.minutes(5) };
    this.failed = this.alarm('Failed', props, {
      alarmName: names.runFailed,
      trouble: 'a run of the runbook failed; its incident stays open, and its report may be missing',
      firstStep: NEWEST_EXECUTIONS,
      metric: stateMachine.metricFailed({ ...look, statistic: 'Sum' }),
    });
    this.timedOut = this.alarm('TimedOut', props, {
      alarmName: names.runTimedOut,
      trouble: 'a run of the runbook was cut off, and neither reported nor gave back its lock, which expires by itself',
      firstStep: NEWEST_EXECUTIONS,
      metric: stateMachine.metricTimedOut({ ...look, statistic: 'Sum' }),
    });
    this.notStarted = this.alarm('NotStarted', props, {
      alarmName: names.runNotStarted,
      trouble: 'a group went into alarm and no run could be started for it',
      firstStep: 'read the events in the dead-letter queue of the stack',
      metric: deadLetterQueue.metricApproximateNumberOfMessagesVisible({ ...look, statistic: 'Maximum' }),
    });
  }

  private alarm(
    id: string,
    { clusterName, topic, articles }: RunbookAlarmsProps,
    { alarmName, trouble, firstStep, metric }: Trouble,
  ): cloudwatch.Alarm {
    const alarm = new cloudwatch.Alarm(this, id, {
      alarmName,
      alarmDescription: `On ${clusterName}, ${trouble}. ` + `First step: ${firstStep}. More: ${articles.runbook}`,
      metric,
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      // Without runs there is no data, and nothing that failed.
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(topic));
    return alarm;
  }
}
