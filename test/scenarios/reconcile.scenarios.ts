/** What reconcile does, case by case: times in minutes before now, unless a name says otherwise. */
import type { Incident, IncidentOutcome, ScalingAction } from '../../src/core/incident.ts';
import type { GroupState, RaisedState, RestoreKind } from '../../src/core/reconcile.ts';

export const NOW = Date.UTC(2026, 0, 5, 3);
const ago = (minutes: number): number => NOW - minutes * 60_000;
const service = { cluster: 'shop', service: 'billing-consumer' };

/** Of an hour between runs, five minutes for an event, three between two looks. */
export const PACE = { nowMs: NOW, afterMs: 3_600_000, eventTurnMs: 300_000, settleMs: 180_000 };

/** An incident that ended with a report some minutes ago. */
const ended = (minutes: number, outcome: IncidentOutcome = 'not-scaled'): Incident => ({
  incidentId: 'i-1',
  groupId: 'billing',
  openedAtMs: ago(minutes + 5),
  status: outcome === 'failed' ? 'open' : 'closed',
  outcome,
  events: [
    { atMs: ago(minutes + 5), step: 'lock', text: '' },
    { atMs: ago(minutes), step: 'report', text: '' },
  ],
});

/** An incident whose run died after a step some minutes ago. */
const died = (minutes: number, step = 'scale'): Incident => ({
  incidentId: 'i-1',
  groupId: 'billing',
  openedAtMs: ago(minutes + 5),
  status: 'open',
  events: [{ atMs: ago(minutes), step, text: '' }],
});

/** An incident that reconcile closed some minutes ago. */
const restored = (minutes: number): Incident => ({
  ...died(minutes, 'reconcile'),
  status: 'closed',
  outcome: 'rolled-back',
});

const held = { owner: 'run-1', expiresAtMs: NOW + 60_000 };
const expired = { owner: 'run-1', expiresAtMs: NOW };

export interface RunScenario {
  readonly why: string;
  readonly group: GroupState;
  readonly kind: 'start' | 'leave';
  /** Part of the reason that is given. */
  readonly says: string;
}

export const RUNS: readonly RunScenario[] = [
  {
    why: 'its event is on the way: a second run would look, and report, right after the first',
    group: { sinceMs: ago(4), locks: [] },
    kind: 'leave',
    says: 'its event',
  },
  {
    why: 'the event started nothing',
    group: { sinceMs: ago(5), locks: [] },
    kind: 'start',
    says: 'no run has seen it',
  },
  {
    why: 'CloudWatch does not say since when, and no run was ever made: better one too many',
    group: { locks: [] },
    kind: 'start',
    says: 'no run has seen it',
  },
  { why: 'a run is at it', group: { sinceMs: ago(9), locks: [held] }, kind: 'leave', says: 'run run-1 holds it' },
  {
    why: 'a run of another group holds the service: its own would only wait',
    group: { sinceMs: ago(9), incident: ended(90), locks: [expired, held] },
    kind: 'leave',
    says: 'run run-1 holds it',
  },
  {
    why: 'its run died, and the lock is no more: nobody watches what it scaled',
    group: { sinceMs: ago(75), incident: died(70), locks: [expired] },
    kind: 'start',
    says: 'did not come to its end: the last it noted was scale',
  },
  {
    why: 'a run that died is not waited for, however fresh: its lock is gone, so it is known to be dead',
    group: { sinceMs: ago(9), incident: died(6), locks: [] },
    kind: 'start',
    says: 'did not come to its end',
  },
  {
    why: 'it lags anew before what a dead run raised was given back: the incident goes on at once',
    group: { sinceMs: ago(8), incident: died(7, 'reconcile'), locks: [] },
    kind: 'start',
    says: 'the last it noted was reconcile',
  },
  {
    why: 'its run has reported: people know, and nothing has changed in ten minutes',
    group: { sinceMs: ago(30), incident: ended(10), locks: [] },
    kind: 'leave',
    says: 'ended 10 min ago: not-scaled; the next is due in 50 min',
  },
  {
    why: 'just below the hour',
    group: { sinceMs: ago(90), incident: ended(59.99), locks: [] },
    kind: 'leave',
    says: 'the next is due in',
  },
  {
    why: 'an hour later it is looked at again, and people hear that it goes on',
    group: { sinceMs: ago(90), incident: ended(60), locks: [] },
    kind: 'start',
    says: 'still in ALARM; its last run ended 1 h ago: not-scaled',
  },
  {
    why: 'a scaling helped and the backlog is large: it is let drain',
    group: { sinceMs: ago(50), incident: ended(20, 'recovered'), locks: [] },
    kind: 'leave',
    says: 'recovered',
  },
  {
    why: 'a run that broke would break again: people are told by its report and by an alarm',
    group: { sinceMs: ago(30), incident: ended(10, 'failed'), locks: [] },
    kind: 'leave',
    says: 'failed; the next is due',
  },
  {
    why: 'what broke may have passed within the hour, and the incident is still open',
    group: { sinceMs: ago(80), incident: ended(61, 'failed'), locks: [] },
    kind: 'start',
    says: 'failed',
  },
  {
    why: 'it recovered and is in ALARM anew, and that event was lost, or came while the alarm was muted',
    group: { sinceMs: ago(6), incident: ended(10), locks: [] },
    kind: 'start',
    says: 'no run has seen it',
  },
  {
    why: 'it is in ALARM anew, and its event is on the way',
    group: { sinceMs: ago(1), incident: ended(10), locks: [] },
    kind: 'leave',
    says: 'its event',
  },
  {
    why: 'it left the alarm and came back while its run was at work, which has seen it',
    group: { sinceMs: ago(12), incident: ended(10), locks: [] },
    kind: 'leave',
    says: 'the next is due',
  },
  {
    why: 'the run of its event found the lock taken by reconcile, which gave capacity back and closed the incident',
    group: { sinceMs: ago(6), incident: restored(5), locks: [] },
    kind: 'start',
    says: 'no run has seen it',
  },
  {
    why: 'the same, and its event is on the way',
    group: { sinceMs: ago(2), incident: restored(1), locks: [] },
    kind: 'leave',
    says: 'its event',
  },
  {
    why: 'since when is unknown, so that it may be the alarm that the run has seen',
    group: { incident: ended(10), locks: [] },
    kind: 'leave',
    says: 'the next is due',
  },
];

/** The scaling of an incident, from 2 tasks to 8. */
const action = (status: ScalingAction['status']): ScalingAction => ({
  service,
  lever: 'desired-count',
  from: 2,
  to: 8,
  leverFrom: 2,
  leverTo: 8,
  expectedMembers: 8,
  atMs: ago(80),
  status,
});

const raised = {
  service,
  lever: 'desired-count',
  restoreTo: 2,
  raisedTo: 8,
  incidentId: 'i-1',
  atMs: ago(80),
} as const;

/** Raised by a run that died 75 minutes ago; the lock is gone and the alarm over. */
const abandoned = (change: Partial<RaisedState> = {}): RaisedState => ({
  raised,
  incidents: [{ ...died(75), action: action('applied') }],
  inAlarm: [],
  mode: 'scale',
  ...change,
});
/** The same at the second look, some minutes after the first. */
const seenBefore = (minutes: number, change: Partial<RaisedState> = {}): RaisedState =>
  abandoned({ incidents: [{ ...died(minutes, 'reconcile'), action: action('applied') }], ...change });
const withAction = (status: ScalingAction['status']) =>
  seenBefore(5, { incidents: [{ ...died(5, 'reconcile'), action: action(status) }] });

export interface RestoreScenario {
  readonly why: string;
  readonly state: RaisedState;
  readonly kind: RestoreKind | 'leave';
  readonly says: string;
}

export const RESTORES: readonly RestoreScenario[] = [
  { why: 'the alarm is over at a first look', state: abandoned(), kind: 'announce', says: 'its alarm is over' },
  { why: 'and still is at a second', state: seenBefore(5), kind: 'restore', says: 'its alarm is over' },
  {
    why: 'two looks that come at once are one',
    state: seenBefore(1),
    kind: 'leave',
    says: 'due in 2 min, if the alarm stays over',
  },
  {
    why: 'what was raised is the reason why the alarm is over: it is not taken away at once',
    state: abandoned({ incidents: [{ ...ended(20, 'failed'), action: action('applied') }] }),
    kind: 'leave',
    says: 'due in 40 min',
  },
  {
    why: 'a run that failed left it raised as well as one that died',
    state: abandoned({ incidents: [{ ...ended(61, 'failed'), action: action('applied') }] }),
    kind: 'announce',
    says: 'did not come to its end',
  },
  {
    why: 'a rollback that was begun is finished',
    state: withAction('rolling-back'),
    kind: 'restore',
    says: 'did not come to its end',
  },
  {
    why: 'a scaling that may or may not have been made is looked at',
    state: withAction('planned'),
    kind: 'restore',
    says: 'did not come to its end',
  },
  {
    why: 'it was verified, and only its report is missing: it stays, as after a run that ended well',
    state: withAction('verified'),
    kind: 'leave',
    says: 'verified',
  },
  { why: 'it was taken back', state: withAction('rolled-back'), kind: 'leave', says: 'rolled back' },
  {
    why: 'its run came to its end: what it verified stays',
    state: abandoned({ incidents: [{ ...ended(90, 'recovered'), action: action('verified') }] }),
    kind: 'leave',
    says: 'came to its end: recovered',
  },
  {
    why: 'a later incident has followed',
    state: abandoned({ incidents: [{ ...ended(90), incidentId: 'i-2' }] }),
    kind: 'leave',
    says: 'later incident',
  },
  {
    why: 'no group of it is declared any more',
    state: abandoned({ incidents: [] }),
    kind: 'leave',
    says: 'later incident',
  },
  {
    why: 'the incident never came to a scaling',
    state: abandoned({ incidents: [died(75)] }),
    kind: 'leave',
    says: 'no scaling',
  },
  {
    why: 'a run may still live: its lock has not expired',
    state: seenBefore(5, { lock: held }),
    kind: 'leave',
    says: 'run run-1 holds the service',
  },
  { why: 'the lock of the dead has expired', state: seenBefore(5, { lock: expired }), kind: 'restore', says: 'over' },
  {
    why: 'the group lags: its next run continues the incident',
    state: seenBefore(5, { inAlarm: ['billing'] }),
    kind: 'leave',
    says: 'still in ALARM: billing',
  },
  {
    why: 'another group of the service lags, and needs what there is',
    state: seenBefore(5, { inAlarm: ['refunds'] }),
    kind: 'leave',
    says: 'still in ALARM: refunds',
  },
  {
    why: 'a series that is gone is no recovery',
    state: abandoned({ blind: 'heartbeat is ALARM' }),
    kind: 'leave',
    says: 'not known whether the lag is over: heartbeat is ALARM',
  },
  {
    why: 'nor has it recovered for sure when the watcher went blind right after the first look',
    state: seenBefore(5, { blind: 'heartbeat is ALARM' }),
    kind: 'withdraw',
    says: 'not known whether the lag is over: heartbeat is ALARM',
  },
  {
    why: 'the watcher was blind since the first look, which does not count then',
    state: abandoned({ incidents: [{ ...died(5, 'withdrawn'), action: action('applied') }] }),
    kind: 'leave',
    says: 'due in 55 min',
  },
  {
    why: 'the first look is of long ago, and what was in between nobody saw',
    state: seenBefore(63),
    kind: 'announce',
    says: 'its alarm is over',
  },
  {
    why: 'in mode recommend nothing is changed, and a person is asked',
    state: seenBefore(5, { mode: 'recommend' }),
    kind: 'ask',
    says: 'the mode is recommend',
  },
];
