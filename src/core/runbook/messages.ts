/**
 * The messages of the runbook and the table of its steps, which the state machine, its functions,
 * the demo and the report share. Only keys and small decisions travel between states. Evidence and
 * reports are objects in the incident store.
 */
import { z } from 'zod';

/**
 * How long a step may still run after its execution was cut off: longer than the timeout of every
 * function of the runbook. A lock outlives its execution by this, so that no other run begins while
 * a function of the first one still works. Seconds.
 */
export const LAST_STEP_SECONDS = 60;

/**
 * EventBridge's event for one group (contributor) of a lag alarm: the runbook's input. Unknown
 * fields pass.
 */
export const alarmEventSchema = z.looseObject({
  id: z.string(),
  time: z.string(),
  resources: z.array(z.string()),
  detail: z.looseObject({
    alarmName: z.string(),
    state: z.looseObject({
      value: z.string(),
      reason: z.string().exactOptional(),
      timestamp: z.string().exactOptional(),
    }),
    alarmContributor: z.looseObject({ attributes: z.record(z.string(), z.string()) }),
  }),
});
export type AlarmEvent = z.infer<typeof alarmEventSchema>;

/** Identity of a run, carried through every state. */
export const runSchema = z.object({
  /** Name of the execution; owner of the locks. */
  runId: z.string(),
  incidentId: z.string(),
  groupId: z.string(),
  lockKeys: z.array(z.string()),
  startedAtMs: z.number(),
  /** The incident was open before: this run continues one that died or failed. */
  resumed: z.boolean(),
});
export type Run = z.infer<typeof runSchema>;

/** The part of an observation that the next states need; all of it is the object at `key`. */
export const observedSchema = z.object({
  key: z.string(),
  atMs: z.number(),
  state: z.string(),
  members: z.number().nullable(),
  partitions: z.number(),
  sumLag: z.number().nullable(),
  /** Null when it is not known how many partitions are expected. */
  coverage: z.number().nullable(),
});
export type Observed = z.infer<typeof observedSchema>;

/** Which rule decided; `core/scaling/decide.ts` has the ids. */
const decisionId = z.string();

export const diagnosedSchema = z.object({
  key: z.string(),
  cause: z.string(),
  confidence: z.string(),
});
export type Diagnosed = z.infer<typeof diagnosedSchema>;

/**
 * What to do, and why. `hold`: nothing; in mode recommend it names the change that mode scale would
 * make. `recheck`: observe again. `scale`: change capacity. `resume`: an earlier run scaled; watch
 * the effect. `rollback`: finish the rollback of an earlier run. `escalate`: a person must act.
 */
export const decisionSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('hold'),
    id: decisionId,
    reason: z.string(),
    recommended: z.object({ from: z.number(), to: z.number() }).exactOptional(),
  }),
  z.object({ kind: z.literal('recheck'), id: decisionId, reason: z.string(), checks: z.number() }),
  z.object({ kind: z.literal('scale'), id: decisionId, reason: z.string(), from: z.number(), to: z.number() }),
  z.object({
    kind: z.literal('resume'),
    id: decisionId,
    reason: z.string(),
    from: z.number(),
    to: z.number(),
    atMs: z.number(),
  }),
  z.object({ kind: z.literal('rollback'), id: decisionId, reason: z.string() }),
  z.object({ kind: z.literal('escalate'), id: decisionId, reason: z.string() }),
]);
export type Decision = z.infer<typeof decisionSchema>;

/** Result of one check while waiting: `done`, check `again`, or give up (`failed`). */
export const checkedSchema = z.object({
  kind: z.enum(['done', 'again', 'failed']),
  /** What the check found; `core/scaling/recovery.ts` has the ids. */
  id: z.string(),
  reason: z.string(),
  checks: z.number(),
});
export type Checked = z.infer<typeof checkedSchema>;

/** A change of capacity that this run or an earlier one made. `from` and `to` are tasks. */
export const scaledSchema = z.object({
  from: z.number(),
  to: z.number(),
  lever: z.string(),
  atMs: z.number(),
  /** What changed, or why nothing did. */
  reason: z.string(),
});
export type Scaled = z.infer<typeof scaledSchema>;

export const reportedSchema = z.object({ key: z.string(), outcome: z.string() });
export type Reported = z.infer<typeof reportedSchema>;

/** Error and cause as Step Functions passes them to a Catch. */
export const caughtSchema = z.object({ Error: z.string(), Cause: z.string().exactOptional() });

/**
 * The state that travels: the run, and the newest result of each step under its name. At most 8 KB
 * as JSON.
 */
export const runbookStateSchema = z.object({
  /** Absent only when the step `lock` failed. */
  run: runSchema.exactOptional(),
  observe: observedSchema.exactOptional(),
  diagnose: diagnosedSchema.exactOptional(),
  decide: decisionSchema.exactOptional(),
  scale: scaledSchema.exactOptional(),
  converge: checkedSchema.exactOptional(),
  verify: checkedSchema.exactOptional(),
  rollback: scaledSchema.exactOptional(),
  report: reportedSchema.exactOptional(),
  error: caughtSchema.exactOptional(),
});
export type RunbookState = z.infer<typeof runbookStateSchema>;

/** How often a state is entered in the longest run. `instead`: only in place of another state. */
export type Repetition = 'once' | 'recheck' | 'converge' | 'verify' | 'instead';

interface StepRow<Result> {
  /** Function that serves it: one function for each set of permissions. */
  readonly function: string;
  /** Its Task states in the state machine. */
  readonly states: Readonly<Record<string, Repetition>>;
  /** What it does, in words that continue "This step …". */
  readonly does: string;
  /** One line for people about its result. */
  readonly summary: (result: Result) => string;
}

type Results = Omit<RunbookState, 'run' | 'error'>;

/**
 * `lock` begins the state, and nobody reads what `unlock` returns. All others have a key in the
 * state.
 */
type StepRows = { readonly lock: StepRow<Run>; readonly unlock: StepRow<unknown> } & {
  readonly [S in keyof Results]-?: StepRow<NonNullable<Results[S]>>;
};

const checkedSummary = ({ kind, reason }: Checked): string => `${kind === 'again' ? 'not yet' : kind}: ${reason}`;
const scaledSummary = ({ reason }: Scaled): string => reason;

/**
 * The steps, in the order of a run. A new one needs: a key in `runbookStateSchema` and a row here,
 * a flow in `src/flows/runbook`, its function in `functions/` (a new function also needs a row in
 * `lib/functions/rights.ts`), and its place in `lib/runbook/states.ts`.
 */
export const STEPS = {
  lock: {
    function: 'lock',
    states: { Lock: 'once' },
    does: 'takes the locks of a run',
    summary: ({ incidentId, resumed }) => `incident ${incidentId}${resumed ? ', continued' : ''}`,
  },
  observe: {
    function: 'observe',
    states: { Observe: 'recheck', ObserveConvergence: 'converge', ObserveEffect: 'verify' },
    does: 'reads the consumer group from the brokers',
    summary: ({ sumLag, members, state, coverage }) =>
      `lag ${sumLag ?? 'unknown'}, ${members ?? 'unknown'} members, ${state}, coverage ${coverage ?? 'unknown'}`,
  },
  diagnose: {
    function: 'diagnose',
    states: { Diagnose: 'recheck' },
    does: 'finds the cause of the lag',
    summary: ({ cause, confidence }) => `${cause}, confidence ${confidence}`,
  },
  decide: {
    function: 'diagnose',
    states: { Decide: 'recheck' },
    does: 'decides what to do',
    summary: ({ kind, reason }) => `${kind}: ${reason}`,
  },
  scale: {
    function: 'scale',
    states: { Scale: 'once' },
    does: 'scales the ECS service of the group',
    summary: scaledSummary,
  },
  converge: {
    function: 'verify',
    states: { Converge: 'converge' },
    does: 'checks whether the scaled group has settled',
    summary: checkedSummary,
  },
  verify: {
    function: 'verify',
    states: { Verify: 'verify' },
    does: 'checks whether the scaling helped',
    summary: checkedSummary,
  },
  rollback: {
    function: 'scale',
    states: { Rollback: 'once' },
    does: 'undoes a scaling that did not help',
    summary: scaledSummary,
  },
  report: {
    function: 'report',
    states: { Report: 'once', ReportFailure: 'instead' },
    does: 'writes the incident report and sends it',
    summary: ({ outcome }) => outcome,
  },
  unlock: {
    function: 'lock',
    states: { Unlock: 'once' },
    does: 'releases the locks of a run',
    summary: () => 'done',
  },
} as const satisfies StepRows;

export type Step = keyof typeof STEPS;
/** Names of the functions that serve steps. */
export type StepFunctionName = (typeof STEPS)[Step]['function'];
/** Steps that a function serves. */
export type StepOf<F extends StepFunctionName> = {
  [S in Step]: (typeof STEPS)[S]['function'] extends F ? S : never;
}[Step];
/** What a step returns. */
export type StepResult<S extends Step> = S extends keyof Results ? NonNullable<Results[S]> : unknown;
/** Names of the Task states. */
export type TaskState = { [S in Step]: keyof (typeof STEPS)[S]['states'] }[Step] & string;

/** In the order of a run. */
export const STEP_NAMES = Object.keys(STEPS) as readonly Step[];

/** The step that a state runs; undefined for a state that is no Task. */
export const stepOfState = (state: string): Step | undefined =>
  STEP_NAMES.find((step) => Object.hasOwn(STEPS[step].states, state));

/** One line about the newest result of a step; undefined when the state holds none. */
export function stepSummary(step: Step, { run, ...results }: RunbookState): string | undefined {
  const result = step === 'lock' ? run : step === 'unlock' ? {} : results[step];
  return result && (STEPS[step].summary as (result: unknown) => string)(result);
}

/**
 * The reason that the last step with a reason gave; undefined when the run ended before a decision.
 */
export function lastReason(state: RunbookState): string | undefined {
  const results = STEP_NAMES.map((step) => (step === 'lock' || step === 'unlock' ? undefined : state[step]));
  return results.findLast((result) => result !== undefined && 'reason' in result)?.reason;
}

/**
 * What every step but `lock` receives. Its result goes into the state under the name of the step.
 */
export const stepInputSchema = z.object({ step: z.enum(STEP_NAMES), state: runbookStateSchema });

/** What `lock` receives. It returns `{ run }`, the first state. */
export const lockInputSchema = z.object({
  step: z.literal('lock'),
  executionName: z.string(),
  event: alarmEventSchema,
});
export type LockInput = z.infer<typeof lockInputSchema>;

/** The Wait states, and the setting with the duration of each. */
export const WAIT_STATES = {
  WaitForRecheck: 'recheckWaitSeconds',
  WaitForConvergence: 'convergeWaitSeconds',
  WaitForEffect: 'verifyWaitSeconds',
} as const;

/** Metadata key in the template that holds the name of the function behind a Lambda resource. */
export const FUNCTION_METADATA = 'msk-lag-watcher:function';
