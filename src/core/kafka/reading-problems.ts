/** What a reading could not read, in words: the same in every place that shows it. */
import type { Problem } from '#core/text/problem.ts';
import type { ClusterReading } from './model.ts';

/** Requests that failed as a whole. */
export const requestProblems = ({ problems }: Pick<ClusterReading, 'problems'>): Problem[] =>
  problems.map(({ request, broker, reason }) => ({
    id: 'request-failed',
    text: `${request} failed at ${broker}: ${reason}`,
  }));

/** Requests that failed, groups that could not be read, and groups whose members are unknown. */
export function readingProblems(reading: ClusterReading): Problem[] {
  const unknownMembers = reading.groups.flatMap(({ groupId, members }) =>
    members.kind === 'unknown' ? [{ groupId, reason: members.reason }] : [],
  );
  return [
    ...requestProblems(reading),
    ...reading.unreadableGroups.map(({ groupId, reason }) => ({
      id: 'group-unreadable' as const,
      text: `group ${JSON.stringify(groupId)} could not be read: ${reason}`,
    })),
    ...unknownMembers.map(({ groupId, reason }) => ({
      id: 'members-unknown' as const,
      text: `the members of group ${JSON.stringify(groupId)} could not be read: ${reason}`,
    })),
  ];
}
