import { type Evidence, isStandingStill, isStorm, lagEvenness } from '#core/evidence/evidence.ts';
import { type Assessment, rejected, undecided } from './cause.ts';
import { evennessFact, rebalancesFact, trendFact } from './facts.ts';

/**
 * The branch of the flowchart for even lag on a group that reads. Its causes share these
 * conditions.
 */
export function inEvenBranch(evidence: Evidence, assess: () => Assessment): Assessment {
  const { observation } = evidence;
  const evenness = lagEvenness(observation);
  if (evenness === undefined) return undecided(evennessFact(evidence));
  if (!evenness.even) return rejected(evennessFact(evidence));
  if (isStorm(observation)) return rejected(rebalancesFact(observation));
  // If the group reads nothing at all, more capacity or other fetch settings do not help.
  return isStandingStill(observation) ? rejected(trendFact(observation)) : assess();
}
