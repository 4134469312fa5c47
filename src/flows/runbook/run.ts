/** What the steps of a run share: the run, its objects, its incident. */
import type { z } from 'zod';
import { NotFoundError } from '#core/errors.ts';
import { type Observation, observationSchema, observeNothing } from '#core/evidence/observation.ts';
import { thresholdsOf } from '#core/group/thresholds.ts';
import { OtherVersionError } from '#core/runbook/errors.ts';
import { type Incident, noteEvent } from '#core/runbook/incident.ts';
import type { Run, RunbookState, Step } from '#core/runbook/messages.ts';
import { describeIssues } from '#core/text/issues.ts';
import type { Ports } from '#core/world.ts';

/** The run in a state. @throws NotFoundError when the run has no lock */
export function runOf(state: RunbookState): Run {
  if (state.run === undefined) throw new NotFoundError('the run of this state');
  return state.run;
}

/** The result of an earlier step. @throws NotFoundError when that step has not run */
export function resultOf<K extends 'observe' | 'diagnose' | 'decide'>(state: RunbookState, step: K) {
  const result = state[step];
  if (result === undefined) throw new NotFoundError(`the result of ${step}`);
  return result as NonNullable<RunbookState[K]>;
}

/** Key of an object of a run in the incident store. */
export const objectKey = (run: Run, name: string): string => `incidents/${run.incidentId}/${run.runId}/${name}`;

/** Problems of one object in an error message. Thousands of partitions may have the same one. */
const MAX_PROBLEMS = 3;

/**
 * Reads an object and checks its shape.
 *
 * @throws NotFoundError; OtherVersionError when this version does not know the shape
 */
export async function readObject<T extends z.ZodType>(
  world: Ports<'incidents'>,
  key: string,
  schema: T,
): Promise<z.output<T>> {
  const stored = await world.incidents.getJson(key);
  const parsed = schema.safeParse(stored);
  if (parsed.success) return parsed.data;
  throw new OtherVersionError(key, describeIssues(parsed.error, stored).slice(0, MAX_PROBLEMS));
}

/**
 * The newest observation of the run. If another version stored it, the group counts as unreadable,
 * so that the run checks again and survives the deployment.
 */
export async function newestObservation(state: RunbookState, world: Ports<'incidents'>): Promise<Observation> {
  const { key, atMs } = resultOf(state, 'observe');
  try {
    return await readObject(world, key, observationSchema);
  } catch (error) {
    if (!(error instanceof OtherVersionError)) throw error;
    const { groupId } = runOf(state);
    return observeNothing({ groupId, atMs, thresholds: thresholdsOf(world.settings)(groupId) }, error.message);
  }
}

/**
 * Reads the incident of a run.
 *
 * @throws NotFoundError when it is gone, or another one has followed
 */
export async function loadIncident(run: Run, world: Ports<'state'>): Promise<Incident> {
  const incident = await world.state.loadIncident(run.groupId);
  if (incident?.incidentId !== run.incidentId) throw new NotFoundError(`incident ${run.incidentId}`);
  return incident;
}

/** Saves the incident with one more event. */
export function note(
  incident: Incident,
  world: Ports<'state'>,
  { step, text }: { step: Step; text: string },
): Promise<void> {
  return world.state.saveIncident(noteEvent(incident, { atMs: world.clock.nowMs(), step, text }));
}
