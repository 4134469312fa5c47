import { fact, isStorm, STORM_REBALANCES } from '#core/evidence/evidence.ts';
import { type Cause, holds, rejected, undecided } from './cause.ts';
import { evennessFact, rebalancesFact } from './facts.ts';

/** The group reassigns its partitions again and again, and reads little in between. */
export const rebalanceStorm: Cause<'rebalance-storm'> = {
  id: 'rebalance-storm',
  title: 'the group rebalances again and again',
  response: 'escalate',
  advice: [
    'Find members that join and leave: restarts, processing longer than max.poll.interval.ms, long pauses.',
    'Set session.timeout.ms to at least three times heartbeat.interval.ms.',
    'Use CooperativeStickyAssignor or static membership, and close consumers when they shut down.',
    'Do not add consumers: each new member causes another rebalance.',
  ],
  assess(evidence) {
    const { observation } = evidence;
    const storm = isStorm(observation);
    if (storm === undefined) return undecided(rebalancesFact(observation));
    const limit = fact('storm-limit', `${STORM_REBALANCES} or more are a storm`, { limit: STORM_REBALANCES });
    return storm
      ? holds('high', rebalancesFact(observation), limit, evennessFact(evidence))
      : rejected(rebalancesFact(observation), limit);
  },
};
