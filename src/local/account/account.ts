/**
 * The local stand's "account": the synthesized stack on stand-ins for the AWS services. Schedule,
 * alarms, rules and state machine come from the template, and the handlers are the real ones. One
 * declared factor shortens time.
 */
import { Logger } from '@aws-lambda-powertools/logger';
import type { ClusterReading } from '#core/kafka/model.ts';
import type { IncidentStore, OffsetsReader } from '#core/ports.ts';
import { type Findings, findingsSchema } from '#core/scaling/findings.ts';
import type { Settings } from '#core/settings.ts';
import type { World } from '#core/world.ts';
import { createHandler as createDiagnose } from '#functions/diagnose.ts';
import { createHandler as createLock } from '#functions/lock.ts';
import { createHandler as createObserve } from '#functions/observe.ts';
import { createHandler as createPoll } from '#functions/poll.ts';
import { createHandler as createReconcile } from '#functions/reconcile.ts';
import { createHandler as createReport } from '#functions/report.ts';
import { createHandler as createScale } from '#functions/scale.ts';
import type { Handler } from '#functions/support/handler.ts';
import { createHandler as createVerify } from '#functions/verify.ts';
import { type AlarmTransition, alarmArn } from '#local/cloudwatch/alarm-event.ts';
import { alarmsFromTemplate } from '#local/cloudwatch/alarms-from-template.ts';
import { AlarmEvaluator } from '#local/cloudwatch/evaluate-alarms.ts';
import { EvaluatedAlarms } from '#local/cloudwatch/evaluated-alarms.ts';
import { rulesFromTemplate } from '#local/cloudwatch/event-rule.ts';
import type { MemoryCloudWatch } from '#local/cloudwatch/memory-cloudwatch.ts';
import { invoke } from '#local/runbook/lambda.ts';
import { type Execution, type RunbookEvent, type RunnerOptions, startExecution } from '#local/runbook/runner.ts';
import { definitionFromTemplate } from '#local/template/definition-from-template.ts';
import { schedulesFromTemplate } from '#local/template/schedules-from-template.ts';
import { MemoryRuns } from '#local/twins/runbook-runs.ts';

/** What happens in the account. */
export type AccountEvent =
  | { readonly kind: 'polled'; readonly reading: ClusterReading }
  | { readonly kind: 'poll-failed'; readonly error: unknown }
  | { readonly kind: 'reconcile-failed'; readonly error: unknown }
  | { readonly kind: 'alarm'; readonly transition: AlarmTransition }
  | { readonly kind: 'run-started'; readonly run: string }
  | { readonly kind: 'state'; readonly run: string; readonly event: RunbookEvent }
  /** The runbook stored a diagnosis and a plan. */
  | { readonly kind: 'found'; readonly findings: Findings }
  | { readonly kind: 'run-ended'; readonly run: string; readonly output?: unknown; readonly error?: unknown };

/** The ports behind the handlers. The account provides alarms and runs itself. */
export type AccountWorld = Omit<World, 'settings' | 'alarms' | 'runs'>;

export interface AccountOptions {
  /** The synthesized CloudFormation template. */
  readonly template: unknown;
  /** As deployed, except that durations are already multiplied by `timeScale`. */
  readonly settings: Settings;
  readonly timeScale: number;
  readonly world: AccountWorld;
  /** Receives the poll's metrics; the alarms read them. */
  readonly cloudwatch: MemoryCloudWatch;
  readonly onEvent: (event: AccountEvent) => void;
}

const PLACE = { account: '111122223333', region: 'us-east-1' };

/** The handlers of all functions over one world, by function name. They log nothing. */
export function handlersOver(world: World): Record<string, Handler> {
  const silent = new Logger({ logLevel: 'SILENT' });
  const make = () => world;
  return {
    poll: createPoll(make, silent),
    observe: createObserve(make, silent),
    lock: createLock(make, silent),
    diagnose: createDiagnose(make, silent),
    scale: createScale(make, silent),
    verify: createVerify(make, silent),
    report: createReport(make, silent),
    reconcile: createReconcile(make, silent),
  };
}

/** Runs the schedule until `stop`. */
export class LocalAccount {
  readonly #options: AccountOptions;
  readonly #handlers: Record<string, Handler>;
  readonly #machine: RunnerOptions;
  readonly #alarms: AlarmEvaluator;
  readonly #rules: ReturnType<typeof rulesFromTemplate>;
  readonly #executions = new Set<Execution>();
  #timer: NodeJS.Timeout | undefined;
  #tick: Promise<void> = Promise.resolve();
  /** Polls from one reconcile to the next; 0 without a schedule. */
  readonly #reconcileTicks: number;
  #ticks = 0;
  #eventRuns = 0;
  readonly #runs = new MemoryRuns((run, event) => this.#startRun(run, event));

  /** @throws Error when something in the template is unknown */
  constructor(options: AccountOptions) {
    this.#options = options;
    const { template, settings, timeScale, world, cloudwatch, onEvent } = options;
    const offsets: OffsetsReader = {
      read: async (request) => {
        const reading = await world.offsets.read(request);
        if (request?.groupIds === undefined) onEvent({ kind: 'polled', reading });
        return reading;
      },
      close: () => world.offsets.close(),
    };
    const incidents = tapFindings(world.incidents, (findings) => onEvent({ kind: 'found', findings }));
    const alarms = alarmsFromTemplate(template);
    this.#alarms = new AlarmEvaluator({ alarms, metrics: cloudwatch, timeScale, place: PLACE });
    this.#handlers = handlersOver({
      ...world,
      offsets,
      incidents,
      settings,
      alarms: new EvaluatedAlarms({
        alarms,
        evaluator: this.#alarms,
        metrics: cloudwatch,
        clock: world.clock,
        place: PLACE,
      }),
      runs: this.#runs,
    });
    this.#machine = { ...definitionFromTemplate(template), handlers: this.#handlers, timeScale };
    const schedules = schedulesFromTemplate(template);
    this.#reconcileTicks = Math.round((schedules.get('reconcile') ?? 0) / (schedules.get('poll') ?? 1));
    this.#rules = rulesFromTemplate(template, (logicalId) => {
      const alarm = alarms.find((candidate) => candidate.logicalId === logicalId);
      if (alarm === undefined) throw new Error(`a rule refers to ${logicalId}, which is not an alarm of the template`);
      return alarmArn(PLACE, alarm.name);
    });
  }

  /**
   * Polls and evaluates once per scaled poll interval, in the middle of each alarm period, until
   * `stop`.
   */
  start(): void {
    const intervalMs = this.#options.settings.timing.pollIntervalSeconds * 1000;
    const next = () => {
      const now = this.#options.world.clock.nowMs();
      const dueMs = (Math.floor(now / intervalMs - 0.5) + 1.5) * intervalMs;
      this.#timer = setTimeout(
        () => {
          this.#tick = this.#tick.then(() => this.tick()).then(next);
        },
        Math.max(1, dueMs - now),
      );
    };
    next();
  }

  /**
   * One scheduled minute: poll, alarms, a run for each change that a rule matches, and reconcile
   * when it is due.
   */
  async tick(): Promise<void> {
    const { onEvent, world } = this.#options;
    try {
      await invoke('poll', this.#handlers.poll as Handler, {});
    } catch (error) {
      onEvent({ kind: 'poll-failed', error });
    }
    for (const transition of this.#alarms.evaluate(world.clock.nowMs())) {
      onEvent({ kind: 'alarm', transition });
      const starts = this.#rules.filter((rule) => rule.matches(transition.event));
      for (const _ of starts) this.#startRun(`local-${++this.#eventRuns}`, transition.event);
    }
    this.#ticks += 1;
    if (this.#reconcileTicks > 0 && this.#ticks % this.#reconcileTicks === 0) await this.#reconcile();
  }

  /** Ends the schedule and aborts running executions. Resolves when all have ended. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#tick;
    clearTimeout(this.#timer);
    for (const execution of this.#executions) execution.abort();
    await Promise.allSettled([...this.#executions].map((execution) => execution.result));
  }

  async #reconcile(): Promise<void> {
    try {
      await invoke('reconcile', this.#handlers.reconcile as Handler, {});
    } catch (error) {
      this.#options.onEvent({ kind: 'reconcile-failed', error });
    }
  }

  #startRun(run: string, input: unknown): void {
    const { onEvent, world } = this.#options;
    this.#runs.began(run);
    onEvent({ kind: 'run-started', run });
    const execution = startExecution(this.#machine, {
      name: run,
      input,
      onEvent: (event) => onEvent({ kind: 'state', run, event }),
    });
    this.#executions.add(execution);
    execution.result
      .then(
        (output) => onEvent({ kind: 'run-ended', run, output }),
        (error) => onEvent({ kind: 'run-ended', run, error }),
      )
      .finally(() => {
        this.#executions.delete(execution);
        this.#runs.ended(run, world.clock.nowMs());
      });
  }
}

/** The store, which also passes findings to a listener. */
function tapFindings(store: IncidentStore, onFindings: (findings: Findings) => void): IncidentStore {
  return {
    putJson: async (key, value) => {
      const findings = findingsSchema.safeParse(value);
      if (findings.success) onFindings(findings.data);
      await store.putJson(key, value);
    },
    getJson: (key) => store.getJson(key),
    putText: (key, text) => store.putText(key, text),
    locationOf: (key) => store.locationOf(key),
  };
}
