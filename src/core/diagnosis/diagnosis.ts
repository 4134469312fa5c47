/** Diagnosis: a pure function of one evidence record. */
import { z } from 'zod';
import { CAUSE_IDS, type Cause } from '#core/diagnosis/causes/cause.ts';
import { CAUSES } from '#core/diagnosis/causes/index.ts';
import { unexplained } from '#core/diagnosis/causes/unexplained.ts';
import { type Evidence, type Fact, fact, factSchema, TREND_FACTOR } from '#core/evidence/evidence.ts';
import { knownValue } from '#core/kafka/reading.ts';

const otherCauseSchema = z.object({
  id: z.enum(CAUSE_IDS),
  title: z.string(),
  /** `unknown`: what the cause needs could not be read, so it could not be refuted. */
  verdict: z.enum(['holds', 'rejected', 'unknown']),
  facts: z.array(factSchema),
});

export const diagnosisSchema = z.object({
  cause: z.enum(CAUSE_IDS),
  title: z.string(),
  confidence: z.enum(['high', 'medium', 'low']),
  mayScale: z.boolean(),
  facts: z.array(factSchema),
  /** What adds to the trouble without being its cause. */
  contributors: z.array(factSchema),
  advice: z.array(z.string()),
  /** Every other cause, in the order of the flowchart, with the reason it was not chosen. */
  others: z.array(otherCauseSchema),
});
export type Diagnosis = z.infer<typeof diagnosisSchema>;

/** The first cause that holds, and why each other one was not chosen. */
export function diagnose(evidence: Evidence): Diagnosis {
  const assess = (cause: Cause) => ({ cause, ...cause.assess(evidence) });
  // The end of the chart holds always: it is for what nothing else explains, and beside a cause it says nothing.
  const assessed = CAUSES.filter((cause) => cause !== unexplained).map(assess);
  const chosen = assessed.find((entry) => entry.verdict === 'holds') ?? assess(unexplained);
  const { cause, facts, confidence = 'low' } = chosen;
  return {
    cause: cause.id,
    title: cause.title,
    confidence,
    mayScale: cause.mayScale,
    facts: [...facts],
    contributors: contributorsOf(evidence),
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

/** Lasting growth of arrival goes on down the chart, noted beside the cause. */
function contributorsOf({ observation }: Evidence): Fact[] {
  const trend = knownValue(observation.rates)?.produceTrend;
  if (trend === undefined || trend.laterPerSecond <= TREND_FACTOR * trend.earlierPerSecond) return [];
  const [earlier, later] = [Math.round(trend.earlierPerSecond), Math.round(trend.laterPerSecond)];
  return [
    fact('producer-growth', `arrival grew from ${earlier}/s to ${later}/s within the window`, { earlier, later }),
  ];
}
