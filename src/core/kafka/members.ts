/** What the members of a group own. */
import type { GroupReading } from './model.ts';
import { knownValue } from './reading.ts';

/** Topics that some member is assigned, or about to be: under KIP-848 a partition in transit is nobody's for a moment. */
export function topicsAssigned({ members }: Pick<GroupReading, 'members'>): ReadonlySet<string> {
  const assigned = (knownValue(members) ?? []).flatMap(({ assignment, target = [] }) => [...assignment, ...target]);
  return new Set(assigned.map(({ topic }) => topic));
}
