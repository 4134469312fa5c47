/**
 * Why the group lags and how large a step would be, by pure rules over evidence from Kafka and the
 * service.
 */

import { diagnoseEvidence } from '#core/diagnosis/diagnosis.ts';
import { messageOf } from '#core/errors.ts';
import type { Evidence } from '#core/evidence/evidence.ts';
import { measurementOf } from '#core/evidence/measurement.ts';
import { absent, known, unknown } from '#core/kafka/reading.ts';
import type { Diagnosed, RunbookState } from '#core/runbook/messages.ts';
import type { Findings } from '#core/scaling/findings.ts';
import { planLimitsOf } from '#core/scaling/plan-limits.ts';
import { planScaling } from '#core/scaling/scaling-plan.ts';
import { serviceOf } from '#core/settings.ts';
import { present } from '#core/text/json.ts';
import type { Ports } from '#core/world.ts';
import { loadIncident, newestObservation, note, objectKey, runOf } from './run.ts';

export async function diagnose(
  state: RunbookState,
  world: Ports<'state' | 'incidents' | 'scaler'>,
): Promise<Diagnosed> {
  const run = runOf(state);
  const observation = await newestObservation(state, world);
  const evidence: Evidence = { observation, service: await readService(run.groupId, world) };
  const diagnosis = diagnoseEvidence(evidence);
  const plan = planScaling(evidence, planLimitsOf(world.settings, run.groupId));
  const key = objectKey(run, `findings-${observation.atMs}.json`);
  await world.incidents.putJson(key, { evidence, diagnosis, plan } satisfies Findings);
  const incident = await loadIncident(run, world);
  const { cause, title, confidence } = diagnosis;
  // After a scaling by an earlier run, this observation is not "before" any more.
  const before = incident.action === undefined ? measurementOf(observation) : incident.before;
  await note({ ...incident, findingsKey: key, ...present({ before }) }, world, {
    step: 'diagnose',
    text: `${cause}: ${title} (confidence ${confidence})`,
  });
  return { key, cause, confidence };
}

/** A service that cannot be read is unknown, not absent. */
async function readService(groupId: string, world: Ports<'scaler'>): Promise<Evidence['service']> {
  const service = serviceOf(world.settings, groupId);
  if (service === undefined) return absent;
  try {
    const status = await world.scaler.describe(service.id);
    return known(status);
  } catch (error) {
    return unknown(messageOf(error));
  }
}
