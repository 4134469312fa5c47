/**
 * Restores capacity that a run raised before it died. Reconcile holds the locks of such a run
 * meanwhile.
 */

import { alarmShardOf } from '#core/metrics/alarm-shards.ts';
import { type Incident, type IncidentOutcome, noteEvent } from '#core/runbook/incident.ts';
import {
  decideRestore,
  incidentThatRaised,
  RECONCILE_STEPS,
  type ReconcilePace,
  type Reconciliation,
  type RestoreVerdict,
  type VisibilityProblem,
} from '#core/runbook/reconcile.ts';
import type { RaisedCapacity } from '#core/runbook/records.ts';
import { type ServiceId, serviceName } from '#core/runbook/service.ts';
import { present } from '#core/text/json.ts';
import type { Ports } from '#core/world.ts';
import { lockKeysOf, serviceLockKey } from '#flows/runbook/lock.ts';
import { restoreRaised, rollback } from '#flows/runbook/scale.ts';
import { reconcileOwner, releaseDeadLocks } from './held-locks.ts';

type RestoreWorld = Ports<'state' | 'scaler' | 'notifier' | 'runs' | 'alarms'>;

/** What the alarms show, and which invocation asks. */
export interface RestoreContext {
  readonly inAlarm: ReadonlySet<string>;
  /** Why a group that is not in ALARM may lag anyway; absent when the alarms can be trusted. */
  readonly visibilityProblem?: VisibilityProblem;
  readonly pace: ReconcilePace;
  /** Id that no other invocation has. */
  readonly invocation: string;
}

/** A raised service, and what to do about it. */
interface RaisedService {
  readonly raised: RaisedCapacity;
  /** Absent when a later incident has followed the one that raised it. */
  readonly incident?: Incident;
  readonly verdict: RestoreVerdict;
}

/** How long a change of one lever may take: more than a function's timeout. */
const LOCK_MS = 60_000;

/** The services that the settings declare. A run can raise no other. */
export function declaredServices({ settings }: Pick<RestoreWorld, 'settings'>): ServiceId[] {
  const ids = settings.services.map(({ ecsCluster, ecsService }) => ({ cluster: ecsCluster, service: ecsService }));
  return [...new Map(ids.map((id) => [serviceName(id), id])).values()];
}

/**
 * Restores the capacity of a service if that is due.
 *
 * @returns what was done; `undefined` when it is not raised
 */
export async function restoreService(
  service: ServiceId,
  context: RestoreContext,
  world: RestoreWorld,
): Promise<Reconciliation | undefined> {
  const subject = serviceName(service);
  const first = await checkService(service, context, world);
  if (first === undefined) return undefined;
  if (first.incident === undefined || first.verdict.kind === 'skip') return skipped(subject, first.verdict);
  const keys = lockKeysOf(world.settings, first.incident.groupId);
  const nowMs = world.clock.nowMs();
  const owner = reconcileOwner(context.invocation, nowMs);
  const lock = await world.state.acquireLock({ keys, owner, nowMs, expiresAtMs: nowMs + LOCK_MS });
  if (lock.kind === 'taken') return skipped(subject, { id: 'lock-taken', why: `a run holds ${lock.key}` });
  try {
    // A run may have come and gone between the check and the lock.
    const again = await checkService(service, context, world, owner);
    if (again === undefined) return undefined;
    const { incident, raised, verdict } = again;
    if (incident === undefined || verdict.kind === 'skip') return skipped(subject, verdict);
    return { subject, ...(await act({ incident, raised, verdict }, owner, world)) };
  } finally {
    await world.state.releaseLock(keys, owner);
  }
}

const skipped = (subject: string, { id, why }: Pick<Reconciliation, 'id' | 'why'>): Reconciliation => ({
  subject,
  action: 'skipped',
  id,
  why,
});

/** `owner`: whose lock does not count; for reconcile's own lock. */
async function checkService(
  service: ServiceId,
  { inAlarm, visibilityProblem, pace }: RestoreContext,
  world: RestoreWorld,
  owner?: string,
): Promise<RaisedService | undefined> {
  const { state, settings } = world;
  const raised = await state.loadRaisedCapacity(service);
  if (raised === undefined) return undefined;
  const groups = settings.services
    .filter(({ ecsCluster, ecsService }) => ecsCluster === service.cluster && ecsService === service.service)
    .map(({ group }) => group);
  const stored = await Promise.all(groups.map((group) => state.loadIncident(group)));
  const incidents = stored.filter((incident) => incident !== undefined);
  const incident = incidentThatRaised({ raised, incidents });
  const keys = incident === undefined ? [serviceLockKey(service)] : lockKeysOf(settings, incident.groupId);
  const locks = await releaseDeadLocks(keys, world);
  const lock = locks.find((held) => held.owner !== owner && held.expiresAtMs > pace.nowMs);
  const found = {
    raised,
    incidents,
    inAlarm: groups.filter((group) => inAlarm.has(group)),
    mode: settings.mode,
    ...present({ visibilityProblem, lock }),
  };
  const verdict = decideRestore(found, pace);
  if (incident === undefined) return { raised, verdict };
  if (verdict.kind === 'skip' || verdict.kind === 'withdraw') return { raised, verdict, incident };
  const unseen = await findRatioProblem(incident.groupId, pace, world);
  if (unseen === undefined) return { raised, verdict, incident };
  return { raised, verdict: decideRestore({ ...found, visibilityProblem: unseen }, pace), incident };
}

/**
 * Why the group may not be below its thresholds: a group whose series is missing leaves its alarm
 * too.
 */
async function findRatioProblem(
  groupId: string,
  { nowMs, settleMs }: ReconcilePace,
  { settings: { clusterName, alarmShards }, alarms }: RestoreWorld,
): Promise<VisibilityProblem | undefined> {
  const AlarmShard = `${alarmShardOf(groupId, alarmShards)}`;
  // Twice the polls between two checks: metrics are minutes late.
  const sinceMs = nowMs - 2 * settleMs;
  const ratio = await alarms.newestRatio({ ClusterName: clusterName, AlarmShard, ConsumerGroup: groupId }, sinceMs);
  if (ratio === undefined) return { id: 'ratio-missing', text: `group ${groupId} has no LagRatio` };
  if (ratio < 1) return undefined;
  return { id: 'ratio-high', text: `the LagRatio of group ${groupId} is ${ratio.toFixed(2)}` };
}

async function act(
  found: Required<RaisedService>,
  runId: string,
  world: RestoreWorld,
): Promise<Omit<Reconciliation, 'subject'>> {
  const { incident, raised, verdict } = found;
  const { kind, id, why } = verdict;
  if (kind === 'announce') {
    const text = `${why}; its capacity is restored at the next check that finds it over`;
    await saveNote(incident, { step: RECONCILE_STEPS.found, text }, world);
    return { action: 'announced', id, why };
  }
  if (kind === 'withdraw') {
    const text = `${why}; its capacity is restored once that is known again`;
    await saveNote(incident, { step: RECONCILE_STEPS.withdrawn, text }, world);
    return { action: 'skipped', id, why };
  }
  if (kind === 'ask') {
    const text = `${why}: restore ${serviceName(raised.service)} to ${raised.lever} ${raised.restoreTo} by hand`;
    await close(incident, { outcome: 'failed', text }, world);
    return { action: 'asked', id, why: text };
  }
  const closing = await undo(found, runId, world);
  // The rollback has saved its own line.
  await close((await world.state.loadIncident(incident.groupId)) ?? incident, closing, world);
  return { action: closing.id === 'lever-moved' ? 'asked' : 'restored', id: closing.id, why: closing.text };
}

const saveNote = (incident: Incident, what: { step: string; text: string }, { clock, state }: RestoreWorld) =>
  state.saveIncident(noteEvent(incident, { atMs: clock.nowMs(), ...what }));

interface Closing {
  readonly outcome: IncidentOutcome;
  readonly text: string;
}

async function undo(
  { incident, raised, verdict }: Required<RaisedService>,
  runId: string,
  world: RestoreWorld,
): Promise<Closing & Pick<Reconciliation, 'id'>> {
  const { groupId, incidentId, action } = incident;
  if (action?.status === 'planned' && (await world.scaler.describe(action.service)).leverValue === action.leverFrom) {
    await restoreRaised(action, raised, world);
    const text = `${verdict.why}; the scaling was planned but never applied`;
    return { id: 'never-applied', outcome: 'not-scaled', text };
  }
  const run = { runId, incidentId, groupId, lockKeys: [], startedAtMs: world.clock.nowMs(), resumed: true };
  const decision = { kind: 'rollback', id: verdict.id, reason: verdict.why } as const;
  const { from, to, reason } = await rollback({ run, decide: decision }, world);
  if (from === to) return { id: 'lever-moved', outcome: 'not-helped', text: reason };
  return { id: 'restored', outcome: 'rolled-back', text: reason };
}

/** Closes an incident whose run can no longer report. */
async function close(incident: Incident, { outcome, text }: Closing, world: RestoreWorld): Promise<void> {
  // Before the incident is saved: two messages are better than none, and a closed incident sends no
  // more.
  await world.notifier.notify({
    subject: `Kafka lag: ${outcome}, group ${incident.groupId}`,
    body: `Group ${incident.groupId} on ${world.settings.clusterName}: ${text}.\nIncident ${incident.incidentId} is closed.`,
    threadId: incident.incidentId,
  });
  const closed: Incident = { ...incident, outcome, status: 'closed' };
  await saveNote(closed, { step: RECONCILE_STEPS.found, text }, world);
}
