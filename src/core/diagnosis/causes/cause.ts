/** What a cause is. Each cause is one file, and its id is the name of the file. */
import type { Evidence, Fact } from '#core/evidence/evidence.ts';

/**
 * `high`: the evidence leaves no other known cause. `medium`: it fits best. `low`: part of it is
 * missing.
 */
export type Confidence = 'high' | 'medium' | 'low';

/**
 * What a run does about a cause. `scale`: more consumers can help; no other response changes
 * capacity. `hold`: nothing. `recheck`: observe again, then escalate. `escalate`: a person has to
 * act.
 */
export const RESPONSES = ['scale', 'hold', 'recheck', 'escalate'] as const;

/**
 * How the evidence bears on one cause. `unknown`: part of the evidence is missing, so the cause is
 * not refuted.
 */
export interface Assessment {
  readonly verdict: 'holds' | 'rejected' | 'unknown';
  readonly confidence?: Confidence;
  /** At least one; for a rejected cause the reason. */
  readonly facts: readonly Fact[];
}

export interface Cause<Id extends string = string> {
  readonly id: Id;
  /** The cause in a few words. */
  readonly title: string;
  readonly response: (typeof RESPONSES)[number];
  /** What a person should do, most important first. */
  readonly advice: readonly string[];
  assess(evidence: Evidence): Assessment;
}

export const holds = (confidence: Confidence, ...facts: Fact[]): Assessment => ({
  verdict: 'holds',
  confidence,
  facts,
});
export const rejected = (...facts: Fact[]): Assessment => ({ verdict: 'rejected', facts });
export const undecided = (...facts: Fact[]): Assessment => ({ verdict: 'unknown', facts });
