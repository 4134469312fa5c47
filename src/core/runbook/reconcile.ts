/**
 * What `reconcile` does about groups in ALARM and about capacity that a run left raised. Events tell of changes alone, and a
 * run may die: what is to be done is read off the alarms, the incidents and the locks.
 *
 * @see docs/decisions/0010-reconcile.md; test/scenarios/reconcile*.scenarios.ts are the specification
 */

import { durationText } from '#core/text/text.ts';
import type { Incident, IncidentEvent } from './incident.ts';
import type { AlarmStatus, HeldLock, RaisedCapacity } from './records.ts';

/**
 * Intervals between polls between two looks that both have to find an alarm over. A watcher that goes blind is noticed in between,
 * by polls and by nothing else: hence no time.
 */
const SETTLE_POLLS = 3;

/** Steps that reconcile notes of an incident. */
export const RECONCILE_STEPS = {
  /** The alarm was found over, or the incident was closed. */
  found: 'reconcile',
  /** What was found over cannot be seen any more: that look does not count. */
  withdrawn: 'withdrawn',
} as const;

/** Something is to be done, or left, and why. */
export interface Verdict<K extends string> {
  readonly kind: K | 'leave';
  readonly why: string;
}

/** What was done about a group or a service, or why it was left. */
export interface Reconciliation {
  /** A group id, or a service as `cluster/service`. */
  readonly of: string;
  readonly did: 'started' | 'announced' | 'restored' | 'asked' | 'left';
  /** Name of the run that was started. */
  readonly run?: string;
  readonly why: string;
}

/** What decides on anything: the time, and distances in it. */
export interface Pace {
  readonly nowMs: number;
  /** From the end of a run to the next one. */
  readonly afterMs: number;
  /** What the event of a change of state is given to start its run. It comes with the change, however seldom polls are. */
  readonly eventTurnMs: number;
  /** Between two looks that both have to find an alarm over. */
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
export const paceOf = ({ timing }: PaceSettings, nowMs: number): Pace => ({
  nowMs,
  afterMs: timing.reconcileAfterSeconds * 1000,
  eventTurnMs: timing.eventTurnSeconds * 1000,
  settleMs: timing.pollIntervalSeconds * SETTLE_POLLS * 1000,
});

/** A group in ALARM. */
export interface GroupState {
  /** Since when; absent when CloudWatch does not say. */
  readonly sinceMs?: number;
  /** Its newest incident; absent when it never had one. */
  readonly incident?: Incident;
  /** The locks on the group and on its service, held or expired. */
  readonly locks: readonly HeldLock[];
}

/**
 * Whether a group in ALARM gets a run: when none has seen this alarm, when its last one died, and now and then while it
 * stays in ALARM, so that people hear of it again and what has changed is looked at.
 */
export function decideRun(group: GroupState, pace: Pace): Verdict<'start'> {
  const { incident, sinceMs, locks } = group;
  const held = locks.find((lock) => lock.expiresAtMs > pace.nowMs);
  if (held !== undefined) return leave(`run ${held.owner} holds it, or its service, until ${iso(held.expiresAtMs)}`);
  const last = incident === undefined ? undefined : lastEventOf(incident);
  if (incident === undefined || last === undefined || (sinceMs ?? 0) > last.atMs) return decideFirstRun(sinceMs, pace);
  // It was in no alarm when reconcile closed that; the run of its event may have found the locks taken for it.
  if (incident.status === 'closed' && last.step === RECONCILE_STEPS.found) return decideFirstRun(sinceMs, pace);
  if (incident.status === 'open' && last.step !== 'report') {
    return {
      kind: 'start',
      why: `its last run did not come to its end: the last it noted was ${last.step}, at ${iso(last.atMs)}`,
    };
  }
  const quietMs = pace.nowMs - last.atMs;
  const ended = `its last run ended ${durationText(quietMs)} ago: ${incident.outcome ?? 'outcome unknown'}`;
  if (quietMs < pace.afterMs) return leave(`${ended}; the next is due in ${durationText(pace.afterMs - quietMs)}`);
  return { kind: 'start', why: `still in ALARM; ${ended}` };
}

function decideFirstRun(sinceMs: number | undefined, { nowMs, eventTurnMs }: Pace): Verdict<'start'> {
  if (sinceMs === undefined) return { kind: 'start', why: 'in ALARM, and no run has seen it' };
  const age = durationText(nowMs - sinceMs);
  // Two runs would not act at once, but the second would look, and report, right after the first.
  if (nowMs - sinceMs < eventTurnMs) return leave(`in ALARM for ${age}; its event is to start the run`);
  return { kind: 'start', why: `in ALARM for ${age}, and no run has seen it` };
}

/** Capacity that is noted as raised, and what is known of the groups of its service. */
export interface RaisedState {
  readonly raised: RaisedCapacity;
  /** Newest incident of each group of the service that ever had one. */
  readonly incidents: readonly Incident[];
  /** A lock on the service or on the group whose incident raised it, held or expired; absent when there is none. */
  readonly lock?: HeldLock;
  /** Groups of the service that are in ALARM. */
  readonly inAlarm: readonly string[];
  /** Why a group that is not in ALARM may lag all the same; absent when that cannot be. */
  readonly blind?: string;
  readonly mode: 'recommend' | 'scale';
}

/** The incident whose scaling raised the capacity; undefined when a newer one has followed. */
export const incidentThatRaised = ({ raised, incidents }: Pick<RaisedState, 'raised' | 'incidents'>) =>
  incidents.find(({ incidentId }) => incidentId === raised.incidentId);

/** What there is to do about capacity that is raised. */
export type RestoreKind = 'announce' | 'withdraw' | 'restore' | 'ask';

/**
 * Whether capacity is given back: only what a run raised that did not come to its end, when nobody works on it any more and
 * the alarm is over, at two looks in a row. `announce`: this is the first. `withdraw`: that one does not count any more. `ask`: it is a
 * person's to give back. What a run raised and verified stays.
 */
export function decideRestore(state: RaisedState, pace: Pace): Verdict<RestoreKind> {
  const incident = incidentThatRaised(state);
  if (incident === undefined) return leave('a later incident has followed the one that raised it');
  const { action, status } = incident;
  if (status === 'closed') return leave(`the run that raised it came to its end: ${incident.outcome ?? 'closed'}`);
  if (action === undefined) return leave('the incident has no scaling to undo');
  if (action.status === 'verified') return leave('it was verified that raising it helped');
  if (action.status === 'rolled-back') return leave('the scaling was rolled back');
  const { lock, inAlarm, blind } = state;
  if (lock !== undefined && lock.expiresAtMs > pace.nowMs) {
    return leave(`run ${lock.owner} holds it, or its group, until ${iso(lock.expiresAtMs)}`);
  }
  if (inAlarm.length > 0) return leave(`still in ALARM: ${inAlarm.join(', ')}`);
  const last = lastEventOf(incident);
  const quietMs = pace.nowMs - last.atMs;
  const isAnnounced = last.step === RECONCILE_STEPS.found;
  if (blind !== undefined) {
    const why = `it is not known whether the lag is over: ${blind}`;
    return isAnnounced ? { kind: 'withdraw', why } : leave(why);
  }
  // Nobody has looked for long when the first look is that old.
  const isSecondLook = isAnnounced && quietMs < pace.afterMs + pace.settleMs;
  const wait = isSecondLook ? pace.settleMs : pace.afterMs;
  if (quietMs < wait) return leave(`due in ${durationText(wait - quietMs)}, if the alarm stays over`);
  const why = 'the run that raised it did not come to its end, and its alarm is over';
  if (!isSecondLook) return { kind: 'announce', why };
  return state.mode === 'scale' ? { kind: 'restore', why } : { kind: 'ask', why: `${why}; the mode is recommend` };
}

/** The alarms that there are of those that are expected: on lag, and on the watcher itself. */
export interface WatcherAlarms {
  /** Those that watch the groups in question. */
  readonly lag: readonly AlarmStatus[];
  readonly health: readonly AlarmStatus[];
  readonly expected: readonly string[];
}

/**
 * Why a group that is in no alarm may lag all the same. A series that disappears is no recovery: the watcher must have read
 * every partition, and the lag alarms of the groups in question must have been evaluated whole.
 */
export function blindness({ lag, health, expected }: WatcherAlarms): string | undefined {
  const names = new Set([...lag, ...health].map(({ name }) => name));
  const missing = expected.filter((name) => !names.has(name));
  if (missing.length > 0) return `there is no alarm ${missing.join(', ')}`;
  const bad = [
    ...lag.filter(({ state }) => state === 'INSUFFICIENT_DATA'),
    ...health.filter(({ state }) => state !== 'OK'),
  ];
  if (bad.length > 0) return bad.map(({ name, state }) => `${name} is ${state}`).join(', ');
  const partial = lag.filter((alarm) => alarm.partial);
  return partial.length > 0 ? `CloudWatch evaluates only part of ${partial[0]?.name}` : undefined;
}

/** The last thing that was noted of an incident; a new one was opened. */
export const lastEventOf = ({ events, openedAtMs }: Incident): IncidentEvent =>
  events.at(-1) ?? { atMs: openedAtMs, step: 'lock', text: '' };

/** Noted by reconcile, and by no run. */
export const isOfReconcile = ({ step }: { readonly step: string }): boolean =>
  Object.values<string>(RECONCILE_STEPS).includes(step);

const leave = (why: string): { kind: 'leave'; why: string } => ({ kind: 'leave', why });
const iso = (atMs: number): string => new Date(atMs).toISOString();
