/** What to do about the diagnosis. Reads; changes nothing. */

import { OtherVersionError } from '#core/errors.ts';
import type { Incident } from '#core/runbook/incident.ts';
import type { Decision, RunbookState } from '#core/runbook/messages.ts';
import { recheckOrEscalate, decide as rule } from '#core/scaling/decide.ts';
import { findingsSchema } from '#core/scaling/findings.ts';
import { serviceOf } from '#core/settings.ts';
import { present } from '#core/text/json.ts';
import type { Ports } from '#core/world.ts';
import { incidentOf, note, readObject, resultOf, runOf } from './run.ts';

type DecideWorld = Ports<'state' | 'incidents'>;

/** The decision for the newest findings; another look when another version stored them. */
export async function decide(state: RunbookState, world: DecideWorld): Promise<Decision> {
  const incident = await incidentOf(runOf(state), world);
  const decision = await decisionFor(state, incident, world);
  await note(incident, world, { step: 'decide', text: `${decision.kind}: ${decision.reason}` });
  return decision;
}

async function decisionFor(state: RunbookState, incident: Incident, world: DecideWorld): Promise<Decision> {
  const { settings, clock } = world;
  const checks = state.decide?.kind === 'recheck' ? state.decide.checks : 0;
  const looks = { checks, maxRechecks: settings.maxRechecks };
  try {
    const findings = await readObject(world, resultOf(state, 'diagnose').key, findingsSchema);
    const service = serviceOf(settings, runOf(state).groupId);
    const cooldownUntilMs = service === undefined ? undefined : await world.state.loadCooldown(service.id);
    const cooldown = present({ cooldownUntilMs });
    return rule({ ...findings, incident, mode: settings.mode, nowMs: clock.nowMs(), ...looks, ...cooldown });
  } catch (error) {
    if (error instanceof OtherVersionError) return recheckOrEscalate(looks, error.message);
    throw error;
  }
}
