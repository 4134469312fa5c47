/** The diagnosis: a pure function of one evidence record. */
import { z } from 'zod';
import { RESPONSES } from '#core/diagnosis/causes/cause.ts';
import { CAUSE_IDS, CAUSES } from '#core/diagnosis/causes/index.ts';
import { unexplained } from '#core/diagnosis/causes/unexplained.ts';
import { type Evidence, type Fact, fact, factSchema, TREND_FACTOR } from '#core/evidence/evidence.ts';
import { knownValue } from '#core/kafka/reading.ts';

const otherCauseSchema = z.object({
  id: z.enum(CAUSE_IDS),
  title: z.string(),
  /** `unknown`: part of the evidence is missing, so the cause is not refuted. */
  verdict: z.enum(['holds', 'rejected', 'unknown']),
  facts: z.array(factSchema),
});

export const diagnosisSchema = z.object({
  cause: z.enum(CAUSE_IDS),
  title: z.string(),
  confidence: z.enum(['high', 'medium', 'low']),
  response: z.enum(RESPONSES),
  facts: z.array(factSchema),
  /** What makes the lag worse without being its cause. */
  contributors: z.array(factSchema),
  advice: z.array(z.string()),
  /** Every other cause, in the order of the flowchart, with the reason against it. */
  others: z.array(otherCauseSchema),
});
export type Diagnosis = z.infer<typeof diagnosisSchema>;

/** The first cause that holds, and the reason against each other cause. */
export function diagnoseEvidence(evidence: Evidence): Diagnosis {
  const assess = (cause: (typeof CAUSES)[number]) => ({ cause, ...cause.assess(evidence) });
  // `unexplained` always holds. It counts only when no other cause does.
  const assessed = CAUSES.filter((cause) => cause !== unexplained).map(assess);
  const chosen = assessed.find((entry) => entry.verdict === 'holds') ?? assess(unexplained);
  const { cause, facts, confidence = 'low' } = chosen;
  return {
    cause: cause.id,
    title: cause.title,
    confidence,
    response: cause.response,
    facts: [...facts],
    contributors: findContributors(evidence),
    advice: [...cause.advice],
    others: assessed
      .filter((entry) => entry !== chosen)
      .map((entry) => ({
        id: entry.cause.id,
        title: entry.cause.title,
        verdict: entry.verdict,
        facts: [...entry.facts],
      })),
  };
}

/**
 * A growing produce rate is no cause of its own: the flowchart goes on, and the diagnosis notes it.
 */
function findContributors({ observation }: Evidence): Fact[] {
  const trend = knownValue(observation.rates)?.produceTrend;
  if (trend === undefined || trend.laterPerSecond <= TREND_FACTOR * trend.earlierPerSecond) return [];
  const earlier = Math.round(trend.earlierPerSecond);
  const later = Math.round(trend.laterPerSecond);
  const text = `the produce rate grew from ${earlier}/s to ${later}/s within the window`;
  return [fact('produce-rate-grew', text, { earlier, later })];
}
