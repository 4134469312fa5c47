import validateAsl from 'asl-validator';
import { describe, expect, test } from 'vitest';
import { LAST_STEP_SECONDS, STEPS, type Step, WAIT_STATES } from '#core/runbook/messages.ts';
import { parseSettings } from '#core/settings.ts';
import { longestRunSeconds, SERVICE_WAIT } from '#lib/runbook/run-time.ts';
import { definitionFromTemplate } from '#local/template/definition-from-template.ts';
import { execute, type TaskHandler, type Trace } from '#test/support/stack/asl.ts';
import { exampleTemplate, synthExample } from '#test/support/stack/synth.ts';

const { definition, functionOfState } = definitionFromTemplate(exampleTemplate());
const states = definition.States as Record<string, Record<string, unknown> & { Type: string }>;
const tasks = Object.entries(states).filter(([, state]) => state.Type === 'Task');
const stepOf = (state: Record<string, unknown>): Step => (state.Parameters as { step: Step }).step;

const EVENT = { id: 'e-1', detail: { alarmName: 'lag', state: { value: 'ALARM' } } };
const RUN = { runId: 'run-1', incidentId: 'i-1', groupId: 'billing', lockKeys: ['group#billing'] };

/** Answers of a state, call by call; the last one repeats. An error is thrown. */
type Script = Readonly<Record<string, readonly unknown[]>>;

const failure = (name: string): Error => Object.assign(new Error(`${name} happened`), { name });

/** A run with nothing to do. A script replaces answers of single states. */
const QUIET: Script = {
  Lock: [{ run: RUN }],
  Observe: [{ key: 'o' }],
  Diagnose: [{ cause: 'stable' }],
  Decide: [{ kind: 'hold' }],
  Scale: [{ from: 2, to: 8 }],
  ObserveConvergence: [{ key: 'c' }],
  Converge: [{ kind: 'done' }],
  ObserveEffect: [{ key: 'e' }],
  Verify: [{ kind: 'done' }],
  Rollback: [{ from: 8, to: 2 }],
  Report: [{ outcome: 'not-scaled' }],
  ReportFailure: [{ outcome: 'failed' }],
  Unlock: [{ released: 1 }],
};

async function play(script: Script): Promise<Trace & { inputs: Record<string, unknown[]> }> {
  const inputs: Record<string, unknown[]> = {};
  const handlers = Object.entries({ ...QUIET, ...script }).map(([name, answers]): [string, TaskHandler] => {
    const calls: unknown[] = [];
    inputs[name] = calls;
    return [
      name,
      (input) => {
        const answer = answers[Math.min(calls.length, answers.length - 1)];
        calls.push(input);
        if (answer instanceof Error) throw answer;
        return answer;
      },
    ];
  });
  return { ...(await execute(definition, EVENT, Object.fromEntries(handlers))), inputs };
}

const START = ['Lock', 'Observe', 'Diagnose', 'Decide', 'Act?'];
const SETTLE = ['WaitForConvergence', 'ObserveConvergence', 'Converge', 'Converged?'];
const EFFECT = ['WaitForEffect', 'ObserveEffect', 'Verify', 'Effective?'];
const END = ['Report', 'Unlock', 'Error?', 'Done'];
const BROKEN = ['ReportFailure', 'Unlock', 'Error?', 'Failed'];
const SCALED = { Decide: [{ kind: 'scale' }] };

interface Scenario {
  readonly why: string;
  readonly script: Script;
  readonly path: readonly string[];
  /** Name of the error that the execution fails with; absent when it succeeds. */
  readonly fails?: string;
}

const SCENARIOS: readonly Scenario[] = [
  { why: 'hold reports and unlocks', script: {}, path: [...START, ...END] },
  { why: 'escalate reports and unlocks', script: { Decide: [{ kind: 'escalate' }] }, path: [...START, ...END] },
  {
    why: 'a scaling that helps is watched until it is verified',
    script: SCALED,
    path: [...START, 'Scale', ...SETTLE, ...EFFECT, ...END],
  },
  {
    why: 'both loops repeat until they are done',
    script: {
      ...SCALED,
      Converge: [{ kind: 'again' }, { kind: 'done' }],
      Verify: [{ kind: 'again' }, { kind: 'done' }],
    },
    path: [...START, 'Scale', ...SETTLE, ...SETTLE, ...EFFECT, ...EFFECT, ...END],
  },
  {
    why: 'resume watches the scaling of an earlier run, and scales nothing',
    script: { Decide: [{ kind: 'resume' }] },
    path: [...START, ...SETTLE, ...EFFECT, ...END],
  },
  {
    why: 'recheck observes and decides again',
    script: { Decide: [{ kind: 'recheck', checks: 1 }, { kind: 'hold' }] },
    path: [...START, 'WaitForRecheck', ...START.slice(1), ...END],
  },
  {
    why: 'a group that does not settle is rolled back',
    script: { ...SCALED, Converge: [{ kind: 'failed' }] },
    path: [...START, 'Scale', ...SETTLE, 'Rollback', ...END],
  },
  {
    why: 'a scaling that does not help is rolled back',
    script: { ...SCALED, Verify: [{ kind: 'failed' }] },
    path: [...START, 'Scale', ...SETTLE, ...EFFECT, 'Rollback', ...END],
  },
  {
    why: 'a taken lock ends the run at once without an error',
    script: { Lock: [failure('LockTakenError')] },
    path: ['Lock', 'AlreadyRunning'],
  },
  {
    why: 'a lock that cannot be asked for is reported, though there is no run',
    script: { Lock: [failure('SettingsError')] },
    path: ['Lock', ...BROKEN],
    fails: 'SettingsError',
  },
  {
    why: 'a report that fails still unlocks, and is not sent again as a failed run',
    script: { Report: [failure('AuthorizationError')] },
    path: [...START, 'Report', 'Unlock', 'Error?', 'Failed'],
    fails: 'AuthorizationError',
  },
  {
    why: 'a failed run that cannot be reported still unlocks and ends with its own error',
    script: { Diagnose: [failure('NotFoundError')], ReportFailure: [failure('AuthorizationError')] },
    path: ['Lock', 'Observe', 'Diagnose', ...BROKEN],
    fails: 'NotFoundError',
  },
  {
    why: 'a lock that cannot be released fails the run after its retries; the lock expires',
    script: { Unlock: [failure('ThrottlingException')] },
    path: [...START, 'Report', 'Unlock', 'Failed'],
    fails: 'ThrottlingException',
  },
  ...[...START.slice(1, 4), 'Scale', ...SETTLE.slice(1, 3), ...EFFECT.slice(1, 3)].map((state) => {
    const path = [...START, 'Scale', ...SETTLE, ...EFFECT];
    return {
      why: `an error in ${state} is reported and unlocked`,
      script: { ...SCALED, [state]: [failure('NotFoundError')] },
      path: [...path.slice(0, path.indexOf(state) + 1), ...BROKEN],
      fails: 'NotFoundError',
    };
  }),
  {
    why: 'an error in Rollback is reported and unlocked',
    script: { ...SCALED, Verify: [{ kind: 'failed' }], Rollback: [failure('NotFoundError')] },
    path: [...START, 'Scale', ...SETTLE, ...EFFECT, 'Rollback', ...BROKEN],
    fails: 'NotFoundError',
  },
];

describe('the definition of the runbook', () => {
  test('is valid ASL', () => {
    const result = validateAsl(structuredClone(definition));

    expect(result.errorsText()).toBe('');
    expect(result.isValid).toBe(true);
  });

  test('is a JSONPath machine of Lambda tasks, choices and waits only', () => {
    expect(definition).toMatchObject({ StartAt: 'Lock', QueryLanguage: 'JSONPath' });
    expect(new Set(Object.values(states).map((state) => state.Type))).toEqual(
      new Set(['Task', 'Choice', 'Wait', 'Succeed', 'Fail']),
    );
  });

  test('has the Task states of the table of steps, each with its step and function', () => {
    const inDefinition = tasks.map(([name, state]) => [name, stepOf(state), functionOfState[name]]);
    const inTable = Object.entries(STEPS).flatMap(([step, row]) =>
      Object.keys(row.states).map((name) => [name, step, row.function]),
    );
    const missing = 'a state is missing in STEPS (src/core/runbook/messages.ts) or in lib/runbook/states.ts';

    expect(inDefinition.toSorted(), missing).toEqual(inTable.toSorted());
  });

  test('waits as long as the settings say', () => {
    const { timing } = parseSettings({ clusterName: 'c', bootstrapBrokers: 'b:9098' });

    for (const [name, key] of Object.entries(WAIT_STATES)) expect(states[name]).toMatchObject({ Seconds: timing[key] });
  });

  test.each(SCENARIOS)('$why', async ({ script, path, fails }) => {
    const { visited, status, error } = await play(script);

    expect(visited).toEqual(path);
    expect(status).toBe(fails === undefined ? 'SUCCEEDED' : 'FAILED');
    expect(error?.name).toBe(fails);
  });

  test('has only states that the scenarios visit', async () => {
    const traces = await Promise.all(SCENARIOS.map(({ script }) => play(script)));

    expect(new Set(traces.flatMap(({ visited }) => visited))).toEqual(new Set(Object.keys(states)));
  });

  test('passes the name of the execution and the event to lock, whose result replaces the state', async () => {
    const { inputs, output } = await play({});

    expect(inputs.Lock).toEqual([{ step: 'lock', executionName: 'run-1', event: EVENT }]);
    expect(inputs.Observe).toEqual([{ step: 'observe', state: { run: RUN } }]);
    expect(output).toEqual({
      run: RUN,
      observe: { key: 'o' },
      diagnose: { cause: 'stable' },
      decide: { kind: 'hold' },
      report: { outcome: 'not-scaled' },
      unlock: { released: 1 },
    });
  });

  test('keeps only the newest observation, under the name of its step', async () => {
    const { inputs } = await play(SCALED);

    expect(inputs.Verify).toMatchObject([
      { step: 'verify', state: { observe: { key: 'e' }, converge: { kind: 'done' } } },
    ]);
  });

  test('passes the error and its cause to the report', async () => {
    const { inputs, error } = await play({ Diagnose: [failure('NotFoundError')] });

    expect(inputs.ReportFailure).toMatchObject([
      { step: 'report', state: { run: RUN, error: { Error: 'NotFoundError', Cause: 'NotFoundError happened' } } },
    ]);
    expect(error).toEqual({ name: 'NotFoundError', cause: 'NotFoundError happened' });
  });
});

describe('retries of the runbook', () => {
  test.each(['Observe', 'ObserveConvergence', 'ObserveEffect'])(
    '%s retries unreachable brokers twice',
    async (state) => {
      const { retried, status } = await play({ ...SCALED, [state]: [failure('KafkaUnreachableError')] });

      expect(retried).toEqual([state, state]);
      expect(status).toBe('FAILED');
    },
  );

  test('Observe does not retry a refused login', async () => {
    const { retried } = await play({ Observe: [failure('KafkaAuthError')] });

    expect(retried).toEqual([]);
  });

  test('every task retries when Lambda itself fails', async () => {
    const once = failure('Lambda.TooManyRequestsException');
    const script = Object.fromEntries(Object.entries(QUIET).map(([name, [answer]]) => [name, [once, answer]]));

    const scaled = await play({ ...script, Decide: [once, { kind: 'scale' }], Verify: [once, { kind: 'failed' }] });
    const failed = await play({ ...script, Diagnose: [once, failure('NotFoundError')] });

    expect(scaled.status).toBe('SUCCEEDED');
    expect(new Set([...scaled.retried, ...failed.retried])).toEqual(new Set(tasks.map(([name]) => name)));
  });

  test('Unlock retries any error', async () => {
    const { status } = await play({ Unlock: [failure('ThrottlingException'), failure('Unknown'), { released: 1 }] });

    expect(status).toBe('SUCCEEDED');
  });
});

describe('the lock and the longest run', () => {
  const settings = parseSettings({ clusterName: 'c', bootstrapBrokers: 'b:9098' });

  test('the longest run counts every wait and step that it enters', async () => {
    const { maxRechecks, maxConvergeChecks, maxVerifyChecks, kafkaTimeoutSeconds } = settings;
    const times = (count: number, answer: object) => Array.from({ length: count }, () => answer);
    const { visited } = await play({
      Decide: [...times(maxRechecks, { kind: 'recheck' }), { kind: 'scale' }],
      Converge: [...times(maxConvergeChecks - 1, { kind: 'again' }), { kind: 'done' }],
      Verify: [...times(maxVerifyChecks - 1, { kind: 'again' }), { kind: 'failed' }],
    });
    const secondsOf = (name: string): number => {
      const state = states[name];
      if (state?.Type === 'Wait') return state.Seconds as number;
      if (state?.Type !== 'Task') return 0;
      return 10 + (stepOf(state) === 'observe' ? kafkaTimeoutSeconds : 0);
    };
    const service = SERVICE_WAIT.attempts * SERVICE_WAIT.intervalSeconds;

    expect(visited).toContain('Rollback');
    expect(longestRunSeconds(settings)).toBe(visited.reduce((sum, name) => sum + secondsOf(name), service));
  });

  test('an execution is cut off before its lock expires, and no function outlives that', () => {
    const template = synthExample();
    const functions = Object.values(template.findResources('AWS::Lambda::Function'));

    expect(definition.TimeoutSeconds).toBe(settings.timing.lockSeconds - LAST_STEP_SECONDS);
    expect(longestRunSeconds(settings)).toBeLessThanOrEqual(definition.TimeoutSeconds ?? 0);
    expect(Math.max(...functions.map((fn) => fn.Properties.Timeout))).toBeLessThan(LAST_STEP_SECONDS);
  });
});
