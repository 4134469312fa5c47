import { Duration, Names, RemovalPolicy } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import { SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Settings } from '#core/settings.ts';
import { executionTimeoutSeconds } from './run-time.ts';
import { type FunctionsByName, RunbookStates } from './states.ts';

export interface RunbookProps {
  readonly settings: Settings;
  readonly functions: FunctionsByName;
  /** Alarms whose contributors start a run. */
  readonly lagAlarms: readonly IAlarm[];
  readonly logRetention: logs.RetentionDays;
  /** Trace executions with X-Ray. @default false */
  readonly tracing?: boolean;
}

/** A pattern has room for 2,048 characters, and the ARN of an alarm for up to 150. */
const ALARMS_PER_RULE = 10;

/** The runbook's state machine. EventBridge starts it for each group that goes into alarm. */
export class Runbook extends Construct {
  readonly stateMachine: sfn.StateMachine;
  /** Each rule covers some of the lag alarms. */
  readonly rules: readonly events.Rule[];
  /** Events that could not start a run. */
  readonly deadLetterQueue: sqs.Queue;

  constructor(scope: Construct, id: string, props: RunbookProps) {
    super(scope, id);
    const { settings } = props;
    const states = new RunbookStates(this, props.functions, settings.timing);
    this.stateMachine = new sfn.StateMachine(this, 'StateMachine', {
      stateMachineType: sfn.StateMachineType.STANDARD,
      queryLanguage: sfn.QueryLanguage.JSON_PATH,
      definitionBody: sfn.DefinitionBody.fromChainable(states.build()),
      comment: `Finds out why a consumer group on ${settings.clusterName} lags, and scales it if that helps`,
      timeout: Duration.seconds(executionTimeoutSeconds(settings)),
      tracingEnabled: props.tracing ?? false,
      logs: { destination: this.logGroup(props.logRetention), level: sfn.LogLevel.ALL, includeExecutionData: true },
    });
    this.deadLetterQueue = new sqs.Queue(this, 'DeadLetters', {
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    const { lagAlarms } = props;
    const count = Math.ceil(lagAlarms.length / ALARMS_PER_RULE);
    this.rules = Array.from({ length: count }, (_, i) =>
      this.contributorRule(props, {
        id: `GroupInAlarm${i === 0 ? '' : i + 1}`,
        alarms: lagAlarms.slice(i * ALARMS_PER_RULE, (i + 1) * ALARMS_PER_RULE),
      }),
    );
  }

  /**
   * With this prefix Step Functions does not fill up the account's one resource policy for log
   * deliveries.
   */
  private logGroup(retention: logs.RetentionDays): logs.LogGroup {
    return new logs.LogGroup(this, 'Logs', {
      logGroupName: `/aws/vendedlogs/states/${Names.uniqueResourceName(this, { maxLength: 120, separator: '-' })}`,
      retention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }

  private contributorRule(
    { settings }: RunbookProps,
    { id, alarms }: { readonly id: string; readonly alarms: readonly IAlarm[] },
  ): events.Rule {
    const rule = new events.Rule(this, id, {
      description: `A consumer group on ${settings.clusterName} went into alarm: starts the runbook for it`,
      eventPattern: {
        source: ['aws.cloudwatch'],
        detailType: ['CloudWatch Alarm Contributor State Change'],
        resources: alarms.map(({ alarmArn }) => alarmArn),
        detail: {
          // Muting, and suppression by a composite alarm, stop an alarm's actions but not its
          // events.
          state: { value: ['ALARM'], actionsSuppressedBy: [{ exists: false }] },
          // `exists` works on leaves only, so it names a field inside.
          muteDetail: { mutedByArn: [{ exists: false }] },
        },
      },
    });
    rule.addTarget(
      new SfnStateMachine(this.stateMachine, {
        // The runbook reads the group again, so an old event does no harm. After this time it is
        // about another incident.
        maxEventAge: Duration.minutes(15),
        retryAttempts: 10,
        deadLetterQueue: this.deadLetterQueue,
      }),
    );
    return rule;
  }
}
