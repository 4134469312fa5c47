/**
 * From a diagnosis to a decision. Every decision has an id and a reason; only `scale` changes
 * capacity.
 */
import type { Diagnosis } from '#core/diagnosis/diagnosis.ts';
import type { Evidence } from '#core/evidence/evidence.ts';
import { knownValue } from '#core/kafka/reading.ts';
import type { Incident } from '#core/runbook/incident.ts';
import type { Decision } from '#core/runbook/messages.ts';
import type { NoPlanId, ScalingPlan } from './scaling-plan.ts';

export interface DecisionInput {
  readonly evidence: Evidence;
  readonly diagnosis: Diagnosis;
  readonly plan: ScalingPlan;
  readonly incident: Incident;
  readonly mode: 'recommend' | 'scale';
  readonly nowMs: number;
  /** End of the service's cooldown, epoch ms; absent without a cooldown. */
  readonly cooldownUntilMs?: number;
  /** Rechecks of this run so far. */
  readonly checks: number;
  readonly maxRechecks: number;
}

/**
 * Which rule decided: the cause itself where nothing is scaled for it, else one of the rules below.
 */
export type DecisionId =
  | Diagnosis['cause']
  | NoPlanId
  | 'other-version'
  | 'earlier-scaling'
  | 'earlier-rollback'
  | 'earlier-scaling-unreadable'
  | 'earlier-scaling-moved'
  | 'earlier-scaling-mode-recommend'
  | 'service-undeclared'
  | 'service-unreadable'
  | 'service-refuses'
  | 'service-unsettled'
  | 'group-unsettled'
  | 'members-unplaced'
  | 'members-elsewhere'
  | 'cooldown'
  | 'mode-recommend'
  | 'step';

/** A decision with the id of its rule. */
export type IdentifiedDecision = Decision & { readonly id: DecisionId };

/** One rule: its decision, or undefined to pass on to the next rule. */
type Rule = (input: DecisionInput) => IdentifiedDecision | undefined;

/** In this order; the first rule with a decision counts. */
const RULES: readonly Rule[] = [
  resumeEarlier,
  onlyForCapacity,
  serviceMustAllow,
  groupMustBeSettled,
  membersMustBelong,
  respectCooldown,
];

/** The decision for one diagnosis. */
export function decideAction(input: DecisionInput): IdentifiedDecision {
  for (const rule of RULES) {
    const decision = rule(input);
    if (decision !== undefined) return decision;
  }
  return act(input);
}

/** A scaling of an earlier run, finished or not, is verified or undone before anything else. */
function resumeEarlier({ incident, evidence, mode }: DecisionInput): IdentifiedDecision | undefined {
  const { action } = incident;
  const status = knownValue(evidence.service);
  if (action === undefined || action.status === 'verified' || action.status === 'rolled-back') return undefined;
  if (status === undefined) {
    return escalate('earlier-scaling-unreadable', 'an earlier run scaled the service, which cannot be read now');
  }
  const { leverFrom, leverTo, from, to, atMs } = action;
  const isBefore = status.leverValue === leverFrom;
  const isAfter = status.leverValue === leverTo;
  const scaled = `an earlier run set the service to ${to} tasks`;
  if (action.status === 'planned' && isBefore) return undefined;
  if (mode === 'recommend') {
    const reason = `${scaled}; the mode is recommend now, so its effect is not verified`;
    return escalate('earlier-scaling-mode-recommend', reason);
  }
  if (action.status === 'rolling-back' && (isBefore || isAfter)) {
    const reason = `an earlier run began to roll back its scaling to ${to} tasks`;
    return { kind: 'rollback', id: 'earlier-rollback', reason };
  }
  if (isAfter) {
    return {
      kind: 'resume',
      id: 'earlier-scaling',
      reason: `${scaled}; its effect is not verified yet`,
      from,
      to,
      atMs,
    };
  }
  const now = `${action.lever} is ${status.leverValue}, not ${leverTo}`;
  return escalate('earlier-scaling-moved', `${scaled}, and something else changed it: ${now}`);
}

function onlyForCapacity(input: DecisionInput): IdentifiedDecision | undefined {
  const { cause, title, response } = input.diagnosis;
  if (response === 'scale') return undefined;
  if (response === 'recheck') return recheckOrEscalate(input, cause, title);
  return { kind: response, id: cause, reason: `${cause}: ${title}; nothing is scaled for this cause` };
}

function serviceMustAllow(input: DecisionInput): IdentifiedDecision | undefined {
  const { service } = input.evidence;
  if (service.kind === 'absent') {
    return escalate('service-undeclared', 'capacity is short, but no ECS service is declared for the group');
  }
  if (service.kind === 'unknown') {
    return recheckOrEscalate(input, 'service-unreadable', `the service could not be read: ${service.reason}`);
  }
  if (service.value.refusal !== undefined) {
    return escalate('service-refuses', `the service must not be scaled: ${service.value.refusal}`);
  }
  const { deploymentInProgress, running, desired, pending } = service.value;
  const settled = !deploymentInProgress && pending === 0 && running === desired;
  if (settled) return undefined;
  return recheckOrEscalate(input, 'service-unsettled', 'the service is deploying or its tasks are still starting');
}

function groupMustBeSettled(input: DecisionInput): IdentifiedDecision | undefined {
  const state = knownValue(input.evidence.observation.state);
  if (state === 'Stable') return undefined;
  return recheckOrEscalate(input, 'group-unsettled', `the group is ${state ?? 'in an unknown state'}, not Stable`);
}

/** A service that does not hold the group's members must not be scaled. */
function membersMustBelong({ evidence }: DecisionInput): IdentifiedDecision | undefined {
  const { members } = evidence.observation;
  const addresses = knownValue(evidence.service)?.taskAddresses;
  if (members.kind !== 'known' || addresses?.kind !== 'known') {
    const why = [addresses, members].flatMap((reading) => (reading?.kind === 'unknown' ? [reading.reason] : []));
    const what = 'whether the members run in the declared service is unknown';
    return escalate('members-unplaced', [what, ...why].join(': '));
  }
  const strangers = members.value.filter((member) => !addresses.value.includes(member.host));
  const [stranger] = strangers;
  if (stranger === undefined) return undefined;
  const count = `${strangers.length} of ${members.value.length} members`;
  return escalate('members-elsewhere', `${count} (one at ${stranger.host}) run outside the declared service`);
}

function respectCooldown({ cooldownUntilMs, nowMs }: DecisionInput): IdentifiedDecision | undefined {
  if (cooldownUntilMs === undefined || cooldownUntilMs <= nowMs) return undefined;
  const until = new Date(cooldownUntilMs).toISOString();
  return { kind: 'hold', id: 'cooldown', reason: `the service was scaled recently; its cooldown ends at ${until}` };
}

function act({ plan, mode }: DecisionInput): IdentifiedDecision {
  if (plan.kind === 'none') return escalate(plan.id, `capacity is short, but scaling cannot help: ${plan.reason}`);
  const { from, to, capTasks } = plan;
  const step = `${from} → ${to} tasks (cap ${capTasks})`;
  if (mode === 'scale') return { kind: 'scale', id: 'step', reason: step, from, to };
  const reason = `mode is recommend: would scale ${step}`;
  return { kind: 'hold', id: 'mode-recommend', reason, recommended: { from, to } };
}

/** Another check, or a person when the checks are used up. */
export function recheckOrEscalate(
  { checks, maxRechecks }: Pick<DecisionInput, 'checks' | 'maxRechecks'>,
  id: DecisionId,
  reason: string,
): IdentifiedDecision {
  return checks < maxRechecks
    ? { kind: 'recheck', id, reason, checks: checks + 1 }
    : escalate(id, `${reason}; no change after ${checks} rechecks`);
}

const escalate = (id: DecisionId, reason: string): IdentifiedDecision => ({ kind: 'escalate', id, reason });
