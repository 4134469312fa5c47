import { fact, isStandingStill } from '#core/evidence/evidence.ts';
import { type Cause, holds } from './cause.ts';
import { evennessFact, membersFact, ratesFact } from './facts.ts';

/** The end of the flowchart: no known cause fits. The report says so and does not guess. */
export const unexplained: Cause<'unexplained'> = {
  id: 'unexplained',
  title: 'no known cause fits the evidence',
  response: 'escalate',
  advice: [
    'Read the logs of the members that own the partitions with most lag.',
    'If one partition or one member lags alone, look for a record that fails again and again, or a slow task.',
  ],
  assess(evidence) {
    const { observation } = evidence;
    const still = isStandingStill(observation)
      ? [fact('standing-still', 'members own partitions and read nothing')]
      : [];
    return holds('low', ...still, ratesFact(observation), evennessFact(evidence), membersFact(observation));
  },
};
