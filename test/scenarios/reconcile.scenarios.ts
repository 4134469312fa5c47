/** Which groups in ALARM get a run, and by which rule. */
import type { AlarmedGroup, RunRuleId } from '#core/runbook/reconcile.ts';
import { ago, died, ended, expired, held, restored } from '#test/support/runbook/reconcile.ts';

export interface RunScenario {
  readonly title: string;
  readonly group: AlarmedGroup;
  readonly kind: 'start' | 'skip';
  readonly id: RunRuleId;
}

export const RUNS: readonly RunScenario[] = [
  {
    title: 'the alarm is new: its event should start the run',
    group: { sinceMs: ago(4), locks: [] },
    kind: 'skip',
    id: 'event-pending',
  },
  {
    title: 'the event of the alarm started no run',
    group: { sinceMs: ago(5), locks: [] },
    kind: 'start',
    id: 'no-run-yet',
  },
  {
    title: 'the start of the alarm is unknown and the group never had a run: it gets one',
    group: { locks: [] },
    kind: 'start',
    id: 'no-run-yet',
  },
  { title: 'a run holds the group', group: { sinceMs: ago(9), locks: [held] }, kind: 'skip', id: 'locked' },
  {
    title: 'a run of another group holds the service, so a run of this group would only wait',
    group: { sinceMs: ago(9), incident: ended(90), locks: [expired, held] },
    kind: 'skip',
    id: 'locked',
  },
  {
    title: 'its run died after a scaling and the lock has expired: the next run verifies the scaling',
    group: { sinceMs: ago(75), incident: died(70), locks: [expired] },
    kind: 'start',
    id: 'run-died',
  },
  {
    title: 'its run died minutes ago and the lock is gone: the next run starts at once',
    group: { sinceMs: ago(9), incident: died(6), locks: [] },
    kind: 'start',
    id: 'run-died',
  },
  {
    title: 'it lags again before the capacity of a dead run was restored: a run continues the incident at once',
    group: { sinceMs: ago(8), incident: died(7, 'reconcile'), locks: [] },
    kind: 'start',
    id: 'run-died',
  },
  {
    title: 'its run reported ten minutes ago: people know',
    group: { sinceMs: ago(30), incident: ended(10), locks: [] },
    kind: 'skip',
    id: 'reported-recently',
  },
  {
    title: 'the report is slightly younger than an hour',
    group: { sinceMs: ago(90), incident: ended(59.99), locks: [] },
    kind: 'skip',
    id: 'reported-recently',
  },
  {
    title: 'the report is an hour old: the next run checks again and reports',
    group: { sinceMs: ago(90), incident: ended(60), locks: [] },
    kind: 'start',
    id: 'still-in-alarm',
  },
  {
    title: 'a scaling helped, and the backlog gets time to drain',
    group: { sinceMs: ago(50), incident: ended(20, 'recovered'), locks: [] },
    kind: 'skip',
    id: 'reported-recently',
  },
  {
    title: 'its run failed ten minutes ago: a report and an alarm said so',
    group: { sinceMs: ago(30), incident: ended(10, 'failed'), locks: [] },
    kind: 'skip',
    id: 'reported-recently',
  },
  {
    title: 'its run failed an hour ago, and the problem may be gone',
    group: { sinceMs: ago(80), incident: ended(61, 'failed'), locks: [] },
    kind: 'start',
    id: 'still-in-alarm',
  },
  {
    title: 'it recovered and is in ALARM again, but the event was lost or came while the alarm was muted',
    group: { sinceMs: ago(6), incident: ended(10), locks: [] },
    kind: 'start',
    id: 'no-run-yet',
  },
  {
    title: 'it is in ALARM again, and its event should start the run',
    group: { sinceMs: ago(1), incident: ended(10), locks: [] },
    kind: 'skip',
    id: 'event-pending',
  },
  {
    title: 'it left ALARM and returned while its run was at work, so that run has seen the alarm',
    group: { sinceMs: ago(12), incident: ended(10), locks: [] },
    kind: 'skip',
    id: 'reported-recently',
  },
  {
    title: 'reconcile restored capacity and closed the incident, and held the lock when the run of the event started',
    group: { sinceMs: ago(6), incident: restored(5), locks: [] },
    kind: 'start',
    id: 'no-run-yet',
  },
  {
    title: 'reconcile closed the incident, and the event of the new alarm should start the run',
    group: { sinceMs: ago(2), incident: restored(1), locks: [] },
    kind: 'skip',
    id: 'event-pending',
  },
  {
    title: 'the start of the alarm is unknown, so the last run may have seen this alarm',
    group: { incident: ended(10), locks: [] },
    kind: 'skip',
    id: 'reported-recently',
  },
];
