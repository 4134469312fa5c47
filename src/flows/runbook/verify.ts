/** After a scaling: did the group settle, and did it help? */
import { NotFoundError } from '#core/errors.ts';
import type { Incident } from '#core/runbook/incident.ts';
import type { Progress, RunbookState } from '#core/runbook/messages.ts';
import { assessConvergence, assessRecovery, type Look } from '#core/scaling/recovery.ts';
import type { Ports } from '#core/world.ts';
import { incidentOf, newestObservation, note, runOf } from './run.ts';

type VerifyWorld = Ports<'state' | 'incidents' | 'scaler'>;

/** One look at whether the new tasks run and their members own partitions. */
export async function converge(state: RunbookState, world: VerifyWorld): Promise<Progress> {
  const { incident, look } = await lookAt(state, world, 'converge');
  const progress = assessConvergence(look);
  await note(incident, world, { step: 'converge', text: `${progress.kind}: ${progress.reason}` });
  return progress;
}

/** One look at whether lag falls. */
export async function verify(state: RunbookState, world: VerifyWorld): Promise<Progress> {
  const { incident, look } = await lookAt(state, world, 'verify');
  const progress = assessRecovery(look, incident.before);
  const noted: Incident =
    progress.kind === 'done' ? { ...incident, action: { ...look.action, status: 'verified' } } : incident;
  await note(noted, world, { step: 'verify', text: `${progress.kind}: ${progress.reason}` });
  return progress;
}

async function lookAt(state: RunbookState, world: VerifyWorld, step: 'converge' | 'verify') {
  const incident = await incidentOf(runOf(state), world);
  const { action } = incident;
  if (action === undefined) throw new NotFoundError('the scaling to watch');
  const look: Look = {
    observation: await newestObservation(state, world),
    service: await world.scaler.describe(action.service),
    action,
    checks: state[step]?.checks ?? 0,
    maxChecks: step === 'converge' ? world.settings.maxConvergeChecks : world.settings.maxVerifyChecks,
  };
  return { incident, look };
}
