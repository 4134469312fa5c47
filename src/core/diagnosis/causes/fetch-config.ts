import { hasRoomForMembers, isLoadHigh } from '#core/evidence/evidence.ts';
import { type Cause, holds, rejected, undecided } from './cause.ts';
import { inEvenBranch } from './even-branch.ts';
import { evennessOf, loadFact, membersFact, roomFact } from './facts.ts';

/** Even lag, idle tasks, and every partition has a consumer of its own: what is left is how records are fetched. */
export const fetchConfig: Cause = {
  id: 'fetch-config',
  title: 'the consumers are neither busy nor too few: they fetch or wait badly',
  mayScale: false,
  advice: [
    'Check max.poll.records, fetch.min.bytes and fetch.max.wait.ms, and whether records are handled one by one.',
    'Check what a record waits for downstream: low CPU with lag often means waiting.',
    'The group is at its partition limit: only more partitions make more consumers useful.',
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
        : holds('medium', evennessOf(evidence), membersFact(observation), loadFact(evidence));
    }),
};
