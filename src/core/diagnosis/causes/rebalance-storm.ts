import { fact, isStorm, STORM_REBALANCES } from '#core/evidence/evidence.ts';
import { type Cause, holds, rejected, undecided } from './cause.ts';
import { evennessOf, rebalancesFact } from './facts.ts';

/** The group keeps dealing out its partitions anew, and reads little in between. */
export const rebalanceStorm: Cause = {
  id: 'rebalance-storm',
  title: 'the group rebalances over and over',
  mayScale: false,
  advice: [
    'Look for members that come and go: restarts, processing longer than max.poll.interval.ms, long pauses.',
    'Set session.timeout.ms to three or more heartbeat.interval.ms, and use CooperativeStickyAssignor or static membership.',
    'Let consumers leave the group when they shut down. More consumers make this worse.',
  ],
  assess(evidence) {
    const { observation } = evidence;
    const storm = isStorm(observation);
    if (storm === undefined) return undecided(rebalancesFact(observation));
    const limit = fact('storm-limit', `a storm from ${STORM_REBALANCES} on`, { limit: STORM_REBALANCES });
    return storm
      ? holds('high', rebalancesFact(observation), limit, evennessOf(evidence))
      : rejected(rebalancesFact(observation), limit);
  },
};
