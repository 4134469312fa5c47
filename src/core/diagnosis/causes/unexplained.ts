import { fact, isStandingStill } from '#core/evidence/evidence.ts';
import { type Cause, holds } from './cause.ts';
import { evennessOf, membersFact, ratesFact } from './facts.ts';

/** The end of the flowchart: no known cause fits, and saying so is better than guessing. */
export const unexplained: Cause = {
  id: 'unexplained',
  title: 'no known cause fits the evidence',
  mayScale: false,
  advice: [
    "Look into the consumers' logs, first those of the members that own the partitions with most lag.",
    'A single record that fails over and over, or one slow task, shows as one partition or one member that lags alone.',
  ],
  assess(evidence) {
    const { observation } = evidence;
    const still = isStandingStill(observation)
      ? [fact('standing-still', 'members own partitions and nothing is read')]
      : [];
    return holds('low', ...still, ratesFact(observation), evennessOf(evidence), membersFact(observation));
  },
};
