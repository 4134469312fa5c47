/**
 * The definition of the runbook: Lambda tasks, choices on a word, waits; no business logic.
 * Every run that took its lock passes `Unlock`, however it ends.
 */
import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { ERROR_NAMES } from '#core/errors.ts';
import {
  STEPS,
  type Step,
  type StepFunctionName,
  stepOfState,
  type TaskState,
  WAIT_STATES,
} from '#core/runbook/messages.ts';
import type { Timing } from '#core/settings.ts';
import type { WatcherFunction } from '#lib/functions/watcher-function.ts';
import { SERVICE_WAIT } from './run-time.ts';

/** The functions behind the steps. */
export type FunctionsByName = Readonly<Record<StepFunctionName, WatcherFunction>>;

/** Lambda failed, not the step. */
const LAMBDA_ERRORS = [
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
];
const LAMBDA_RETRY = { errors: LAMBDA_ERRORS, interval: Duration.seconds(2), maxAttempts: 3, backoffRate: 2 };
const KAFKA_RETRY = {
  errors: [ERROR_NAMES.kafkaUnreachable],
  interval: Duration.seconds(5),
  maxAttempts: 2,
  backoffRate: 1,
};
/**
 * The run of another group holds the same service. It will end, and this group's alarm does not
 * fire twice.
 */
const SERVICE_BUSY_RETRY = {
  errors: [ERROR_NAMES.serviceBusy],
  interval: Duration.seconds(SERVICE_WAIT.intervalSeconds),
  maxAttempts: SERVICE_WAIT.attempts,
  backoffRate: 1,
};
const UNLOCK_RETRY = { errors: [sfn.Errors.ALL], interval: Duration.seconds(5), maxAttempts: 3, backoffRate: 2 };

interface TaskOptions {
  /** Input beside the step's name. @default - the state */
  readonly payload?: Record<string, unknown>;
  /**
   * `state`: the result replaces the state. @default - it goes into the state under the step's name
   */
  readonly result?: 'state';
}

type TaskMaker = (name: TaskState) => LambdaInvoke;

/** Makes the states of one runbook. */
export class RunbookStates {
  private readonly scope: Construct;
  private readonly functions: FunctionsByName;
  private readonly timing: Timing;

  constructor(scope: Construct, functions: FunctionsByName, timing: Timing) {
    this.scope = scope;
    this.functions = functions;
    this.timing = timing;
  }

  /** All states, connected. The first one takes the alarm's event. */
  build(): sfn.IChainable {
    const ending = this.ending();
    const report = this.report(ending.unlock);
    const failing = this.guarded(ending.reportFailure);
    const rollback = failing('Rollback');
    rollback.next(report);
    const effect = this.watch(
      { wait: 'WaitForEffect', observe: 'ObserveEffect', check: 'Verify', choice: 'Effective?' },
      failing,
    );
    effect.choice.when(isDone('verify'), report).when(isAgain('verify'), effect.wait).otherwise(rollback);
    const settle = this.watch(
      { wait: 'WaitForConvergence', observe: 'ObserveConvergence', check: 'Converge', choice: 'Converged?' },
      failing,
    );
    settle.choice.when(isDone('converge'), effect.wait).when(isAgain('converge'), settle.wait).otherwise(rollback);
    const first = this.decision({ report, rollback, settle: settle.wait, failing });
    return this.lock(ending.reportFailure).next(first);
  }

  /** The ends of a good and of a failed run, which share `Unlock`. */
  private ending(): { unlock: LambdaInvoke; reportFailure: LambdaInvoke } {
    const failed = new sfn.Fail(this.scope, 'Failed', { errorPath: '$.error.Error', causePath: '$.error.Cause' });
    const done = new sfn.Succeed(this.scope, 'Done');
    const unlock = this.task('Unlock');
    unlock.addRetry(UNLOCK_RETRY);
    unlock.addCatch(failed, { resultPath: '$.error' });
    const hadError = new sfn.Choice(this.scope, 'Error?');
    unlock.next(hadError.when(sfn.Condition.isPresent('$.error'), failed).otherwise(done));
    const reportFailure = this.task('ReportFailure');
    // $.error keeps the error that broke the run. The execution's history has this second one.
    reportFailure.addCatch(unlock, { resultPath: sfn.JsonPath.DISCARD });
    reportFailure.next(unlock);
    return { unlock, reportFailure };
  }

  /**
   * A report that fails does not lead to `ReportFailure`: the incident may be closed by then with
   * its true outcome, and only the message missing. The execution fails.
   */
  private report(unlock: LambdaInvoke): LambdaInvoke {
    const report = this.task('Report');
    report.addCatch(unlock, { resultPath: '$.error' });
    report.next(unlock);
    return report;
  }

  private lock(reportFailure: LambdaInvoke): LambdaInvoke {
    const payload = { executionName: sfn.JsonPath.stringAt('$$.Execution.Name'), event: sfn.JsonPath.entirePayload };
    const lock = this.task('Lock', { payload, result: 'state' });
    const alreadyRunning = new sfn.Succeed(this.scope, 'AlreadyRunning', {
      comment: 'Another run works on the group',
    });
    lock.addRetry(SERVICE_BUSY_RETRY);
    lock.addCatch(alreadyRunning, { errors: [ERROR_NAMES.lockTaken], resultPath: '$.error' });
    lock.addCatch(reportFailure, { resultPath: '$.error' });
    return lock;
  }

  /** Observes, diagnoses and decides, until the decision is no recheck. */
  private decision({
    report,
    rollback,
    settle,
    failing,
  }: {
    report: LambdaInvoke;
    rollback: LambdaInvoke;
    settle: sfn.Wait;
    failing: TaskMaker;
  }): LambdaInvoke {
    const observe = failing('Observe');
    const scale = failing('Scale');
    scale.next(settle);
    const recheck = this.wait('WaitForRecheck');
    recheck.next(observe);
    const kindIs = (kind: string) => sfn.Condition.stringEquals('$.decide.kind', kind);
    const act = new sfn.Choice(this.scope, 'Act?')
      .when(kindIs('scale'), scale)
      .when(kindIs('resume'), settle)
      .when(kindIs('rollback'), rollback)
      .when(kindIs('recheck'), recheck)
      .otherwise(report);
    observe.next(failing('Diagnose')).next(failing('Decide')).next(act);
    return observe;
  }

  /** A loop: wait, observe, check. The caller says where its choice leads. */
  private watch(
    names: { wait: keyof typeof WAIT_STATES; observe: TaskState; check: TaskState; choice: string },
    failing: TaskMaker,
  ): { wait: sfn.Wait; choice: sfn.Choice } {
    const wait = this.wait(names.wait);
    const choice = new sfn.Choice(this.scope, names.choice);
    wait.next(failing(names.observe)).next(failing(names.check)).next(choice);
    return { wait, choice };
  }

  private wait(name: keyof typeof WAIT_STATES): sfn.Wait {
    return new sfn.Wait(this.scope, name, {
      time: sfn.WaitTime.duration(Duration.seconds(this.timing[WAIT_STATES[name]])),
    });
  }

  /** Makes tasks whose errors all end the run as failed. */
  private guarded(reportFailure: LambdaInvoke): TaskMaker {
    return (name) => {
      const task = this.task(name);
      if (stepOfState(name) === 'observe') task.addRetry(KAFKA_RETRY);
      task.addCatch(reportFailure, { resultPath: '$.error' });
      return task;
    };
  }

  private task(name: TaskState, { payload, result }: TaskOptions = {}): LambdaInvoke {
    const step = stepOfState(name) as Step;
    const task = new LambdaInvoke(this.scope, name, {
      lambdaFunction: this.functions[STEPS[step].function].function,
      payload: sfn.TaskInput.fromObject({ step, ...(payload ?? { state: sfn.JsonPath.entirePayload }) }),
      payloadResponseOnly: true,
      // Without a path the result replaces the state.
      ...(result === 'state' ? {} : { resultPath: `$.${step}` }),
      retryOnServiceExceptions: false,
    });
    task.addRetry(LAMBDA_RETRY);
    return task;
  }
}

const isDone = (step: Step): sfn.Condition => sfn.Condition.stringEquals(`$.${step}.kind`, 'done');
const isAgain = (step: Step): sfn.Condition => sfn.Condition.stringEquals(`$.${step}.kind`, 'again');
