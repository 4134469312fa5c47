import { isStandingStill, lagTrend } from '#core/evidence/evidence.ts';
import { type Cause, holds, rejected, undecided } from './cause.ts';
import { abandonedFacts, ratesFact, trendFact } from './facts.ts';

/** The flowchart's first question: is lag increasing? */
export const stable: Cause = {
  id: 'stable',
  title: 'lag is above its threshold and does not grow',
  mayScale: false,
  advice: [
    'The group keeps up with arrival but does not catch up: decide whether this backlog matters.',
    'If it does, add consumers by hand, or raise the threshold if it does not.',
  ],
  assess({ observation }) {
    const trend = lagTrend(observation);
    if (trend === undefined) return undecided(trendFact(observation));
    // Nothing read and nothing produced is level too, but it is not a group that keeps up.
    if (trend !== 'level' || isStandingStill(observation)) return rejected(trendFact(observation));
    return holds('high', ratesFact(observation), ...abandonedFacts(observation));
  },
};
