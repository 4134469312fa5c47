/**
 * The definition of the runbook: Lambda tasks, choices on a word, waits; no business logic.
 * Every way out of a run passes `Unlock`, but that of a run that never had the lock.
 */
import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { ERROR_NAMES } from '#core/errors.ts';
import { FUNCTION_OF_STEP, type Step, WAIT_STATES } from '#core/runbook/messages.ts';
import type { Timing } from '#core/settings.ts';
import type { FunctionName, WatcherFunction } from '#lib/functions/watcher-function.ts';
import { SERVICE_WAIT } from './run-time.ts';

/** The functions behind the steps. */
export type StepFunctions = Readonly<
  Record<Exclude<FunctionName, 'poll' | 'discover' | 'heat-map' | 'reconcile'>, WatcherFunction>
>;

/** Lambda's own trouble: the step itself did not fail. */
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
/** Another group of the same service has its run: its turn ends, and this one's alarm would not ring again. */
const SERVICE_BUSY_RETRY = {
  errors: [ERROR_NAMES.serviceBusy],
  interval: Duration.seconds(SERVICE_WAIT.intervalSeconds),
  maxAttempts: SERVICE_WAIT.attempts,
  backoffRate: 1,
};
const UNLOCK_RETRY = { errors: [sfn.Errors.ALL], interval: Duration.seconds(5), maxAttempts: 3, backoffRate: 2 };

interface TaskOptions {
  readonly step: Step;
  /** What the step gets. @default - its name and the state */
  readonly payload?: Record<string, unknown>;
  /** `state`: the result is the state from here on. @default - beside the others, under the step's name */
  readonly result?: 'state';
}

/** Makes the states of one runbook. */
export class RunbookStates {
  private readonly scope: Construct;
  private readonly functions: StepFunctions;
  private readonly timing: Timing;

  constructor(scope: Construct, functions: StepFunctions, timing: Timing) {
    this.scope = scope;
    this.functions = functions;
    this.timing = timing;
  }

  /** All states, wired; the first one is to be entered with the alarm's event. */
  build(): sfn.IChainable {
    const ending = this.ending();
    const report = this.report(ending.unlock);
    const failing = this.guarded(ending.reportFailure);
    const rollback = failing({ step: 'rollback' }, 'Rollback');
    rollback.next(report);
    const effect = this.watch(
      { wait: 'WaitForEffect', observe: 'ObserveEffect', choice: 'Effective?' },
      'verify',
      failing,
    );
    effect.choice.when(isDone('verify'), report).when(isAgain('verify'), effect.wait).otherwise(rollback);
    const settle = this.watch(
      { wait: 'WaitForConvergence', observe: 'ObserveConvergence', choice: 'Converged?' },
      'converge',
      failing,
    );
    settle.choice.when(isDone('converge'), effect.wait).when(isAgain('converge'), settle.wait).otherwise(rollback);
    const first = this.firstLook({ report, rollback, settle: settle.wait, failing });
    return this.lock(ending.reportFailure).next(first);
  }

  /** Two endings that share the unlocking; a failed run is reported as such. */
  private ending(): { unlock: LambdaInvoke; reportFailure: LambdaInvoke } {
    const failed = new sfn.Fail(this.scope, 'Failed', { errorPath: '$.error.Error', causePath: '$.error.Cause' });
    const done = new sfn.Succeed(this.scope, 'Done');
    const unlock = this.task({ step: 'unlock' }, 'Unlock');
    unlock.addRetry(UNLOCK_RETRY);
    unlock.addCatch(failed, { resultPath: '$.error' });
    const hadError = new sfn.Choice(this.scope, 'Error?');
    unlock.next(hadError.when(sfn.Condition.isPresent('$.error'), failed).otherwise(done));
    const reportFailure = this.task({ step: 'report' }, 'ReportFailure');
    // What broke the run is in $.error and stays there; that it could not be reported either is in the history.
    reportFailure.addCatch(unlock, { resultPath: sfn.JsonPath.DISCARD });
    reportFailure.next(unlock);
    return { unlock, reportFailure };
  }

  /**
   * A report that fails is not tried again as a failed run's: the incident may be closed by then, with its true
   * outcome, and only the message be missing. The execution fails and says so.
   */
  private report(unlock: LambdaInvoke): LambdaInvoke {
    const report = this.task({ step: 'report' }, 'Report');
    report.addCatch(unlock, { resultPath: '$.error' });
    report.next(unlock);
    return report;
  }

  private lock(reportFailure: LambdaInvoke): LambdaInvoke {
    const payload = { executionName: sfn.JsonPath.stringAt('$$.Execution.Name'), event: sfn.JsonPath.entirePayload };
    const lock = this.task({ step: 'lock', payload, result: 'state' }, 'Lock');
    const alreadyRunning = new sfn.Succeed(this.scope, 'AlreadyRunning', {
      comment: 'Another run has the group; it sees what this alarm saw',
    });
    lock.addRetry(SERVICE_BUSY_RETRY);
    lock.addCatch(alreadyRunning, { errors: [ERROR_NAMES.lockTaken], resultPath: '$.error' });
    lock.addCatch(reportFailure, { resultPath: '$.error' });
    return lock;
  }

  private firstLook({
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
    const observe = failing({ step: 'observe' }, 'Observe');
    const scale = failing({ step: 'scale' }, 'Scale');
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
    observe
      .next(failing({ step: 'diagnose' }, 'Diagnose'))
      .next(failing({ step: 'decide' }, 'Decide'))
      .next(act);
    return observe;
  }

  /** A loop: wait, look, judge; where it leads is the caller's. */
  private watch(
    names: { wait: keyof typeof WAIT_STATES; observe: string; choice: string },
    judge: 'converge' | 'verify',
    failing: TaskMaker,
  ): { wait: sfn.Wait; choice: sfn.Choice } {
    const wait = this.wait(names.wait);
    const choice = new sfn.Choice(this.scope, names.choice);
    const judging = failing({ step: judge }, judge === 'converge' ? 'Converge' : 'Verify');
    wait
      .next(failing({ step: 'observe' }, names.observe))
      .next(judging)
      .next(choice);
    return { wait, choice };
  }

  private wait(name: keyof typeof WAIT_STATES): sfn.Wait {
    return new sfn.Wait(this.scope, name, {
      time: sfn.WaitTime.duration(Duration.seconds(this.timing[WAIT_STATES[name]])),
    });
  }

  /** Tasks whose every error ends the run as failed. */
  private guarded(reportFailure: LambdaInvoke): TaskMaker {
    return (options, name) => {
      const task = this.task(options, name);
      if (options.step === 'observe') task.addRetry(KAFKA_RETRY);
      task.addCatch(reportFailure, { resultPath: '$.error' });
      return task;
    };
  }

  private task({ step, payload, result }: TaskOptions, name: string): LambdaInvoke {
    const task = new LambdaInvoke(this.scope, name, {
      lambdaFunction: this.functions[FUNCTION_OF_STEP[step]].function,
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

type TaskMaker = (options: TaskOptions, name: string) => LambdaInvoke;

const isDone = (step: Step): sfn.Condition => sfn.Condition.stringEquals(`$.${step}.kind`, 'done');
const isAgain = (step: Step): sfn.Condition => sfn.Condition.stringEquals(`$.${step}.kind`, 'again');
