/** The findings about a group: the object that `diagnose` stores and later steps read. */
import { z } from 'zod';
import { diagnosisSchema } from '#core/diagnosis/diagnosis.ts';
import { evidenceSchema } from '#core/evidence/evidence.ts';
import { planSchema } from './scaling-plan.ts';

export const findingsSchema = z.object({ evidence: evidenceSchema, diagnosis: diagnosisSchema, plan: planSchema });
/** The part that a scaling needs. A version that changes the rest does not stop the scaling. */
export const plannedSchema = findingsSchema.pick({ plan: true });
export type Findings = z.infer<typeof findingsSchema>;
