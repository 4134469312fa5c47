/** When reconcile restores capacity that a dead run left raised, and by which rule. */
import type { ScalingAction } from '#core/runbook/incident.ts';
import type { RaisedState, RestoreRuleId, RestoreVerdict, VisibilityProblem } from '#core/runbook/reconcile.ts';
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

/** Raised by a run that died 75 minutes ago. The lock is gone and the alarm is over. */
export const abandoned = (change: Partial<RaisedState> = {}): RaisedState => ({
  raised,
  incidents: [{ ...died(75), action: action('applied') }],
  inAlarm: [],
  mode: 'scale',
  ...change,
});
/** The same at the second check, some minutes after the first. */
const checkedBefore = (minutes: number, change: Partial<RaisedState> = {}): RaisedState =>
  abandoned({ incidents: [{ ...died(minutes, 'reconcile'), action: action('applied') }], ...change });
const withAction = (status: ScalingAction['status']) =>
  checkedBefore(5, { incidents: [{ ...died(5, 'reconcile'), action: action(status) }] });

const heartbeatInAlarm: VisibilityProblem = { id: 'alarm-not-ok', text: 'heartbeat is ALARM' };

export interface RestoreScenario {
  readonly title: string;
  readonly state: RaisedState;
  readonly kind: RestoreVerdict['kind'];
  readonly id: RestoreRuleId;
}

export const RESTORES: readonly RestoreScenario[] = [
  { title: 'the alarm is over at a first check', state: abandoned(), kind: 'announce', id: 'alarm-over' },
  {
    title: 'the alarm is still over at a second check',
    state: checkedBefore(5),
    kind: 'restore',
    id: 'alarm-over-twice',
  },
  {
    title: 'a second check right after the first does not count',
    state: checkedBefore(1),
    kind: 'skip',
    id: 'not-due',
  },
  {
    title: 'the run failed 20 minutes ago: the raised capacity may be what ended the alarm, so it stays for now',
    state: abandoned({ incidents: [{ ...ended(20, 'failed'), action: action('applied') }] }),
    kind: 'skip',
    id: 'not-due',
  },
  {
    title: 'the run failed an hour ago and left the capacity raised, like a run that died',
    state: abandoned({ incidents: [{ ...ended(61, 'failed'), action: action('applied') }] }),
    kind: 'announce',
    id: 'alarm-over',
  },
  {
    title: 'an unfinished rollback is finished',
    state: withAction('rolling-back'),
    kind: 'restore',
    id: 'alarm-over-twice',
  },
  {
    title: 'a planned scaling may have been made, so it is undone',
    state: withAction('planned'),
    kind: 'restore',
    id: 'alarm-over-twice',
  },
  {
    title: 'the scaling was verified and only the report is missing: the capacity stays',
    state: withAction('verified'),
    kind: 'skip',
    id: 'verified',
  },
  { title: 'the scaling was rolled back', state: withAction('rolled-back'), kind: 'skip', id: 'rolled-back' },
  {
    title: 'the run finished: the capacity that it verified stays',
    state: abandoned({ incidents: [{ ...ended(90, 'recovered'), action: action('verified') }] }),
    kind: 'skip',
    id: 'run-ended',
  },
  {
    title: 'a later incident has followed',
    state: abandoned({ incidents: [{ ...ended(90), incidentId: 'i-2' }] }),
    kind: 'skip',
    id: 'later-incident',
  },
  {
    title: 'no group of the service is declared any more',
    state: abandoned({ incidents: [] }),
    kind: 'skip',
    id: 'later-incident',
  },
  {
    title: 'the incident has no scaling',
    state: abandoned({ incidents: [died(75)] }),
    kind: 'skip',
    id: 'never-scaled',
  },
  {
    title: 'the lock has not expired, so the run may be alive',
    state: checkedBefore(5, { lock: held }),
    kind: 'skip',
    id: 'locked',
  },
  {
    title: 'the lock of the dead run has expired',
    state: checkedBefore(5, { lock: expired }),
    kind: 'restore',
    id: 'alarm-over-twice',
  },
  {
    title: 'the group is in ALARM, so its next run continues the incident',
    state: checkedBefore(5, { inAlarm: ['billing'] }),
    kind: 'skip',
    id: 'in-alarm',
  },
  {
    title: 'another group of the service is in ALARM and needs the capacity',
    state: checkedBefore(5, { inAlarm: ['refunds'] }),
    kind: 'skip',
    id: 'in-alarm',
  },
  {
    title: 'the watcher cannot see the group: a missing series is no recovery',
    state: abandoned({ visibilityProblem: heartbeatInAlarm }),
    kind: 'skip',
    id: 'alarm-not-ok',
  },
  {
    title: 'the watcher lost sight of the group right after the first check, which then does not count',
    state: checkedBefore(5, { visibilityProblem: heartbeatInAlarm }),
    kind: 'withdraw',
    id: 'alarm-not-ok',
  },
  {
    title: 'the first check was withdrawn, so the wait starts again',
    state: abandoned({ incidents: [{ ...died(5, 'withdrawn'), action: action('applied') }] }),
    kind: 'skip',
    id: 'not-due',
  },
  {
    title: 'the first check is too old: nothing was checked since',
    state: checkedBefore(63),
    kind: 'announce',
    id: 'alarm-over',
  },
  {
    title: 'in mode recommend a person has to restore the capacity',
    state: checkedBefore(5, { mode: 'recommend' }),
    kind: 'ask',
    id: 'mode-recommend',
  },
];
