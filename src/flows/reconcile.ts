/**
 * Every few minutes: a group in ALARM that no run works on gets one, and capacity that a dead run left raised is given back.
 * What is done, and what is left, is read off the alarms, the incidents and the locks each time anew.
 */
import { alarmNames, lagAlarmNames } from '../core/alarm-names.ts';
import { alarmShardOf } from '../core/alarm-shards.ts';
import { messageOf } from '../core/errors.ts';
import { decodeDimension } from '../core/metrics.ts';
import type { AlarmContributor, AlarmStatus, HeldLock } from '../core/ports.ts';
import {
  blindness,
  decideRun,
  lastEventOf,
  type Pace,
  paceOf,
  type Reconciliation,
  type Verdict,
} from '../core/reconcile.ts';
import type { AlarmEvent } from '../core/runbook.ts';
import { serviceName } from '../core/service.ts';
import type { Part } from '../core/world.ts';
import { lockKeysOf } from './lock.ts';
import { declaredServices, restoreService } from './restore.ts';

export type ReconcileWorld = Part<'state' | 'alarms' | 'runs' | 'scaler' | 'notifier'>;

export interface Reconciled {
  readonly done: readonly Reconciliation[];
  /** What is in ALARM and cannot get a run, because it names no group. */
  readonly nameless: readonly string[];
}

/** A contributor of a lag alarm that is a group. */
interface GroupInAlarm {
  readonly groupId: string;
  readonly alarm: AlarmStatus;
  readonly contributor: AlarmContributor;
}

/**
 * Reconciles once. One group or service that fails does not keep the others from their turn.
 *
 * @throws Error when CloudWatch does not tell of the alarms, before anything is done; and at the end, naming each failure
 */
export async function reconcile(world: ReconcileWorld): Promise<Reconciled> {
  const pace = paceOf(world.settings, world.clock.nowMs());
  const { groups, nameless, blind } = await readAlarms(world);
  const silenced = await silences(groups, world);
  const inAlarm = new Set(groups.map(({ groupId }) => groupId));
  const alarms = { inAlarm, blind: nameless.length > 0 ? `${nameless[0]} is in ALARM` : blind, pace };
  const tasks: [of: string, work: () => Promise<Reconciliation | undefined>][] = [
    ...groups.map((group): (typeof tasks)[number] => {
      return [group.groupId, () => startRun({ group, silence: silenced.get(group.alarm.name), pace }, world)];
    }),
    // Runs first: they take the locks of what they are to look after.
    ...declaredServices(world).map((id): (typeof tasks)[number] => {
      return [serviceName(id), () => restoreService(id, alarms, world)];
    }),
  ];
  const failures: string[] = [];
  const done: Reconciliation[] = [];
  for (const [of, work] of tasks) {
    try {
      done.push(...listOf(await work()));
    } catch (error) {
      failures.push(`${of}: ${messageOf(error)}`);
    }
  }
  if (failures.length > 0) throw new Error(`${failures.length} could not be reconciled: ${failures.join('; ')}`);
  return { done, nameless };
}

async function readAlarms({ settings: { clusterName, alarmShards, services }, alarms }: ReconcileWorld) {
  const { heartbeat, coverage } = alarmNames(clusterName);
  const lagNames = lagAlarmNames(clusterName, alarmShards);
  const healthNames = [heartbeat, coverage];
  const statuses = await alarms.statuses([...lagNames, ...healthNames]);
  const lag = statuses.filter(({ name }) => lagNames.includes(name));
  const health = statuses.filter(({ name }) => !lagNames.includes(name));
  const gone = lagNames.filter((name) => !lag.some((alarm) => alarm.name === name));
  if (gone.length > 0) throw new Error(`there is no alarm ${gone.join(', ')}: deploy the stack again, which makes it`);
  const groups: GroupInAlarm[] = [];
  const nameless: string[] = [];
  for (const alarm of lag.filter(({ state }) => state === 'ALARM')) {
    for (const contributor of await alarms.contributors(alarm.name)) {
      const { ConsumerGroup: attribute } = contributor.attributes;
      const groupId = attribute === undefined ? undefined : decodeDimension(attribute);
      if (groupId === undefined) nameless.push(attribute ?? JSON.stringify(contributor.attributes));
      else groups.push({ groupId, alarm, contributor });
    }
  }
  // A share of the groups may be empty. What could be given back is of services, so the alarms of their groups count.
  const ofServices = new Set(services.map(({ group }) => lagNames[alarmShardOf(group, alarmShards) - 1]));
  const blind = blindness({ lag: lag.filter(({ name }) => ofServices.has(name)), health, expected: healthNames });
  return { groups, nameless, blind };
}

/** Why the actions of an alarm do not count now, by its name: the rule of EventBridge does not start runs then either. */
async function silences(groups: readonly GroupInAlarm[], { alarms }: ReconcileWorld): Promise<Map<string, string>> {
  const silenced = new Map<string, string>();
  for (const alarm of new Set(groups.map((group) => group.alarm))) {
    const rule = await alarms.mutedBy(alarm.name);
    if (rule !== undefined) silenced.set(alarm.name, `the alarm is muted by ${rule}`);
    else if (alarm.actionsDisabled) silenced.set(alarm.name, "the alarm's actions are switched off");
  }
  return silenced;
}

interface Start {
  readonly group: GroupInAlarm;
  readonly silence: string | undefined;
  readonly pace: Pace;
}

async function startRun({ group, silence, pace }: Start, world: ReconcileWorld): Promise<Reconciliation> {
  const { groupId, contributor } = group;
  const left = (why: string): Reconciliation => ({ of: groupId, did: 'left', why });
  if (silence !== undefined) return left(silence);
  const incident = await world.state.loadIncident(groupId);
  const locks: HeldLock[] = [];
  for (const key of lockKeysOf(world.settings, groupId)) locks.push(...listOf(await world.state.loadLock(key)));
  const { sinceMs } = contributor;
  const verdict = decideRun({ ...(sinceMs !== undefined && { sinceMs }), ...(incident && { incident }), locks }, pace);
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
