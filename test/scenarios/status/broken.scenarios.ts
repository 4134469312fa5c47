/** Partitions whose past has a break or is too short: rewound, another log, unknown. */
import { minutes, polls } from '#test/support/groups/status.ts';
import { end, healthy, lagging, stopsAt } from '#test/support/groups/status-logs.ts';
import type { StatusScenario } from './scenario.ts';

export const BROKEN: readonly StatusScenario[] = [
  // Rewound
  {
    title: 'reset to the beginning 3 minutes ago and reading again: rewound, with the number of records',
    polls: minutes(20, (m) => ({ commit: m < 17 ? end(m) - 50 : 5_000 * (m - 16), end: end(m) })),
    status: 'rewound',
    rule: 'rewound',
    since: 17,
    evidence: { back: end(16) - 50 - 20_000, samples: 4 },
  },
  {
    title:
      'seen only by the newest poll: not rewound yet, since the next commit corrects a late commit of a member that left',
    polls: minutes(20, (m) => ({ commit: m < 20 ? end(m) - 50 : end(m) - 5_000, end: end(m) })),
    status: 'ok',
    rule: 'keeping-up',
  },
  {
    title: 'a step back that was over at the next poll: ok',
    polls: minutes(20, (m) => ({ commit: m === 18 ? end(m) - 5_000 : end(m) - 50, end: end(m) })),
    status: 'ok',
    rule: 'keeping-up',
  },
  {
    title: 'replayed past the old position: the rewind is over',
    polls: minutes(40, (m) => ({ commit: m > 15 && m < 25 ? 8_000 * (m - 15) : end(m) - 50, end: end(m) })),
    status: 'ok',
    rule: 'keeping-up',
  },
  {
    title: 'rewound 5 minutes ago and no commit since: stalled, which is worse than reading again',
    polls: minutes(20, (m) => ({ commit: m < 15 ? end(m) - 50 : 1_000, end: end(m) })),
    status: 'stalled',
    rule: 'stalled',
    since: 15,
  },
  // Another log
  {
    title: 'recreated 3 minutes ago: older polls are of another log, so there is no rewind and too little history',
    polls: minutes(20, (m) =>
      m < 17 ? { ...healthy(m), topicId: 'a' } : { commit: 10 * m, end: 20 * m, topicId: 'b' },
    ),
    status: 'unknown',
    rule: 'too-little-history',
    since: 17,
  },
  {
    title: 'recreated 12 minutes ago: judged by the new log alone',
    polls: minutes(30, (m) => ({ ...healthy(m), topicId: m < 18 ? 'a' : 'b' })),
    status: 'ok',
    rule: 'keeping-up',
  },
  {
    title: 'the log ends before its previous end, without a topic id: another log too',
    polls: minutes(20, (m) => (m < 17 ? healthy(m) : { commit: 10 * m, end: 20 * m })),
    status: 'unknown',
    rule: 'too-little-history',
    since: 17,
  },
  {
    title: 'a poll without the topic id is not a break',
    polls: minutes(20, (m) => ({ ...healthy(m), ...(m === 10 ? {} : { topicId: 'a' }) })),
    status: 'ok',
    rule: 'keeping-up',
  },
  // Unknown
  {
    title: 'the end of the log could not be read now: unknown, though all was well a minute ago',
    polls: minutes(20, (m) => (m < 20 ? healthy(m) : { commit: 7 })),
    status: 'unknown',
    rule: 'unreadable',
    since: 20,
  },
  {
    title: 'the commit could not be read for 3 polls: unknown since the first of them',
    polls: minutes(20, (m) => (m < 18 ? healthy(m) : { end: end(m) })),
    status: 'unknown',
    rule: 'unreadable',
    since: 18,
  },
  {
    title: 'stopped, then unreadable: unknown, which is not ok',
    polls: minutes(20, (m) => (m < 20 ? stopsAt(5)(m) : {})),
    ownership: 'unowned',
    status: 'unknown',
    rule: 'unreadable',
  },
  {
    title: 'lag at a single poll: too little history for a trend',
    polls: minutes(0, healthy),
    status: 'unknown',
    rule: 'too-little-history',
    evidence: { lag: 50, historySeconds: 0, samples: 1 },
  },
  {
    title: 'lag that falls for 5 minutes, without more history: too little, since ok needs evidence',
    polls: minutes(
      5,
      lagging((m) => 9_000 - 1_000 * m),
    ),
    status: 'unknown',
    rule: 'too-little-history',
  },
  {
    title: 'a commit beyond the end: the lag is unknown, which is never ok',
    polls: minutes(20, () => ({ commit: 700, end: 500 })),
    status: 'unknown',
    rule: 'commit-beyond-end',
    since: 0,
    evidence: { beyond: 200 },
  },
  {
    title: 'the clock was set back 4 polls ago: the time across it is unknown, so too little history',
    polls: [...minutes(20, healthy), ...polls([10, 11, 12, 13], healthy)],
    status: 'unknown',
    rule: 'too-little-history',
    since: 10,
  },
  {
    title: 'the clock was set forward by an hour: older polls look an hour old, and the group is still ok',
    polls: [...minutes(20, healthy), ...polls([81, 82, 83], (m) => healthy(m - 60))],
    status: 'ok',
    rule: 'keeping-up',
  },
];
