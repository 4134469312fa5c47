/** When capacity that a dead run left raised is given back, case by case. */
import type { ScalingAction } from '#core/runbook/incident.ts';
import type { RaisedState, RestoreKind } from '#core/runbook/reconcile.ts';
import { ago, died, ended, expired, held, service } from '#test/support/runbook/reconcile.ts';

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
export const abandoned = (change: Partial<RaisedState> = {}): RaisedState => ({
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
    says: 'run run-1 holds it',
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
