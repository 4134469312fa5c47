import { type Evidence, isStandingStill, isStorm, lagEvenness } from '#core/evidence/evidence.ts';
import { type Assessment, rejected, undecided } from './cause.ts';
import { evennessOf, rebalancesFact, trendFact } from './facts.ts';

/** The branch of the flowchart for lag that lies evenly and records that are read: what its causes all need first. */
export function inEvenBranch(evidence: Evidence, assess: () => Assessment): Assessment {
  const { observation } = evidence;
  const evenness = lagEvenness(observation);
  if (evenness === undefined) return undecided(evennessOf(evidence));
  if (!evenness.even) return rejected(evennessOf(evidence));
  if (isStorm(observation)) return rejected(rebalancesFact(observation));
  // Where nothing at all is read, capacity and fetching are not what is short.
  return isStandingStill(observation) ? rejected(trendFact(observation)) : assess();
}
