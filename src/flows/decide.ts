/** What to do about the diagnosis. Reads; changes nothing. */
import { decide as rule } from '../core/decide.ts';
import { findingsSchema } from '../core/findings.ts';
import type { Decision, RunbookState } from '../core/runbook.ts';
import { serviceOf } from '../core/settings.ts';
import type { Part } from '../core/world.ts';
import { incidentOf, note, readObject, resultOf, runOf } from './run.ts';

export async function decide(state: RunbookState, world: Part<'state' | 'incidents'>): Promise<Decision> {
  const { settings, clock } = world;
  const run = runOf(state);
  const findings = await readObject(world, resultOf(state, 'diagnose').key, findingsSchema);
  const incident = await incidentOf(run, world);
  const service = serviceOf(settings, run.groupId);
  const cooldownUntilMs = service === undefined ? undefined : await world.state.loadCooldown(service.id);
  const decision = rule({
    ...findings,
    incident,
    mode: settings.mode,
    nowMs: clock.nowMs(),
    checks: state.decide?.kind === 'recheck' ? state.decide.checks : 0,
    maxRechecks: settings.maxRechecks,
    ...(cooldownUntilMs === undefined ? {} : { cooldownUntilMs }),
  });
  await note(incident, world, { step: 'decide', text: `${decision.kind}: ${decision.reason}` });
  return decision;
}
