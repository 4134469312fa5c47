/**
 * The only step that changes capacity, and its rollback. Each change is saved before it is made.
 */
import { NotFoundError } from '#core/errors.ts';
import { ScalingRefusedError } from '#core/runbook/errors.ts';
import type { Incident, ScalingAction } from '#core/runbook/incident.ts';
import type { RunbookState, Scaled } from '#core/runbook/messages.ts';
import type { RaisedCapacity } from '#core/runbook/records.ts';
import { plannedSchema } from '#core/scaling/findings.ts';
import { serviceOf } from '#core/settings.ts';
import type { Ports } from '#core/world.ts';
import { loadIncident, note, readObject, resultOf, runOf } from './run.ts';

type ScaleWorld = Ports<'state' | 'incidents' | 'scaler'>;
/** A rollback needs no findings. */
type UndoWorld = Ports<'state' | 'scaler'>;

/**
 * Scales the service as decided.
 *
 * @throws ScalingRefusedError when the service has changed since the decision; it stays as it is
 */
export async function scale(state: RunbookState, world: ScaleWorld): Promise<Scaled> {
  const run = runOf(state);
  const incident = await loadIncident(run, world);
  const made = await findOwnScaling(incident, world);
  if (made !== undefined) return made;
  const action = await planAction(state, world);
  const { service, lever, leverFrom, leverTo, from, to, atMs } = action;
  await world.state.saveIncident({ ...incident, action });
  const raised = await world.state.loadRaisedCapacity(service);
  try {
    // A scalable target came or went, so the noted lever no longer counts and nothing is left to
    // restore.
    if (raised !== undefined && raised.lever !== lever) await world.state.clearRaisedCapacity(service);
    const capacity = { service, lever, restoreTo: leverFrom, raisedTo: leverTo, atMs };
    await world.state.saveRaisedCapacity({ ...capacity, incidentId: run.incidentId });
    await world.scaler.scale(service, lever, leverFrom, leverTo);
  } catch (error) {
    if (error instanceof ScalingRefusedError) {
      await world.state.saveIncident(incident);
      await restoreRaised(action, raised, world);
    }
    throw error;
  }
  await world.state.saveCooldown(service, atMs + world.settings.timing.cooldownSeconds * 1000);
  const reason = `${service.cluster}/${service.service} set from ${from} to ${to} tasks by ${lever}`;
  await note(withStatus(incident, action, 'applied'), world, { step: 'scale', text: reason });
  return { from, to, lever, atMs, reason };
}

/**
 * Undoes a scaling that did not help. If something else changed the lever, it stays, and the result
 * says so. A repeated call changes nothing.
 */
export async function rollback(state: RunbookState, world: UndoWorld): Promise<Scaled> {
  const incident = await loadIncident(runOf(state), world);
  const { action } = incident;
  if (action === undefined) throw new NotFoundError('the scaling to roll back');
  const { lever, from, to } = action;
  const why = state.verify?.reason ?? state.converge?.reason ?? state.decide?.reason ?? 'it did not help';
  const atMs = world.clock.nowMs();
  const undoing = withStatus(incident, action, 'rolling-back');
  const refused = await undo(undoing, action, world);
  if (refused !== undefined) {
    const reason = `not rolled back: ${refused}`;
    await note(incident, world, { step: 'rollback', text: reason });
    return { from: to, to, lever, atMs, reason };
  }
  await restoreRaised(action, await world.state.loadRaisedCapacity(action.service), world);
  const reason = `${undoneText(action)}: ${why}`;
  await note(withStatus(undoing, action, 'rolled-back'), world, { step: 'rollback', text: reason });
  return { from: to, to: from, lever, atMs, reason };
}

/**
 * Sets the lever back, unless it is back already.
 *
 * @returns why that was refused; `undefined` when it was not
 */
async function undo(undoing: Incident, action: ScalingAction, world: UndoWorld): Promise<string | undefined> {
  const { service, lever, leverFrom, leverTo } = action;
  const begun = action.status === 'rolling-back' || action.status === 'rolled-back';
  if (begun && (await world.scaler.describe(service)).leverValue === leverFrom) return undefined;
  await world.state.saveIncident(undoing);
  try {
    await world.scaler.scale(service, lever, leverTo, leverFrom);
    return undefined;
  } catch (error) {
    if (error instanceof ScalingRefusedError) return error.message;
    throw error;
  }
}

/** With MinCapacity, the service's own policies stop the tasks. */
function undoneText({ lever, leverFrom, leverTo, from, to }: ScalingAction): string {
  return lever === 'desired-count'
    ? `rolled back from ${to} to ${from} tasks`
    : `MinCapacity rolled back from ${leverTo} to ${leverFrom}; the scaling policies decide when tasks stop`;
}

/**
 * The scaling of a first attempt whose answer was lost, after which Step Functions repeats the
 * step.
 */
async function findOwnScaling(incident: Incident, world: ScaleWorld): Promise<Scaled | undefined> {
  const { action } = incident;
  if (action?.status !== 'planned' && action?.status !== 'applied') return undefined;
  const { from, to, lever, atMs, service } = action;
  if ((await world.scaler.describe(service)).leverValue !== action.leverTo) return undefined;
  await world.state.saveCooldown(service, atMs + world.settings.timing.cooldownSeconds * 1000);
  const reason = `${service.cluster}/${service.service} was set to ${to} tasks by an attempt whose answer was lost`;
  await note(withStatus(incident, action, 'applied'), world, { step: 'scale', text: reason });
  return { from, to, lever, atMs, reason };
}

async function planAction(state: RunbookState, world: ScaleWorld): Promise<ScalingAction> {
  const { groupId } = runOf(state);
  const decision = resultOf(state, 'decide');
  if (decision.kind !== 'scale') {
    throw new ScalingRefusedError('not-decided', `the decision is ${decision.kind}, not scale`);
  }
  const service = serviceOf(world.settings, groupId);
  if (service === undefined) throw new NotFoundError(`a service for group ${groupId}`);
  const { plan } = await readObject(world, resultOf(state, 'diagnose').key, plannedSchema);
  if (plan.kind !== 'step' || plan.to !== decision.to) {
    throw new ScalingRefusedError('plan-differs', 'the decision does not match its plan');
  }
  const status = await world.scaler.describe(service.id);
  if (status.desired !== decision.from) {
    const change = `${status.desired} tasks are desired now, ${decision.from} were when the run decided`;
    throw new ScalingRefusedError('desired-count-changed', change);
  }
  if (status.refusal !== undefined) throw new ScalingRefusedError('service-refuses', status.refusal);
  if (status.deploymentInProgress) throw new ScalingRefusedError('deployment-in-progress', 'a deployment has begun');
  return {
    service: service.id,
    lever: status.lever,
    from: decision.from,
    to: decision.to,
    leverFrom: status.leverValue,
    leverTo: decision.to,
    expectedMembers: plan.expectedMembers,
    atMs: world.clock.nowMs(),
    status: 'planned',
  };
}

/** Notes that an action is undone: the service is raised by an earlier incident, or not at all. */
export function restoreRaised(
  { service, lever, leverFrom }: ScalingAction,
  raised: RaisedCapacity | undefined,
  { state }: Ports<'state'>,
): Promise<void> {
  return raised?.lever === lever && raised.restoreTo !== leverFrom
    ? state.saveRaisedCapacity({ ...raised, raisedTo: leverFrom })
    : state.clearRaisedCapacity(service);
}

const withStatus = (incident: Incident, action: ScalingAction, status: ScalingAction['status']): Incident => ({
  ...incident,
  action: { ...action, status },
});
