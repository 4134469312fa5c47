/** From a diagnosis to what is done about it. Every way out carries its reason; only one of them changes anything. */
import type { Diagnosis } from '#core/diagnosis/diagnosis.ts';
import type { Evidence } from '#core/evidence/evidence.ts';
import { knownValue } from '#core/kafka/reading.ts';
import type { Incident } from '#core/runbook/incident.ts';
import type { Decision } from '#core/runbook/messages.ts';
import type { ScalingPlan } from './scaling-plan.ts';

export interface DecisionInput {
  readonly evidence: Evidence;
  readonly diagnosis: Diagnosis;
  readonly plan: ScalingPlan;
  readonly incident: Incident;
  readonly mode: 'recommend' | 'scale';
  readonly nowMs: number;
  /** Until when the service must be left alone, epoch ms; absent without a cooldown. */
  readonly cooldownUntilMs?: number;
  /** Rechecks made so far in this run. */
  readonly checks: number;
  readonly maxRechecks: number;
}

/** One rule: its decision, or undefined to go on to the next. */
type Rule = (input: DecisionInput) => Decision | undefined;

/** Asked in this order; the first that answers decides. */
const RULES: readonly Rule[] = [
  resumeEarlier,
  waitUntilReadable,
  onlyForCapacity,
  serviceMustAllow,
  groupMustBeSettled,
  membersMustBelong,
  leaveAlone,
];

/** The decision for one diagnosis. */
export function decide(input: DecisionInput): Decision {
  for (const rule of RULES) {
    const decision = rule(input);
    if (decision !== undefined) return decision;
  }
  return act(input);
}

/** A scaling that an earlier run made, or was making when it died, is watched to its end before anything else. */
function resumeEarlier({ incident, evidence, mode }: DecisionInput): Decision | undefined {
  const { action } = incident;
  const status = knownValue(evidence.service);
  if (action === undefined || action.status === 'verified' || action.status === 'rolled-back') return undefined;
  if (status === undefined)
    return { kind: 'escalate', reason: 'an earlier run scaled the service, and it cannot be read now' };
  const { leverFrom, leverTo, from, to, atMs } = action;
  const [isBefore, isAfter] = [status.leverValue === leverFrom, status.leverValue === leverTo];
  if (action.status === 'planned' && isBefore) return undefined;
  if (mode === 'recommend') {
    const reason = `an earlier run set the service to ${to} tasks; the mode is recommend now, so its effect is not watched`;
    return { kind: 'escalate', reason };
  }
  if (action.status === 'rolling-back' && (isBefore || isAfter)) {
    return { kind: 'rollback', reason: `an earlier run was taking back its scaling to ${to} tasks` };
  }
  if (isAfter) {
    return {
      kind: 'resume',
      reason: `an earlier run set the service to ${to} tasks; its effect is not verified yet`,
      from,
      to,
      atMs,
    };
  }
  const now = `${action.lever} is ${status.leverValue}, not ${leverTo}`;
  return {
    kind: 'escalate',
    reason: `an earlier run set the service to ${to} tasks, and another hand moved it: ${now}`,
  };
}

function waitUntilReadable(input: DecisionInput): Decision | undefined {
  return input.diagnosis.cause === 'unreadable' ? recheckOrEscalate(input, input.diagnosis.title) : undefined;
}

function onlyForCapacity(input: DecisionInput): Decision | undefined {
  const { diagnosis } = input;
  if (diagnosis.mayScale) return undefined;
  const reason = `${diagnosis.cause}: ${diagnosis.title}; nothing is scaled for this cause`;
  if (diagnosis.cause === 'deployment-in-progress') return recheckOrEscalate(input, diagnosis.title);
  if (diagnosis.cause === 'stable' || diagnosis.cause === 'producer-change') return { kind: 'hold', reason };
  return { kind: 'escalate', reason };
}

function serviceMustAllow(input: DecisionInput): Decision | undefined {
  const { service } = input.evidence;
  if (service.kind === 'absent')
    return { kind: 'escalate', reason: 'capacity is short and no ECS service is declared for the group' };
  if (service.kind === 'unknown') return recheckOrEscalate(input, `the service could not be read: ${service.reason}`);
  if (service.value.refusal !== undefined) {
    return { kind: 'escalate', reason: `the service must not be scaled: ${service.value.refusal}` };
  }
  const { deploymentInProgress, running, desired, pending } = service.value;
  const settled = !deploymentInProgress && pending === 0 && running === desired;
  return settled ? undefined : recheckOrEscalate(input, 'the service is deploying or its tasks are still starting');
}

function groupMustBeSettled(input: DecisionInput): Decision | undefined {
  const state = knownValue(input.evidence.observation.state);
  return state === 'Stable'
    ? undefined
    : recheckOrEscalate(input, `the group is ${state ?? 'in an unknown state'}, not Stable`);
}

/** Scaling a service that does not hold the group's members would change the wrong thing. */
function membersMustBelong({ evidence }: DecisionInput): Decision | undefined {
  const { members } = evidence.observation;
  const addresses = knownValue(evidence.service)?.taskAddresses;
  if (members.kind !== 'known' || addresses?.kind !== 'known') {
    const why = [addresses, members].flatMap((reading) => (reading?.kind === 'unknown' ? [reading.reason] : []));
    const what = 'it cannot be told whether the members run in the declared service';
    return { kind: 'escalate', reason: [what, ...why].join(': ') };
  }
  const strangers = members.value.filter((member) => !addresses.value.includes(member.host));
  const [stranger] = strangers;
  if (stranger === undefined) return undefined;
  return {
    kind: 'escalate',
    reason: `${strangers.length} of ${members.value.length} members (one at ${stranger.host}) run outside the declared service`,
  };
}

function leaveAlone({ cooldownUntilMs, nowMs }: DecisionInput): Decision | undefined {
  if (cooldownUntilMs === undefined || cooldownUntilMs <= nowMs) return undefined;
  return {
    kind: 'hold',
    reason: `the service was scaled lately; it is left alone until ${new Date(cooldownUntilMs).toISOString()}`,
  };
}

function act({ plan, mode }: DecisionInput): Decision {
  if (plan.kind === 'none')
    return { kind: 'escalate', reason: `capacity is short, and scaling cannot help: ${plan.reason}` };
  const { from, to, capTasks } = plan;
  const step = `${from} → ${to} tasks (cap ${capTasks})`;
  if (mode === 'recommend')
    return { kind: 'hold', reason: `mode is recommend: would scale ${step}`, recommended: { from, to } };
  return { kind: 'scale', reason: step, from, to };
}

/** Another look, or a person when there were enough. */
export function recheckOrEscalate(
  { checks, maxRechecks }: Pick<DecisionInput, 'checks' | 'maxRechecks'>,
  reason: string,
): Decision {
  return checks < maxRechecks
    ? { kind: 'recheck', reason, checks: checks + 1 }
    : { kind: 'escalate', reason: `${reason}; still so after ${checks} more looks` };
}
