import { isLoadHigh } from '#core/evidence/evidence.ts';
import { type Cause, holds, rejected, undecided } from './cause.ts';
import { inEvenBranch } from './even-branch.ts';
import { evennessFact, loadFact, membersFact } from './facts.ts';

/** Even lag and tasks that use nearly all of their CPU or memory. */
export const slowProcessing: Cause<'slow-processing'> = {
  id: 'slow-processing',
  title: 'the consumers use nearly all of their CPU or memory',
  response: 'scale',
  advice: [
    'Profile the processing of a record: time saved there helps every consumer.',
    'Give each task more CPU or memory. This needs a new task definition and a deployment.',
    'Add tasks, but only up to the partition limit.',
  ],
  assess: (evidence) =>
    inEvenBranch(evidence, () => {
      const { observation, service } = evidence;
      const high = isLoadHigh(service);
      if (high === undefined) return undecided(loadFact(evidence));
      return high
        ? holds('high', evennessFact(evidence), loadFact(evidence), membersFact(observation))
        : rejected(loadFact(evidence));
    }),
};
