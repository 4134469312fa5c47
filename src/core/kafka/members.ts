import type { GroupReading } from './model.ts';
import { knownValue } from './reading.ts';

/**
 * Topics that are assigned to a member, or will be: under KIP-848 a partition in transit has no
 * owner for a moment. Empty when the members are not known.
 */
export function topicsAssigned({ members }: Pick<GroupReading, 'members'>): ReadonlySet<string> {
  const assigned = (knownValue(members) ?? []).flatMap(({ assignment, target = [] }) => [...assignment, ...target]);
  return new Set(assigned.map(({ topic }) => topic));
}
