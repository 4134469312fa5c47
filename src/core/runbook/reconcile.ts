/**
 * What `reconcile` does about groups in ALARM, and about capacity that a run left raised. Events
 * report changes only, and a run may die. The alarms, the incidents and the locks say what is left
 * to do.
 *
 * @see docs/decisions/0010-reconcile.md; test/scenarios/reconcile*.scenarios.ts are the
 * specification
 */

import { durationText } from '#core/text/text.ts';
import type { Incident, IncidentEvent } from './incident.ts';
import type { AlarmStatus, HeldLock, RaisedCapacity } from './records.ts';

/**
 * Polls between the two checks that must both find an alarm over. Only polls can show that the
 * watcher no longer sees the group, so this is a number of polls and not a time.
 */
const SETTLE_POLLS = 3;

/** Steps that reconcile notes in an incident. */
export const RECONCILE_STEPS = {
  /** The alarm was found over, or the incident was closed. */
  found: 'reconcile',
  /** The group can no longer be seen, so the check that found its alarm over does not count. */
  withdrawn: 'withdrawn',
} as const;

/** Which rule decided about a group in ALARM. */
export type RunRuleId = 'locked' | 'event-pending' | 'no-run-yet' | 'run-died' | 'reported-recently' | 'still-in-alarm';

/** Whether a group gets a run, and why. */
export interface RunVerdict {
  readonly kind: 'start' | 'skip';
  readonly id: RunRuleId;
  readonly why: string;
}

/** Which rule decided about raised capacity. */
export type RestoreRuleId =
  | 'later-incident'
  | 'run-ended'
  | 'never-scaled'
  | 'verified'
  | 'rolled-back'
  | 'locked'
  | 'in-alarm'
  | VisibilityProblemId
  | 'not-due'
  | 'alarm-over'
  | 'alarm-over-twice'
  | 'mode-recommend';

/**
 * What to do about raised capacity. `announce`: this is the first check that finds the alarm over.
 * `withdraw`: that check no longer counts. `ask`: a person has to restore it.
 */
export type RestoreKind = 'announce' | 'withdraw' | 'restore' | 'ask';

/** Whether capacity is restored, and why. */
export interface RestoreVerdict {
  readonly kind: RestoreKind | 'skip';
  readonly id: RestoreRuleId;
  readonly why: string;
}

/** What was done about a group or a service, or why it was skipped. */
export interface Reconciliation {
  /** A group id, or a service as `cluster/service`. */
  readonly subject: string;
  readonly action: 'started' | 'announced' | 'restored' | 'asked' | 'skipped';
  readonly id:
    | RunRuleId
    | RestoreRuleId
    | SilenceId
    | 'already-started'
    | 'lock-taken'
    | 'restored'
    | 'never-applied'
    | 'lever-moved';
  /** Name of the run that was started. */
  readonly run?: string;
  readonly why: string;
}

/** Why the actions of an alarm do not count now. EventBridge's rule starts no runs then either. */
export type SilenceId = 'muted' | 'actions-disabled';

/** The current time, and the durations that every decision uses, ms. */
export interface ReconcilePace {
  readonly nowMs: number;
  /** From the end of a run to the next one. */
  readonly afterMs: number;
  /**
   * How long the event of a state change may take to start its run. It does not depend on polls.
   */
  readonly eventTurnMs: number;
  /** Between the two checks that must both find an alarm over. */
  readonly settleMs: number;
}

/** The durations of the settings that set the pace, seconds. */
export interface PaceSettings {
  readonly timing: {
    readonly reconcileAfterSeconds: number;
    readonly eventTurnSeconds: number;
    readonly pollIntervalSeconds: number;
  };
}

/** The pace that the settings ask for. */
export const paceOf = ({ timing }: PaceSettings, nowMs: number): ReconcilePace => ({
  nowMs,
  afterMs: timing.reconcileAfterSeconds * 1000,
  eventTurnMs: timing.eventTurnSeconds * 1000,
  settleMs: timing.pollIntervalSeconds * SETTLE_POLLS * 1000,
});

/** A group in ALARM. */
export interface AlarmedGroup {
  /** Start of the alarm; absent when CloudWatch does not say. */
  readonly sinceMs?: number;
  /** Its newest incident; absent when it never had one. */
  readonly incident?: Incident;
  /** The locks on the group and on its service, held or expired. */
  readonly locks: readonly HeldLock[];
}

/**
 * Whether a group in ALARM gets a run: when no run has seen this alarm, when its last run died, and
 * at intervals while it stays in ALARM, so that changes are noticed and people are reminded.
 */
export function decideRun(group: AlarmedGroup, pace: ReconcilePace): RunVerdict {
  const { incident, sinceMs, locks } = group;
  const held = locks.find((lock) => lock.expiresAtMs > pace.nowMs);
  if (held !== undefined) return skip('locked', lockedText(held, 'its service'));
  const last = incident === undefined ? undefined : lastEventOf(incident);
  if (incident === undefined || last === undefined || (sinceMs ?? 0) > last.atMs) return decideFirstRun(sinceMs, pace);
  // Reconcile closed the incident while the group was in no alarm. The run of the new event may
  // have found the locks that reconcile held.
  if (incident.status === 'closed' && last.step === RECONCILE_STEPS.found) return decideFirstRun(sinceMs, pace);
  if (incident.status === 'open' && last.step !== 'report') {
    const why = `its last run did not finish: its last step was ${last.step}, at ${iso(last.atMs)}`;
    return { kind: 'start', id: 'run-died', why };
  }
  const quietMs = pace.nowMs - last.atMs;
  const ended = `its last run ended ${durationText(quietMs)} ago: ${incident.outcome ?? 'outcome unknown'}`;
  if (quietMs < pace.afterMs) {
    return skip('reported-recently', `${ended}; the next is due in ${durationText(pace.afterMs - quietMs)}`);
  }
  return { kind: 'start', id: 'still-in-alarm', why: `still in ALARM; ${ended}` };
}

function decideFirstRun(sinceMs: number | undefined, { nowMs, eventTurnMs }: ReconcilePace): RunVerdict {
  const since = sinceMs === undefined ? 'in ALARM' : `in ALARM for ${durationText(nowMs - sinceMs)}`;
  // Two runs would not act at once, but the second would observe and report right after the first.
  if (sinceMs !== undefined && nowMs - sinceMs < eventTurnMs) {
    return skip('event-pending', `${since}; its event should start the run`);
  }
  return { kind: 'start', id: 'no-run-yet', why: `${since}, and no run has seen it` };
}

/** Capacity that is noted as raised, and what is known of the groups of its service. */
export interface RaisedState {
  readonly raised: RaisedCapacity;
  /** Newest incident of each group of the service that ever had one. */
  readonly incidents: readonly Incident[];
  /**
   * A lock on the service or on the group whose incident raised it, held or expired; absent without
   * one.
   */
  readonly lock?: HeldLock;
  /** Groups of the service that are in ALARM. */
  readonly inAlarm: readonly string[];
  /** Why a group that is not in ALARM may lag anyway; absent when the alarms can be trusted. */
  readonly visibilityProblem?: VisibilityProblem;
  readonly mode: 'recommend' | 'scale';
}

/** The incident whose scaling raised the capacity; undefined when a newer one has followed. */
export const incidentThatRaised = ({ raised, incidents }: Pick<RaisedState, 'raised' | 'incidents'>) =>
  incidents.find(({ incidentId }) => incidentId === raised.incidentId);

/**
 * Whether capacity is restored. It is restored only when the run that raised it did not finish,
 * nothing works on it any more, and two checks in a row found the alarm over. Capacity that a run
 * raised and verified stays.
 */
export function decideRestore(state: RaisedState, pace: ReconcilePace): RestoreVerdict {
  const incident = incidentThatRaised(state);
  if (incident === undefined) return skip('later-incident', 'a later incident has followed the one that raised it');
  const settled = skipSettled(incident);
  if (settled !== undefined) return settled;
  const { lock, inAlarm, visibilityProblem } = state;
  if (lock !== undefined && lock.expiresAtMs > pace.nowMs) return skip('locked', lockedText(lock, 'its group'));
  if (inAlarm.length > 0) return skip('in-alarm', `still in ALARM: ${inAlarm.join(', ')}`);
  const last = lastEventOf(incident);
  const quietMs = pace.nowMs - last.atMs;
  const isAnnounced = last.step === RECONCILE_STEPS.found;
  if (visibilityProblem !== undefined) {
    const why = `whether the lag is over is unknown: ${visibilityProblem.text}`;
    return { kind: isAnnounced ? 'withdraw' : 'skip', id: visibilityProblem.id, why };
  }
  // A first check that is too old does not count: nothing was checked for long after it.
  const isSecondCheck = isAnnounced && quietMs < pace.afterMs + pace.settleMs;
  const wait = isSecondCheck ? pace.settleMs : pace.afterMs;
  if (quietMs < wait) return skip('not-due', `due in ${durationText(wait - quietMs)}, if the alarm stays over`);
  const why = 'the run that raised it did not finish, and its alarm is over';
  if (!isSecondCheck) return { kind: 'announce', id: 'alarm-over', why };
  if (state.mode === 'recommend') return { kind: 'ask', id: 'mode-recommend', why: `${why}; the mode is recommend` };
  return { kind: 'restore', id: 'alarm-over-twice', why };
}

/** Incidents that leave nothing to restore. */
function skipSettled({ action, status, outcome }: Incident): RestoreVerdict | undefined {
  if (status === 'closed') return skip('run-ended', `the run that raised it finished: ${outcome ?? 'closed'}`);
  if (action === undefined) return skip('never-scaled', 'the incident has no scaling to undo');
  if (action.status === 'verified') return skip('verified', 'a check verified that raising it helped');
  return action.status === 'rolled-back' ? skip('rolled-back', 'the scaling was rolled back') : undefined;
}

/** Why the alarms cannot be trusted to show every group that lags. */
export type VisibilityProblemId =
  | 'alarm-missing'
  | 'alarm-unreadable'
  | 'alarm-not-ok'
  | 'alarm-partial'
  | 'nameless-in-alarm'
  | 'ratio-missing'
  | 'ratio-high';

export interface VisibilityProblem {
  readonly id: VisibilityProblemId;
  readonly text: string;
}

/** The alarms that exist among the expected ones: on lag, and on the watcher itself. */
export interface AlarmsToReconcile {
  /** Those that watch the groups in question. */
  readonly lag: readonly AlarmStatus[];
  readonly health: readonly AlarmStatus[];
  readonly expected: readonly string[];
}

/**
 * Why a group that is in no alarm may lag anyway; undefined when the alarms can be trusted. A
 * missing series is no recovery: the watcher must have read every partition, and CloudWatch must
 * have evaluated the lag alarms of the groups in question completely.
 */
export function findVisibilityProblem({ lag, health, expected }: AlarmsToReconcile): VisibilityProblem | undefined {
  const names = new Set([...lag, ...health].map(({ name }) => name));
  const missing = expected.filter((name) => !names.has(name));
  if (missing.length > 0) return { id: 'alarm-missing', text: `there is no alarm ${missing.join(', ')}` };
  const bad = [
    ...lag.filter(({ state }) => state === 'INSUFFICIENT_DATA'),
    ...health.filter(({ state }) => state !== 'OK'),
  ];
  if (bad.length > 0) {
    return { id: 'alarm-not-ok', text: bad.map(({ name, state }) => `${name} is ${state}`).join(', ') };
  }
  const partial = lag.find((alarm) => alarm.partial);
  if (partial === undefined) return undefined;
  return { id: 'alarm-partial', text: `CloudWatch evaluates only part of ${partial.name}` };
}

/** The last event of an incident; a new incident without events was opened by its lock step. */
export const lastEventOf = ({ events, openedAtMs }: Incident): IncidentEvent =>
  events.at(-1) ?? { atMs: openedAtMs, step: 'lock', text: '' };

/** Whether reconcile noted an event, and not a run. */
export const isOfReconcile = ({ step }: { readonly step: string }): boolean =>
  Object.values<string>(RECONCILE_STEPS).includes(step);

const skip = <Id>(id: Id, why: string): { kind: 'skip'; id: Id; why: string } => ({ kind: 'skip', id, why });
const iso = (atMs: number): string => new Date(atMs).toISOString();
const lockedText = ({ owner, expiresAtMs }: HeldLock, other: string): string =>
  `run ${owner} holds it, or ${other}, until ${iso(expiresAtMs)}`;
