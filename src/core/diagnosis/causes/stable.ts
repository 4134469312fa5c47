import { isStandingStill, lagTrend } from '#core/evidence/evidence.ts';
import { type Cause, holds, rejected, undecided } from './cause.ts';
import { abandonedFacts, ratesFact, trendFact } from './facts.ts';

/** The flowchart's first question: is lag increasing? */
export const stable: Cause<'stable'> = {
  id: 'stable',
  title: 'the group is above its threshold and lag does not grow',
  response: 'hold',
  advice: [
    'The group keeps up but does not drain its backlog: decide whether the backlog matters.',
    'If the backlog matters, add consumers by hand. If not, raise the threshold.',
  ],
  assess({ observation }) {
    const trend = lagTrend(observation);
    if (trend === undefined) return undecided(trendFact(observation));
    // With nothing read and nothing produced lag is level too, but such a group does not keep up.
    if (trend !== 'level' || isStandingStill(observation)) return rejected(trendFact(observation));
    return holds('high', ratesFact(observation), ...abandonedFacts(observation));
  },
};
