/** Which groups in alarm get a run, case by case. */
import type { GroupState } from '#core/runbook/reconcile.ts';
import { ago, died, ended, expired, held, restored } from '#test/support/runbook/reconcile.ts';

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
