/** Gives back the capacity that a run raised and did not live to watch. The locks of such a run are held meanwhile. */

import { alarmShardOf } from '#core/metrics/alarm-shards.ts';
import { type Incident, type IncidentEvent, type IncidentOutcome, noteEvent } from '#core/runbook/incident.ts';
import {
  decideRestore,
  incidentThatRaised,
  type Pace,
  type RaisedState,
  RECONCILE_STEPS,
  type Reconciliation,
  type RestoreKind,
  type Verdict,
} from '#core/runbook/reconcile.ts';
import type { RaisedCapacity } from '#core/runbook/records.ts';
import { type ServiceId, serviceName } from '#core/runbook/service.ts';
import { present } from '#core/text/json.ts';
import type { Ports } from '#core/world.ts';
import { lockKeysOf, serviceLockKey } from '#flows/runbook/lock.ts';
import { restoreRaised, rollback } from '#flows/runbook/scale.ts';
import { believedLocks, reconcileOwner } from './held-locks.ts';

type RestoreWorld = Ports<'state' | 'scaler' | 'notifier' | 'runs' | 'alarms'>;

/** What the alarms say of groups that are in none, and who asks. */
export interface RestoreContext {
  readonly inAlarm: ReadonlySet<string>;
  /** Why a group that is not in ALARM may lag all the same; `undefined` when that cannot be. */
  readonly blind: string | undefined;
  readonly pace: Pace;
  /** Id that no other invocation has. */
  readonly invocation: string;
}

/** A service that is raised, and what is to be done about it. */
interface Seen {
  readonly raised: RaisedCapacity;
  /** Absent when a later incident has followed the one that raised it. */
  readonly incident?: Incident;
  readonly verdict: Verdict<RestoreKind>;
}

/** How long moving one lever may take: above the time that a function has. */
const LOCK_MS = 60_000;

/** The services that the settings declare: a run can have raised no other. */
export function declaredServices({ settings }: Pick<RestoreWorld, 'settings'>): ServiceId[] {
  const ids = settings.services.map(({ ecsCluster, ecsService }) => ({ cluster: ecsCluster, service: ecsService }));
  return [...new Map(ids.map((id) => [serviceName(id), id])).values()];
}

/** Gives a service its capacity back, if that is due. @returns what was done; `undefined` when it is not raised */
export async function restoreService(
  service: ServiceId,
  context: RestoreContext,
  world: RestoreWorld,
): Promise<Reconciliation | undefined> {
  const left = (why: string): Reconciliation => ({ of: serviceName(service), did: 'left', why });
  const first = await look(service, context, world);
  if (first === undefined) return undefined;
  if (first.incident === undefined || first.verdict.kind === 'leave') return left(first.verdict.why);
  const keys = lockKeysOf(world.settings, first.incident.groupId);
  const nowMs = world.clock.nowMs();
  const owner = reconcileOwner(context.invocation, nowMs);
  const lock = await world.state.acquireLock({ keys, owner, nowMs, expiresAtMs: nowMs + LOCK_MS });
  if (lock.kind === 'taken') return left(`a run holds ${lock.key}`);
  try {
    // A run may have come and gone between the look and the lock.
    const again = await look(service, context, world, owner);
    if (again === undefined) return undefined;
    const { incident, raised, verdict } = again;
    if (incident === undefined || verdict.kind === 'leave') return left(verdict.why);
    return { of: serviceName(service), ...(await act({ incident, raised, verdict }, owner, world)) };
  } finally {
    await world.state.releaseLock(keys, owner);
  }
}

/** `owner` of a lock that does not count: one's own. */
async function look(
  service: ServiceId,
  { inAlarm, blind, pace }: RestoreContext,
  world: RestoreWorld,
  owner?: string,
): Promise<Seen | undefined> {
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
  const lock = (await believedLocks(keys, world)).find((held) => held.owner !== owner && held.expiresAtMs > pace.nowMs);
  const found: RaisedState = {
    raised,
    incidents,
    inAlarm: groups.filter((group) => inAlarm.has(group)),
    mode: settings.mode,
    ...(blind !== undefined && { blind }),
    ...present({ lock }),
  };
  const verdict = decideRestore(found, pace);
  if (incident === undefined) return { raised, verdict };
  if (verdict.kind === 'leave' || verdict.kind === 'withdraw') return { raised, verdict, incident };
  const unseen = await notSeenBelow(incident.groupId, pace, world);
  return {
    raised,
    incident,
    verdict: unseen === undefined ? verdict : decideRestore({ ...found, blind: unseen }, pace),
  };
}

/** Why it is not known that the group is below its thresholds: a group whose series is gone leaves its alarm too. */
async function notSeenBelow(
  groupId: string,
  { nowMs, settleMs }: Pace,
  { settings: { clusterName, alarmShards }, alarms }: RestoreWorld,
): Promise<string | undefined> {
  const AlarmShard = `${alarmShardOf(groupId, alarmShards)}`;
  // Of twice the polls between two looks: metrics are minutes late.
  const ratio = await alarms.newestRatio(
    { ClusterName: clusterName, AlarmShard, ConsumerGroup: groupId },
    nowMs - 2 * settleMs,
  );
  if (ratio === undefined) return `group ${groupId} has no LagRatio`;
  return ratio < 1 ? undefined : `the LagRatio of group ${groupId} is ${ratio.toFixed(2)}`;
}

type Done = Pick<Reconciliation, 'did' | 'why'>;

async function act(seen: Required<Seen>, runId: string, world: RestoreWorld): Promise<Done> {
  const { incident, raised, verdict } = seen;
  const { why } = verdict;
  if (verdict.kind === 'announce') {
    const text = `${why}; its capacity is given back at the next look that finds it over`;
    await noteStep(incident, { step: RECONCILE_STEPS.found, text }, world);
    return { did: 'announced', why };
  }
  if (verdict.kind === 'withdraw') {
    const text = `${why}; its capacity is not given back before that is known, and has been so for a while`;
    await noteStep(incident, { step: RECONCILE_STEPS.withdrawn, text }, world);
    return { did: 'left', why };
  }
  if (verdict.kind === 'ask') {
    const text = `${why}: give ${serviceName(raised.service)} its ${raised.lever} of ${raised.restoreTo} back by hand`;
    await close(incident, { outcome: 'failed', text }, world);
    return { did: 'asked', why: text };
  }
  const closing = await undo(seen, runId, world);
  // Rolling back has written its own line.
  await close((await world.state.loadIncident(incident.groupId)) ?? incident, closing, world);
  return { did: closing.outcome === 'not-helped' ? 'asked' : 'restored', why: closing.text };
}

const noteStep = (incident: Incident, what: Pick<IncidentEvent, 'step' | 'text'>, { clock, state }: RestoreWorld) =>
  state.saveIncident(noteEvent(incident, { atMs: clock.nowMs(), ...what }));

interface Closing {
  readonly outcome: IncidentOutcome;
  readonly text: string;
}

async function undo(
  { incident, raised, verdict }: Required<Seen>,
  runId: string,
  world: RestoreWorld,
): Promise<Closing> {
  const { groupId, incidentId, action } = incident;
  if (action?.status === 'planned' && (await world.scaler.describe(action.service)).leverValue === action.leverFrom) {
    await restoreRaised(action, raised, world);
    return { outcome: 'not-scaled', text: `${verdict.why}; the scaling was planned and never made` };
  }
  const run = { runId, incidentId, groupId, lockKeys: [], startedAtMs: world.clock.nowMs(), resumed: true };
  const { from, to, reason } = await rollback({ run, decide: { kind: 'rollback', reason: verdict.why } }, world);
  return { outcome: from === to ? 'not-helped' : 'rolled-back', text: reason };
}

/** The incident has come to its end without a run that could say so. */
async function close(incident: Incident, { outcome, text }: Closing, world: RestoreWorld): Promise<void> {
  const noted = noteEvent(incident, { atMs: world.clock.nowMs(), step: RECONCILE_STEPS.found, text });
  // First: to be told twice is better than never, and of a closed incident nobody is told again.
  await world.notifier.notify({
    subject: `Kafka lag: ${outcome}, group ${incident.groupId}`,
    body: `Group ${incident.groupId} on ${world.settings.clusterName}: ${text}.\nIncident ${incident.incidentId} is closed.`,
    threadId: incident.incidentId,
  });
  await world.state.saveIncident({ ...noted, outcome, status: 'closed' });
}
