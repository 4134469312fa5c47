/** What a look at a group came to: the object that `diagnose` stores and later steps read. */
import { z } from 'zod';
import { diagnosisSchema } from '#core/diagnosis/diagnosis.ts';
import { evidenceSchema } from '#core/evidence/evidence.ts';
import { planSchema } from './scaling-plan.ts';

export const findingsSchema = z.object({ evidence: evidenceSchema, diagnosis: diagnosisSchema, plan: planSchema });
/** What a scaling needs of them: a version that changes the rest does not stand in its way. */
export const plannedSchema = findingsSchema.pick({ plan: true });
export type Findings = z.infer<typeof findingsSchema>;
