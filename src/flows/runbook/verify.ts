/** After a scaling: whether the group settled, and whether the scaling helped. */
import { NotFoundError } from '#core/errors.ts';
import type { Incident } from '#core/runbook/incident.ts';
import type { RunbookState } from '#core/runbook/messages.ts';
import { assessConvergence, assessRecovery, type IdentifiedCheck, type ScalingCheck } from '#core/scaling/recovery.ts';
import type { Ports } from '#core/world.ts';
import { loadIncident, newestObservation, note, runOf } from './run.ts';

type VerifyWorld = Ports<'state' | 'incidents' | 'scaler'>;

/** Checks once whether the new tasks run and their members own partitions. */
export async function converge(state: RunbookState, world: VerifyWorld): Promise<IdentifiedCheck> {
  const { incident, check } = await gatherCheck(state, world, 'converge');
  const checked = assessConvergence(check);
  await note(incident, world, { step: 'converge', text: `${checked.kind}: ${checked.reason}` });
  return checked;
}

/** Checks once whether lag falls. */
export async function verify(state: RunbookState, world: VerifyWorld): Promise<IdentifiedCheck> {
  const { incident, check } = await gatherCheck(state, world, 'verify');
  const checked = assessRecovery(check, incident.before);
  const noted: Incident =
    checked.kind === 'done' ? { ...incident, action: { ...check.action, status: 'verified' } } : incident;
  await note(noted, world, { step: 'verify', text: `${checked.kind}: ${checked.reason}` });
  return checked;
}

async function gatherCheck(state: RunbookState, world: VerifyWorld, step: 'converge' | 'verify') {
  const incident = await loadIncident(runOf(state), world);
  const { action } = incident;
  if (action === undefined) throw new NotFoundError('the scaling to check');
  const check: ScalingCheck = {
    observation: await newestObservation(state, world),
    service: await world.scaler.describe(action.service),
    action,
    checks: state[step]?.checks ?? 0,
    maxChecks: step === 'converge' ? world.settings.maxConvergeChecks : world.settings.maxVerifyChecks,
  };
  return { incident, check };
}
