import { ratesOfWhole } from '#core/group/past.ts';
import type { GroupView } from '#core/group/view.ts';
import { type ViewContext, type ViewedReading, viewGroup } from '#core/group/view-group.ts';
import { viewedReading } from '#core/group/view-reading.ts';
import { groupPollsOf, timedSampleOf } from '#core/history/history.ts';
import type { GroupReading } from '#core/kafka/model.ts';
import { clusterReadingOf } from './readings.ts';

/** A group at its first poll. Its age is no reason for an alarm unless a threshold says so. */
export function viewedGroup(group: GroupReading, change: Partial<ViewContext & ViewedReading> = {}): GroupView {
  const reading = clusterReadingOf(0, [group]);
  const polls = groupPollsOf([timedSampleOf(reading, group)]);
  const context = { thresholds: { lag: 100 }, isolation: 'read_uncommitted' as const, polls, windowMs: 300_000 };
  return viewGroup(group, { ...viewedReading(reading), ...change }, { ...context, ...change });
}

/**
 * A view with the fields of its past beside the others, and the rates of all partitions: easy to
 * match.
 */
export const flat = (view: GroupView) => ({ ...view, ...view.past, rates: ratesOfWhole(view.past.rates) });
