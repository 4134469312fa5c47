import { fact, lagTrend } from '../evidence.ts';
import { type Cause, holds, rejected } from './cause.ts';
import { ratesFact } from './facts.ts';

/** First of all, since nothing below can be told from what could not be read. */
export const unreadable: Cause = {
  id: 'unreadable',
  title: 'the group could not be read well enough to tell',
  mayScale: false,
  advice: [
    'Check that every broker is up and that the watcher may describe the cluster, the group and its topics.',
    'A group seen for the first time needs two polls before its rates are known.',
  ],
  assess({ observation }) {
    const { unreadable: reason, coverage, problems, state } = observation;
    if (reason !== undefined) return holds('high', fact('group-unreadable', `the group could not be read: ${reason}`));
    if (coverage < 1) {
      const why = problems.length > 0 ? `: ${problems.slice(0, 3).join('; ')}` : '';
      const share = Math.round(coverage * 1000) / 10;
      return holds('high', fact('coverage', `${share} % of the partitions were measured${why}`, { coverage }));
    }
    if (state.kind !== 'known') return holds('high', fact('state-unknown', 'the state of the group is unknown'));
    if (state.value !== 'Empty' && state.value !== 'Dead' && lagTrend(observation) === undefined) {
      return holds('medium', ratesFact(observation));
    }
    return rejected(fact('readable', 'every partition was measured', { coverage }));
  },
};
