/** What to do about the diagnosis. This step changes nothing. */

import { OtherVersionError } from '#core/runbook/errors.ts';
import type { Incident } from '#core/runbook/incident.ts';
import type { RunbookState } from '#core/runbook/messages.ts';
import { decideAction, type IdentifiedDecision, recheckOrEscalate } from '#core/scaling/decide.ts';
import { findingsSchema } from '#core/scaling/findings.ts';
import { serviceOf } from '#core/settings.ts';
import { present } from '#core/text/json.ts';
import type { Ports } from '#core/world.ts';
import { loadIncident, note, readObject, resultOf, runOf } from './run.ts';

type DecideWorld = Ports<'state' | 'incidents'>;

/** The decision for the newest findings; a recheck when another version stored them. */
export async function decide(state: RunbookState, world: DecideWorld): Promise<IdentifiedDecision> {
  const incident = await loadIncident(runOf(state), world);
  const decision = await decisionFor(state, incident, world);
  await note(incident, world, { step: 'decide', text: `${decision.kind}: ${decision.reason}` });
  return decision;
}

async function decisionFor(state: RunbookState, incident: Incident, world: DecideWorld): Promise<IdentifiedDecision> {
  const { settings, clock } = world;
  const checks = state.decide?.kind === 'recheck' ? state.decide.checks : 0;
  const rechecks = { checks, maxRechecks: settings.maxRechecks };
  try {
    const findings = await readObject(world, resultOf(state, 'diagnose').key, findingsSchema);
    const service = serviceOf(settings, runOf(state).groupId);
    const cooldownUntilMs = service === undefined ? undefined : await world.state.loadCooldown(service.id);
    const cooldown = present({ cooldownUntilMs });
    return decideAction({ ...findings, incident, mode: settings.mode, nowMs: clock.nowMs(), ...rechecks, ...cooldown });
  } catch (error) {
    if (error instanceof OtherVersionError) return recheckOrEscalate(rechecks, 'other-version', error.message);
    throw error;
  }
}
