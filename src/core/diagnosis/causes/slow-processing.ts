import { isLoadHigh } from '#core/evidence/evidence.ts';
import { type Cause, holds, rejected, undecided } from './cause.ts';
import { inEvenBranch } from './even-branch.ts';
import { evennessOf, loadFact, membersFact } from './facts.ts';

/** Even lag and tasks at the end of their CPU or memory. */
export const slowProcessing: Cause = {
  id: 'slow-processing',
  title: 'the consumers are at the end of their CPU or memory',
  mayScale: true,
  advice: [
    'Profile the processing of a record: work saved here helps every consumer.',
    'Give each task more CPU or memory (a new task definition, so a deployment).',
    'More tasks help only up to the partition limit.',
  ],
  assess: (evidence) =>
    inEvenBranch(evidence, () => {
      const { observation, service } = evidence;
      const high = isLoadHigh(service);
      if (high === undefined) return undecided(loadFact(evidence));
      return high
        ? holds('high', evennessOf(evidence), loadFact(evidence), membersFact(observation))
        : rejected(loadFact(evidence));
    }),
};
