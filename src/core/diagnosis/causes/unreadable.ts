import { fact, lagTrend } from '#core/evidence/evidence.ts';
import { whyMissing } from '#core/kafka/reading.ts';
import { type Cause, holds, rejected } from './cause.ts';
import { ratesFact } from './facts.ts';

/** Comes first: every other cause needs a complete reading. */
export const unreadable: Cause<'unreadable'> = {
  id: 'unreadable',
  title: 'the group could not be read completely enough for a diagnosis',
  response: 'recheck',
  advice: [
    'Check that every broker is up, and that the watcher may describe the cluster, the group and its topics.',
    'A new group needs two polls before its rates are known.',
  ],
  assess({ observation }) {
    const { unreadable: reason, coverage, problems, state, members } = observation;
    if (reason !== undefined) return holds('high', fact('group-unreadable', `the group could not be read: ${reason}`));
    const why = [whyMissing(members), ...problems.map(({ text }) => text)]
      .filter((text) => text !== undefined)
      .slice(0, 3);
    if (coverage === undefined) {
      return holds('high', fact('coverage-unknown', ['the number of its partitions is unknown', ...why].join('; ')));
    }
    if (coverage < 1) {
      const share = `${Math.round(coverage * 1000) / 10} % of the partitions were measured`;
      return holds('high', fact('coverage', [share, ...why].join('; '), { coverage }));
    }
    if (state.kind !== 'known') return holds('high', fact('state-unknown', 'the state of the group is unknown'));
    if (state.value !== 'Empty' && state.value !== 'Dead' && lagTrend(observation) === undefined) {
      return holds('medium', ratesFact(observation));
    }
    return rejected(fact('readable', 'every partition was measured', { coverage }));
  },
};
