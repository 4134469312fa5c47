/** First step of a run: takes the locks, then opens an incident or continues the open one. */
import { SettingsError } from '#core/errors.ts';
import { decodeDimension } from '#core/metrics/catalogue.ts';
import { LockTakenError, ServiceBusyError } from '#core/runbook/errors.ts';
import { type Incident, newIncident, noteEvent } from '#core/runbook/incident.ts';
import type { AlarmEvent, LockInput, Run, RunbookState } from '#core/runbook/messages.ts';
import { type ServiceId, serviceName } from '#core/runbook/service.ts';
import { type Settings, serviceOf } from '#core/settings.ts';
import { roundDecimals } from '#core/text/text.ts';
import type { Ports } from '#core/world.ts';

/**
 * Locks the group and its service, so that two runs never act on either at once.
 *
 * @throws LockTakenError when another run holds the group
 * @throws ServiceBusyError when a run of another group holds the service
 */
export async function lock({ event, executionName }: LockInput, world: Ports<'state'>): Promise<{ run: Run }> {
  const { settings, clock, state } = world;
  const attribute = event.detail.alarmContributor.attributes.ConsumerGroup;
  if (attribute === undefined) {
    throw new SettingsError(['the alarm event names no ConsumerGroup; the alarm must group by ConsumerGroup']);
  }
  const groupId = decodeDimension(attribute);
  if (groupId === undefined) {
    throw new SettingsError([`the alarm cut the group's name, which is too long: ${attribute}`]);
  }
  const keys = lockKeysOf(settings, groupId);
  const nowMs = clock.nowMs();
  const expiresAtMs = nowMs + settings.timing.lockSeconds * 1000;
  const result = await state.acquireLock({ keys, owner: executionName, nowMs, expiresAtMs });
  if (result.kind === 'taken') {
    const message = `another run holds ${result.key}`;
    throw result.key === keys[0] ? new LockTakenError(message) : new ServiceBusyError(message);
  }
  try {
    const { incident, resumed } = await openIncident(event, { groupId, executionName, nowMs }, world);
    const { incidentId } = incident;
    return { run: { runId: executionName, incidentId, groupId, lockKeys: [...keys], startedAtMs: nowMs, resumed } };
  } catch (error) {
    // The state has no run yet, so no later step can release the lock.
    await state.releaseLock(keys, executionName);
    throw error;
  }
}

/** Lock keys of a run: the group's, then the service's if one is declared. */
export function lockKeysOf(settings: Settings, groupId: string): readonly [string, ...string[]] {
  const service = serviceOf(settings, groupId);
  return [`group#${groupId}`, ...(service === undefined ? [] : [serviceLockKey(service.id)])];
}

/** Key of the lock on a service. */
export const serviceLockKey = (id: ServiceId): string => `service#${serviceName(id)}`;

/**
 * Open, and its scaling, if any, still under way. If that has ended, only the report is missing:
 * too late for one.
 */
function isUnfinished({ status, action }: Incident): boolean {
  return status === 'open' && action?.status !== 'verified' && action?.status !== 'rolled-back';
}

/** The group's unfinished incident, or a new one. Its first event says which. */
async function openIncident(
  event: AlarmEvent,
  { groupId, executionName, nowMs }: { groupId: string; executionName: string; nowMs: number },
  { state }: Ports<'state'>,
): Promise<{ incident: Incident; resumed: boolean }> {
  const stored = await state.loadIncident(groupId);
  // A first attempt of this step opened or continued the incident, but its answer was lost.
  if (stored?.status === 'open' && stored.runId === executionName) {
    return { incident: stored, resumed: stored.events.length > 1 };
  }
  const resumed = stored !== undefined && isUnfinished(stored);
  const incident = resumed ? { ...stored, runId: executionName } : newIncident(groupId, executionName, nowMs);
  const reason = roundDecimals(event.detail.state.reason ?? 'no reason given');
  const text = resumed
    ? `a new run continues the open incident (${reason})`
    : `alarm ${event.detail.alarmName}: ${reason}`;
  await state.saveIncident(noteEvent(incident, { atMs: nowMs, step: 'lock', text }));
  return { incident, resumed };
}

/** Last step of every run, also of a failed one: releases the locks. Does nothing without locks. */
export async function unlock(input: RunbookState, world: Ports<'state'>): Promise<{ released: number }> {
  const { run } = input;
  if (run === undefined) return { released: 0 };
  await world.state.releaseLock(run.lockKeys, run.runId);
  return { released: run.lockKeys.length };
}
