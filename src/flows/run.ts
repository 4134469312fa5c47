/** What the steps of a run share: the run, its objects, its incident. */
import type { z } from 'zod';
import { NotFoundError } from '../core/errors.ts';
import { type Incident, noteEvent } from '../core/incident.ts';
import { type Observation, observationSchema } from '../core/observation.ts';
import type { Run, RunbookState, Step } from '../core/runbook.ts';
import type { Part } from '../core/world.ts';

/** The run of a state. @throws NotFoundError when the run never got its lock */
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

/** Reads an object back and checks its shape. */
export async function readObject<T extends z.ZodType>(
  world: Part<'incidents'>,
  key: string,
  schema: T,
): Promise<z.output<T>> {
  return schema.parse(await world.incidents.getJson(key));
}

/** The newest observation of the run. */
export const newestObservation = (state: RunbookState, world: Part<'incidents'>): Promise<Observation> =>
  readObject(world, resultOf(state, 'observe').key, observationSchema);

/** The incident of a run. @throws NotFoundError when it is gone, or another one is open */
export async function incidentOf(run: Run, world: Part<'state'>): Promise<Incident> {
  const incident = await world.state.loadIncident(run.groupId);
  if (incident?.incidentId !== run.incidentId) throw new NotFoundError(`incident ${run.incidentId}`);
  return incident;
}

/** Stores the incident with one more line on its time line. */
export function note(
  incident: Incident,
  world: Part<'state'>,
  { step, text }: { step: Step; text: string },
): Promise<void> {
  return world.state.saveIncident(noteEvent(incident, { atMs: world.clock.nowMs(), step, text }));
}
