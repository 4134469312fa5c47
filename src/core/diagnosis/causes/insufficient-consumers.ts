import { fact, hasRoomForMembers, isLoadHigh } from '#core/evidence/evidence.ts';
import { type Cause, holds, rejected, undecided } from './cause.ts';
import { inEvenBranch } from './even-branch.ts';
import { evennessOf, loadFact, membersFact, ratesFact, roomFact } from './facts.ts';

/**
 * Even lag, tasks that are not short of CPU, and fewer consumers than partitions.
 *
 * A slow downstream looks the same from here. One bounded step that is verified, and rolled back when it did not
 * help, is how the two are told apart; so the confidence is never high.
 */
export const insufficientConsumers: Cause = {
  id: 'insufficient-consumers',
  title: 'too few consumers for the load',
  mayScale: true,
  advice: [
    'Run more consumers, up to the partition limit.',
    'If more consumers do not help, the records wait on something downstream: a database, an API, a lock.',
  ],
  assess: (evidence) =>
    inEvenBranch(evidence, () => {
      const { observation, service } = evidence;
      const room = hasRoomForMembers(observation);
      if (room === undefined) return undecided(roomFact(observation));
      if (!room) return rejected(roomFact(observation));
      const high = isLoadHigh(service);
      if (high) return rejected(loadFact(evidence));
      const facts = [ratesFact(observation), evennessOf(evidence), membersFact(observation), loadFact(evidence)];
      const alike = fact(
        'downstream-alike',
        'a slow downstream would look the same; the effect of scaling tells them apart',
      );
      // With the load unknown it is this cause or slow processing; both allow the same step.
      return holds(high === undefined ? 'low' : 'medium', ...facts, alike);
    }),
};
