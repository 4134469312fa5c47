/**
 * A world in memory around a simulated group, and the synthesized runbook over its real handlers.
 */

import { MemoryHistoryStore } from '#adapters/memory/history-store.ts';
import type { AlarmContributors, Clock } from '#core/ports.ts';
import { type AlarmEvent, STEPS } from '#core/runbook/messages.ts';
import { parseSettings, type SettingsInput } from '#core/settings.ts';
import { present } from '#core/text/json.ts';
import { poll } from '#flows/poll.ts';
import { type Reconciled, type ReconcileWorld, reconcile } from '#flows/reconcile/reconcile.ts';
import type { Handler } from '#functions/support/handler.ts';
import { handlersOver } from '#local/account/account.ts';
import type { AlarmTransition } from '#local/cloudwatch/alarm-event.ts';
import { alarmsFromTemplate } from '#local/cloudwatch/alarms-from-template.ts';
import { AlarmEvaluator } from '#local/cloudwatch/evaluate-alarms.ts';
import { EvaluatedAlarms } from '#local/cloudwatch/evaluated-alarms.ts';
import { MemoryCloudWatch } from '#local/cloudwatch/memory-cloudwatch.ts';
import { type RunbookEvent, type RunnerOptions, startExecution } from '#local/runbook/runner.ts';
import { definitionFromTemplate } from '#local/template/definition-from-template.ts';
import { MemoryIncidentStore } from '#local/twins/incident-store.ts';
import { MemoryNotifier } from '#local/twins/notifier.ts';
import { MemoryRuns } from '#local/twins/runbook-runs.ts';
import { MemoryStateStore } from '#local/twins/state-store.ts';
import { ManualClock, SimulatedGroup, type SimulationOptions } from '#test/support/groups/simulated-group.ts';
import { synthExample } from '#test/support/stack/synth.ts';

export const GROUP = 'billing';
/** The cluster of the world, and of the stack with its alarms and definition. */
export const CLUSTER = 'prod';
const SERVICE = { cluster: 'shop', service: 'billing-consumer' };

export interface WorldOptions extends Partial<Omit<SimulationOptions, 'clock' | 'groupId' | 'service'>> {
  readonly settings?: Partial<SettingsInput>;
}

/** By default 60/s are produced to each of 8 partitions, and 2 tasks read 100/s each. */
export function runbookWorld({ settings: change, ...simulation }: WorldOptions = {}) {
  const clock = new ManualClock(Date.UTC(2026, 0, 5, 3));
  const group = new SimulatedGroup({
    arrivals: Array(8).fill(60),
    tasks: 2,
    capacity: 100,
    ...simulation,
    clock,
    groupId: GROUP,
    service: SERVICE,
  });
  const settings = parseSettings({
    clusterName: CLUSTER,
    bootstrapBrokers: 'b1:9098',
    mode: 'scale',
    // The simulated log has no timestamps.
    defaultThreshold: { lag: 1000, ageSeconds: 'none', dataLossHorizonSeconds: 'none' },
    services: [{ group: GROUP, ecsCluster: SERVICE.cluster, ecsService: SERVICE.service }],
    ...change,
  });
  const notifier = new MemoryNotifier();
  const incidents = new MemoryIncidentStore();
  const state = new MemoryStateStore();
  const metrics = new MemoryCloudWatch(clock);
  const alarms = lazyAlarms(metrics, clock);
  const runs = new MemoryRuns();
  const world = {
    settings,
    clock,
    offsets: group,
    history: new MemoryHistoryStore(),
    metrics,
    state,
    incidents,
    scaler: group,
    notifier,
    alarms: alarms.twin,
    runs,
  };
  /** Polls once a minute for some minutes. */
  const pollFor = async (minutes: number) => {
    for (let i = 0; i < minutes; i++) {
      clock.advance(60_000);
      await poll(world);
    }
  };
  /** Polls likewise, and evaluates the alarms after each poll. Returns the changes of state. */
  const watchFor = async (minutes: number): Promise<AlarmTransition[]> => {
    const changes: AlarmTransition[] = [];
    for (let i = 0; i < minutes; i++) {
      await pollFor(1);
      changes.push(...alarms.evaluate(clock.nowMs()));
    }
    return changes;
  };
  /** Evaluates the alarms each minute, without polls. */
  const sleepFor = (minutes: number) => {
    for (let i = 0; i < minutes; i++) {
      clock.advance(60_000);
      alarms.evaluate(clock.nowMs());
    }
  };
  return { ...world, world, group, pollFor, watchFor, sleepFor, mute: alarms.mute, service: SERVICE };
}

/** The alarms of the stack, which is synthesized at their first use. */
function lazyAlarms(metrics: MemoryCloudWatch, clock: Clock) {
  let made: { evaluator: AlarmEvaluator; twin: EvaluatedAlarms } | undefined;
  const make = () => {
    if (made !== undefined) return made;
    const alarms = alarmsFromTemplate(stackTemplate());
    const place = { account: '111122223333', region: 'us-east-1' };
    const evaluator = new AlarmEvaluator({ alarms, metrics, place });
    made = { evaluator, twin: new EvaluatedAlarms({ alarms, evaluator, metrics, clock, place }) };
    return made;
  };
  const twin: AlarmContributors = {
    statuses: (names) => make().twin.statuses(names),
    contributors: (name) => make().twin.contributors(name),
    mutedBy: (name) => make().twin.mutedBy(name),
    newestRatio: (dimensions, sinceMs) => make().twin.newestRatio(dimensions, sinceMs),
  };
  return {
    twin,
    evaluate: (nowMs: number) => make().evaluator.evaluate(nowMs),
    mute: (name: string, rule: string | undefined) => make().twin.mute(name, rule),
  };
}

export type RunbookWorld = ReturnType<typeof runbookWorld>;

const stackTemplate = (): unknown => synthExample({ clusterName: CLUSTER }).toJSON();

let definition: ReturnType<typeof definitionFromTemplate> | undefined;
/** The runbook of the synthesized example; synthesized once per test file. */
export function runbookDefinition(): ReturnType<typeof definitionFromTemplate> {
  definition ??= definitionFromTemplate(stackTemplate());
  return definition;
}

let invocations = 0;
/** Reconciles once, with an invocation id of its own. */
export const reconcileOnce = (world: ReconcileWorld): Promise<Reconciled> =>
  reconcile(world, `request-${++invocations}`);

/** The event that starts a run. */
export function alarmEvent(group: string = GROUP): AlarmEvent {
  return {
    id: 'event-1',
    time: '2026-01-05T03:05:00Z',
    resources: ['arn:aws:cloudwatch:us-east-1:111122223333:alarm:lag'],
    detail: {
      alarmName: 'lag',
      state: { value: 'ALARM', reason: 'Threshold Crossed' },
      alarmContributor: { attributes: { ConsumerGroup: group } },
    },
  };
}

/** Runs in place of a handler, and may call it. */
export type Intercept = (state: string, step: string, call: () => Promise<unknown>) => Promise<unknown>;

export interface RunResult {
  readonly visited: readonly string[];
  readonly output?: unknown;
  readonly error?: unknown;
  readonly largestPayload: number;
}

/**
 * Runs the shipped definition over the world until it ends. A Wait takes no real time: the clock
 * advances by its duration, and a poll follows.
 */
export function runRunbook(world: RunbookWorld, name = 'run-1', intercept?: Intercept): Promise<RunResult> {
  return runFor(world, { name, event: alarmEvent(), ...present({ intercept }) });
}

export interface RunOptions {
  readonly name: string;
  /** The event that starts it. */
  readonly event: AlarmEvent;
  readonly intercept?: Intercept;
}

/** Runs the shipped definition likewise, for a given event. */
export async function runFor(world: RunbookWorld, options: RunOptions): Promise<RunResult> {
  const { name, event: input, intercept = (_state, _step, call) => call() } = options;
  const shipped = runbookDefinition();
  const handlers = handlersOver(world.world);
  const visited: string[] = [];
  let observed = 0;
  const machine: RunnerOptions = {
    definition: shipped.definition,
    functionOfState: Object.fromEntries(Object.keys(shipped.functionOfState).map((state) => [state, state])),
    handlers: Object.fromEntries(
      Object.entries(shipped.functionOfState).map(([state, fn]) => [
        state,
        intercepted(state, handlers[fn] as Handler),
      ]),
    ),
    timeScale: 0,
  };
  function intercepted(state: string, handler: Handler): Handler {
    return async (event, context) => {
      const isRecheck = state === 'Observe' && observed++ > 0;
      const waited = isRecheck ? 'recheckWaitSeconds' : WAITED_BEFORE[state];
      if (waited !== undefined) await passTime(world, world.settings.timing[waited]);
      const { step } = event as { step: string };
      if (!Object.hasOwn(STEPS, step)) throw new Error(`state ${state} has the unknown step ${step}`);
      return intercept(state, step, () => handler(event, context));
    };
  }
  const onEvent = (event: RunbookEvent) => {
    if (event.kind === 'entered') visited.push(event.state);
  };
  const execution = startExecution(machine, { name, input, onEvent });
  try {
    const output = await execution.result;
    return { visited, output, largestPayload: execution.largestPayload() };
  } catch (error) {
    return { visited, error, largestPayload: execution.largestPayload() };
  }
}

/** The wait before each state that checks again. */
const WAITED_BEFORE: Readonly<Record<string, 'convergeWaitSeconds' | 'verifyWaitSeconds'>> = {
  ObserveConvergence: 'convergeWaitSeconds',
  ObserveEffect: 'verifyWaitSeconds',
};

async function passTime({ clock, world }: RunbookWorld, seconds: number): Promise<void> {
  clock.advance(seconds * 1000);
  await poll(world);
}
