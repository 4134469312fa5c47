/** The record of an incident: one per period of trouble of a group, over any number of runs. */

import { z } from 'zod';
import { textDigest } from '#core/text/digest.ts';
import { shorten } from '#core/text/text.ts';
import { scalingLeverSchema, serviceIdSchema } from './service.ts';

const eventSchema = z.object({
  atMs: z.number(),
  /** Step of the runbook that noted it, or one of `RECONCILE_STEPS`. */
  step: z.string(),
  text: z.string(),
});
/** One line of the time line. */
export type IncidentEvent = Readonly<z.infer<typeof eventSchema>>;

const measurementSchema = z.object({
  atMs: z.number(),
  /** Records over the partitions that the group reads; absent when part of them is unknown. */
  sumLag: z.number().exactOptional(),
  members: z.number().exactOptional(),
  /**
   * Records per second; absent with too little history, or when a partition could not be followed.
   */
  produceRate: z.number().exactOptional(),
  consumeRate: z.number().exactOptional(),
  lagGrowthRate: z.number().exactOptional(),
});
/** One measurement, for the comparison of before and after. */
export type Measurement = Readonly<z.infer<typeof measurementSchema>>;

const scalingActionSchema = z.object({
  service: serviceIdSchema,
  lever: scalingLeverSchema,
  /** Desired tasks before and after. */
  from: z.number(),
  to: z.number(),
  /** Value of the lever before and after. `min-capacity` may differ from the task count `from`. */
  leverFrom: z.number(),
  leverTo: z.number(),
  /** Members expected in the group once it has settled. */
  expectedMembers: z.number(),
  atMs: z.number(),
  status: z.enum(['planned', 'applied', 'verified', 'rolling-back', 'rolled-back']),
});
/**
 * A change of capacity. It is saved as `planned` before it is made, and as `rolling-back` before it
 * is undone, so that a killed run leaves a trace.
 */
export type ScalingAction = Readonly<z.infer<typeof scalingActionSchema>>;

const outcomeSchema = z.enum(['recovered', 'not-scaled', 'rolled-back', 'not-helped', 'failed']);
/** How a run ended. */
export type IncidentOutcome = z.infer<typeof outcomeSchema>;

export const incidentSchema = z.object({
  incidentId: z.string(),
  groupId: z.string(),
  openedAtMs: z.number(),
  /** Execution of the newest run; absent in incidents of an earlier version. */
  runId: z.string().exactOptional(),
  status: z.enum(['open', 'closed']),
  /** Outcome of the newest run; absent while the first run is at work. */
  outcome: outcomeSchema.exactOptional(),
  /** Oldest first; only the newest `MAX_EVENTS`. */
  events: z.array(eventSchema).readonly(),
  before: measurementSchema.exactOptional(),
  after: measurementSchema.exactOptional(),
  action: scalingActionSchema.exactOptional(),
  /**
   * Keys of the newest findings (evidence, diagnosis, plan) and of the report in the incident
   * store.
   */
  findingsKey: z.string().exactOptional(),
  reportKey: z.string().exactOptional(),
});
export type Incident = Readonly<z.infer<typeof incidentSchema>>;

/**
 * Together with `MAX_TEXT` this keeps the item below DynamoDB's 400 KB, however long an incident
 * lasts.
 */
export const MAX_EVENTS = 100;

/** A new open incident. Its id sorts by time and is safe in keys and file names. */
export function newIncident(groupId: string, runId: string, nowMs: number): Incident {
  const time = new Date(nowMs).toISOString().replace(/[-:]/g, '').replace('.', '');
  const incidentId = `${time}-${textDigest(`${groupId}/${runId}`)}`;
  return { incidentId, groupId, openedAtMs: nowMs, runId, status: 'open', events: [] };
}

/** The incident with one more line on its time line. */
export const noteEvent = (incident: Incident, event: IncidentEvent): Incident => ({
  ...incident,
  events: [...incident.events, { ...event, text: shorten(event.text) }].slice(-MAX_EVENTS),
});
