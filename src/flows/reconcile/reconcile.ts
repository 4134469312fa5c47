/**
 * Every few minutes: starts a run for each group in ALARM that has none, and restores capacity that
 * a dead run left raised. Each invocation derives its work from the alarms, the incidents and the
 * locks.
 */

import { messageOf } from '#core/errors.ts';
import type { Incident } from '#core/runbook/incident.ts';
import type { AlarmEvent } from '#core/runbook/messages.ts';
import { decideRun, lastEventOf, paceOf, type ReconcilePace, type Reconciliation } from '#core/runbook/reconcile.ts';
import { ReconcileError } from '#core/runbook/reconcile-error.ts';
import { serviceName } from '#core/runbook/service.ts';
import { present } from '#core/text/json.ts';
import type { Ports } from '#core/world.ts';
import { lockKeysOf } from '#flows/runbook/lock.ts';
import { type GroupInAlarm, readAlarmStatuses } from './groups-in-alarm.ts';
import { releaseDeadLocks } from './held-locks.ts';
import { declaredServices, restoreService } from './restore.ts';

export type ReconcileWorld = Ports<'state' | 'alarms' | 'runs' | 'scaler' | 'notifier'>;

export interface Reconciled {
  readonly done: readonly Reconciliation[];
  /** Contributors in ALARM that get no run because they name no group. */
  readonly nameless: readonly string[];
  /**
   * Lag alarms that CloudWatch could not evaluate completely: groups in ALARM may be missing here.
   */
  readonly partial: readonly string[];
}

/** One group or service, and how to reconcile it. */
interface ReconcileTask {
  readonly subject: string;
  readonly work: () => Promise<Reconciliation | undefined>;
}

/**
 * Reconciles once. A failing alarm, group or service does not affect the others.
 *
 * @param invocation id that no other invocation has
 * @throws Error when CloudWatch returns no alarms, before anything is done
 * @throws ReconcileError at the end, with each failure and what was done
 */
export async function reconcile(world: ReconcileWorld, invocation: string): Promise<Reconciled> {
  const pace = paceOf(world.settings, world.clock.nowMs());
  const { groups, nameless, partial, visibilityProblem, failures: unread } = await readAlarmStatuses(world);
  const inAlarm = new Set(groups.map(({ groupId }) => groupId));
  const context = { inAlarm, ...present({ visibilityProblem }), pace, invocation };
  const { done, failures } = await workThrough([
    ...groups.map((group) => ({ subject: group.groupId, work: () => startRun(group, pace, world) })),
    // After the runs, which lock the services that they work on.
    ...declaredServices(world).map((id) => ({
      subject: serviceName(id),
      work: () => restoreService(id, context, world),
    })),
  ]);
  const all = [...unread.map(({ text }) => text), ...failures];
  if (all.length > 0) throw new ReconcileError(all, { done, nameless, partial });
  return { done, nameless, partial };
}

async function workThrough(tasks: readonly ReconcileTask[]) {
  const done: Reconciliation[] = [];
  const failures: string[] = [];
  for (const { subject, work } of tasks) {
    try {
      const reconciliation = await work();
      if (reconciliation !== undefined) done.push(reconciliation);
    } catch (error) {
      failures.push(`${subject}: ${messageOf(error)}`);
    }
  }
  return { done, failures };
}

async function startRun(group: GroupInAlarm, pace: ReconcilePace, world: ReconcileWorld): Promise<Reconciliation> {
  const { groupId: subject, contributor, silence } = group;
  if (silence !== undefined) return { subject, action: 'skipped', ...silence };
  // Locks first: a run that ends in between notes its end before it releases them.
  const locks = await releaseDeadLocks(lockKeysOf(world.settings, subject), world);
  const incident = await world.state.loadIncident(subject);
  const { sinceMs } = contributor;
  const { kind, id, why } = decideRun({ ...present({ sinceMs, incident }), locks }, pace);
  if (kind === 'skip') return { subject, action: 'skipped', id, why };
  const started = await world.runs.start(runKey(group, incident, pace), eventFor(group, why, pace.nowMs));
  const { run } = started;
  if (started.kind === 'started') return { subject, action: 'started', id, run, why };
  return { subject, action: 'skipped', id: 'already-started', why: `run ${run} was started before` };
}

/**
 * The same for all invocations that see this state within one period, so that they start one run.
 */
function runKey({ alarm, groupId }: GroupInAlarm, incident: Incident | undefined, pace: ReconcilePace): string {
  const period = Math.floor(pace.nowMs / pace.afterMs);
  const seen = incident === undefined ? 'no incident' : `${incident.incidentId} ${lastEventOf(incident).atMs}`;
  return `${alarm.name} ${period} ${seen} ${groupId}`;
}

/** The event that EventBridge's rule would pass to the runbook, with the reason for this run. */
function eventFor({ alarm, contributor }: GroupInAlarm, why: string, nowMs: number): AlarmEvent {
  const time = new Date(nowMs).toISOString();
  return {
    id: `reconcile-${nowMs}`,
    source: 'msk-lag-watcher',
    time,
    resources: [alarm.arn],
    detail: {
      alarmName: alarm.name,
      state: { value: 'ALARM', reason: `${why}. ${contributor.reason}`, timestamp: time },
      alarmContributor: { attributes: { ...contributor.attributes } },
    },
  };
}
