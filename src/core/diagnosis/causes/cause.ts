/** What a cause is: one file each, its name the id, in an ordered list. */
import type { Evidence, Fact } from '#core/evidence/evidence.ts';

/** Stable ids, in the order in which they are asked: the flowchart's order. */
export const CAUSE_IDS = [
  'unreadable',
  'no-members',
  'deployment-in-progress',
  'stable',
  'producer-change',
  'slow-processing',
  'insufficient-consumers',
  'fetch-config',
  'hot-partition',
  'rebalance-storm',
  'unexplained',
] as const;
export type CauseId = (typeof CAUSE_IDS)[number];

/** `high`: the evidence leaves no other known cause. `medium`: it fits best. `low`: part of it is missing. */
export type Confidence = 'high' | 'medium' | 'low';

/** What one cause says of the evidence. `unknown`: what it needs could not be read, so it neither holds nor is refuted. */
export interface Assessment {
  readonly verdict: 'holds' | 'rejected' | 'unknown';
  readonly confidence?: Confidence;
  /** At least one; for a rejected cause the reason. */
  readonly facts: readonly Fact[];
}

export interface Cause {
  readonly id: CauseId;
  /** What is the matter, in a few words. */
  readonly title: string;
  /** More consumers can help. Nothing scales for any other cause. */
  readonly mayScale: boolean;
  /** What a person should do, the first thing first. */
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
