import { fact } from '#core/evidence/evidence.ts';
import { knownValue } from '#core/kafka/reading.ts';
import { type Cause, holds, rejected, undecided } from './cause.ts';
import { membersFact } from './facts.ts';

/** Comes before any rate: a group without members reads nothing. */
export const noMembers: Cause<'no-members'> = {
  id: 'no-members',
  title: 'the group has no consumers',
  response: 'escalate',
  advice: [
    'Check whether tasks run and keep running. Start with their stop reasons and last logs.',
    'Check that the consumers use this group id and can reach the brokers.',
  ],
  assess({ observation, service }) {
    const members = knownValue(observation.members);
    if (members === undefined) return undecided(membersFact(observation));
    if (observation.kind === 'simple')
      return rejected(
        fact('simple-group', 'its consumers assign partitions to themselves, so brokers do not know their number'),
      );
    if (members.length > 0)
      return rejected(fact('members-present', `${members.length} members`, { members: members.length }));
    const status = knownValue(service);
    const tasks =
      status === undefined
        ? []
        : [
            fact('tasks', `${status.running} of ${status.desired} tasks run`, {
              running: status.running,
              desired: status.desired,
            }),
          ];
    return holds('high', fact('members-none', `no members; the group is ${knownValue(observation.state)}`), ...tasks);
  },
};
