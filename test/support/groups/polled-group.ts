import { type PolledContext, type PolledGroup, pollGroup } from '#core/group/polled.ts';
import { groupPollsOf, timedSampleOf } from '#core/history/history.ts';
import type { GroupReading } from '#core/kafka/model.ts';
import { clusterReadingOf } from './readings.ts';

/** A group as one poll sees it that has no earlier one; its age is no reason for an alarm unless a threshold says so. */
export function polledOf(group: GroupReading, change: Partial<PolledContext> = {}): PolledGroup {
  const reading = clusterReadingOf(0, [group]);
  const polls = groupPollsOf([timedSampleOf(reading, group)]);
  return pollGroup(group, {
    thresholds: { lag: 100 },
    isolation: 'read_uncommitted',
    hidden: false,
    topics: new Map(),
    polls,
    windowMs: 300_000,
    ...change,
  });
}
