import { hasRoomForMembers, isLoadHigh } from '#core/evidence/evidence.ts';
import { type Cause, holds, rejected, undecided } from './cause.ts';
import { inEvenBranch } from './even-branch.ts';
import { evennessFact, loadFact, membersFact, roomFact } from './facts.ts';

/**
 * Even lag, idle tasks, and a consumer for each partition: the way of fetching is left as the
 * cause.
 */
export const fetchConfig: Cause<'fetch-config'> = {
  id: 'fetch-config',
  title: 'the consumers are idle and enough: fetching or waiting limits them',
  response: 'escalate',
  advice: [
    'Check max.poll.records, fetch.min.bytes and fetch.max.wait.ms. Process records in batches.',
    'Check downstream systems: low CPU with lag often means that consumers wait.',
    'The group is at its partition limit. More consumers help only after you add partitions.',
  ],
  assess: (evidence) =>
    inEvenBranch(evidence, () => {
      const { observation, service } = evidence;
      const room = hasRoomForMembers(observation);
      if (room === undefined) return undecided(roomFact(observation));
      if (room) return rejected(roomFact(observation));
      const high = isLoadHigh(service);
      if (high === undefined) return undecided(loadFact(evidence));
      return high
        ? rejected(loadFact(evidence))
        : holds('medium', evennessFact(evidence), membersFact(observation), loadFact(evidence));
    }),
};
