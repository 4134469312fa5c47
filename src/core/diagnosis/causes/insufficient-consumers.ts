import { fact, hasRoomForMembers, isLoadHigh } from '#core/evidence/evidence.ts';
import { type Cause, holds, rejected, undecided } from './cause.ts';
import { inEvenBranch } from './even-branch.ts';
import { evennessFact, loadFact, membersFact, ratesFact, roomFact } from './facts.ts';

/**
 * Even lag, tasks with CPU to spare, and fewer consumers than partitions.
 *
 * A slow downstream system looks the same, so the confidence is never high. The run separates the
 * two by one bounded step that it verifies, and rolls back when it did not help.
 */
export const insufficientConsumers: Cause<'insufficient-consumers'> = {
  id: 'insufficient-consumers',
  title: 'too few consumers for the load',
  response: 'scale',
  advice: [
    'Run more consumers, up to the partition limit.',
    'If more consumers do not help, check what the consumers wait for: a database, an API, a lock.',
  ],
  assess: (evidence) =>
    inEvenBranch(evidence, () => {
      const { observation, service } = evidence;
      const room = hasRoomForMembers(observation);
      if (room === undefined) return undecided(roomFact(observation));
      if (!room) return rejected(roomFact(observation));
      const high = isLoadHigh(service);
      if (high) return rejected(loadFact(evidence));
      const facts = [ratesFact(observation), evennessFact(evidence), membersFact(observation), loadFact(evidence)];
      const alike = fact(
        'downstream-alike',
        'a slow downstream system would look the same; only the effect of scaling separates the two',
      );
      // With unknown load the cause is this one or slow processing. Both allow the same step.
      return holds(high === undefined ? 'low' : 'medium', ...facts, alike);
    }),
};
