/**
 * The messages of the runbook: what each step takes and gives, and the names that its definition
 * and its functions share. Only keys and small decisions travel between states; evidence and
 * reports are objects in the incident store.
 */
import { z } from 'zod';

/** States that do work. The same verbs name the flows. */
export const STEPS = [
  'lock',
  'observe',
  'diagnose',
  'decide',
  'scale',
  'converge',
  'verify',
  'rollback',
  'report',
  'unlock',
] as const;
export type Step = (typeof STEPS)[number];

/** Which function serves which step: one function per set of permissions. */
export const FUNCTION_OF_STEP = {
  lock: 'lock',
  unlock: 'lock',
  observe: 'observe',
  diagnose: 'diagnose',
  decide: 'diagnose',
  scale: 'scale',
  rollback: 'scale',
  converge: 'verify',
  verify: 'verify',
  report: 'report',
} as const satisfies Record<Step, string>;

/**
 * What a step that has begun may still take when its execution is over. Above the timeout of every
 * function of the runbook: a lock outlives an execution that is cut off by this much, so that no
 * other run begins while a function of that one still works.
 */
export const LAST_STEP_SECONDS = 60;

/**
 * EventBridge's event for one group (contributor) of the lag alarm; the runbook's input. Unknown
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
  /** The incident was open already: an earlier run died or is continued. */
  resumed: z.boolean(),
});
export type Run = z.infer<typeof runSchema>;

/** What an observation tells the next state; the whole of it is the object at `key`. */
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
 * What to do, and why. `hold`: nothing, the reason says why (with the change that would be made, in
 * mode recommend). `recheck`: look again. `scale`: change capacity. `resume`: an earlier run
 * scaled; go on with watching it. `rollback`: an earlier run was taking its scaling back; finish
 * that. `escalate`: a person has to act.
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

/** A change of capacity that was made, or found made by an earlier run. */
export const scaledSchema = z.object({
  from: z.number(),
  to: z.number(),
  lever: z.string(),
  atMs: z.number(),
  /** What was done, or why nothing was. */
  reason: z.string(),
});
export type Scaled = z.infer<typeof scaledSchema>;

export const reportedSchema = z.object({ key: z.string(), outcome: z.string() });
export type Reported = z.infer<typeof reportedSchema>;

/** Error and cause as Step Functions hands them to a Catch. */
export const caughtSchema = z.object({ Error: z.string(), Cause: z.string().exactOptional() });

/**
 * The state that travels: the run, and each step's newest result under the step's name. At most 8
 * KB as JSON.
 */
export const runbookStateSchema = z.object({
  /** Absent only when the lock could not be asked for. */
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

/** What every step but `lock` gets. Its result goes to the state under its own name. */
export const stepInputSchema = z.object({ step: z.enum(STEPS), state: runbookStateSchema });

/**
 * What `lock` gets: the alarm's event and the execution's name. It answers `{ run }`, the first
 * state.
 */
export const lockInputSchema = z.object({
  step: z.literal('lock'),
  executionName: z.string(),
  event: alarmEventSchema,
});
export type LockInput = z.infer<typeof lockInputSchema>;

/** Names of the Wait states, and the setting that each waits for. */
export const WAIT_STATES = {
  WaitForRecheck: 'recheckWaitSeconds',
  WaitForConvergence: 'convergeWaitSeconds',
  WaitForEffect: 'verifyWaitSeconds',
} as const;

/**
 * Key of the template metadata that names the function behind a Lambda resource, as
 * `FUNCTION_OF_STEP` spells it.
 */
export const FUNCTION_METADATA = 'msk-lag-watcher:function';
