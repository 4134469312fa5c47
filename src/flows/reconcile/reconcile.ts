/**
 * Every few minutes: a group in ALARM that no run works on gets one, and capacity that a dead run left raised is given back.
 * What is done, and what is left, is read off the alarms, the incidents and the locks each time anew.
 */

import { messageOf } from '#core/errors.ts';
import type { AlarmEvent } from '#core/runbook/messages.ts';
import {
  decideRun,
  lastEventOf,
  type Pace,
  paceOf,
  type Reconciliation,
  type Verdict,
} from '#core/runbook/reconcile.ts';
import { ReconcileError } from '#core/runbook/reconcile-error.ts';
import { serviceName } from '#core/runbook/service.ts';
import { present } from '#core/text/json.ts';
import type { Ports } from '#core/world.ts';
import { lockKeysOf } from '#flows/runbook/lock.ts';
import { type GroupInAlarm, readAlarms } from './groups-in-alarm.ts';
import { believedLocks } from './held-locks.ts';
import { declaredServices, restoreService } from './restore.ts';

export type ReconcileWorld = Ports<'state' | 'alarms' | 'runs' | 'scaler' | 'notifier'>;

export interface Reconciled {
  readonly done: readonly Reconciliation[];
  /** What is in ALARM and cannot get a run, because it names no group. */
  readonly nameless: readonly string[];
  /** Lag alarms that CloudWatch could not evaluate whole: other groups may be in ALARM, and get no run from here. */
  readonly partial: readonly string[];
}

/** What is looked at, and how that is reconciled. */
interface Task {
  readonly of: string;
  readonly work: () => Promise<Reconciliation | undefined>;
}

/**
 * Reconciles once. One alarm, group or service that fails does not keep the others from their turn.
 *
 * @param invocation id that no other invocation has
 * @throws Error when CloudWatch does not tell of the alarms, before anything is done
 * @throws ReconcileError at the end, naming each failure and what was done
 */
export async function reconcile(world: ReconcileWorld, invocation: string): Promise<Reconciled> {
  const pace = paceOf(world.settings, world.clock.nowMs());
  const { groups, nameless, partial, blind, failures: unread } = await readAlarms(world);
  const looks = { inAlarm: new Set(groups.map(({ groupId }) => groupId)), blind, pace, invocation };
  const { done, failures } = await inTurn([
    ...groups.map((group) => ({ of: group.groupId, work: () => startRun(group, pace, world) })),
    // Runs first: they take the locks of what they are to look after.
    ...declaredServices(world).map((id) => ({ of: serviceName(id), work: () => restoreService(id, looks, world) })),
  ]);
  const all = [...unread, ...failures];
  if (all.length > 0) throw new ReconcileError(all, { done, nameless, partial });
  return { done, nameless, partial };
}

async function inTurn(tasks: readonly Task[]) {
  const [done, failures]: [Reconciliation[], string[]] = [[], []];
  for (const { of, work } of tasks) {
    try {
      done.push(...listOf(await work()));
    } catch (error) {
      failures.push(`${of}: ${messageOf(error)}`);
    }
  }
  return { done, failures };
}

async function startRun(group: GroupInAlarm, pace: Pace, world: ReconcileWorld): Promise<Reconciliation> {
  const { groupId, contributor, silence } = group;
  const left = (why: string): Reconciliation => ({ of: groupId, did: 'left', why });
  if (silence !== undefined) return left(silence);
  // Locks first: a run that ends in between has noted its end before it gives them back.
  const locks = await believedLocks(lockKeysOf(world.settings, groupId), world);
  const incident = await world.state.loadIncident(groupId);
  const { sinceMs } = contributor;
  const verdict = decideRun({ ...present({ sinceMs, incident }), locks }, pace);
  if (verdict.kind === 'leave') return left(verdict.why);
  // What is to be started is the same for all who see this state in this stretch of time: they start it once.
  const seen = incident === undefined ? [] : [incident.incidentId, lastEventOf(incident).atMs];
  const key = JSON.stringify([group.alarm.name, groupId, ...seen, Math.floor(pace.nowMs / pace.afterMs)]);
  const { kind, run } = await world.runs.start(key, eventFor(group, verdict, pace.nowMs));
  return kind === 'exists'
    ? left(`run ${run} was started before`)
    : { of: groupId, did: 'started', run, why: verdict.why };
}

/** What the rule of EventBridge would hand to the runbook, with the reason why it comes from here. */
function eventFor({ alarm, contributor }: GroupInAlarm, { why }: Verdict<'start'>, nowMs: number): AlarmEvent {
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

const listOf = <T>(value: T | undefined): T[] => (value === undefined ? [] : [value]);
