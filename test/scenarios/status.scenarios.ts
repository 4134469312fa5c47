/**
 * The specification of partition statuses: what polls saw, the status, the rule that decides, and why. The window is 5
 * minutes, and 600 records arrive a minute unless told otherwise. Changing an old case needs a reason in the commit.
 */
import type { Ownership } from '../../src/core/status/facts.ts';
import type { PartitionStatusKind } from '../../src/core/status/rules.ts';
import { minutes, polls, type SeenPoll } from '../support/status.ts';

export interface StatusScenario {
  readonly title: string;
  readonly polls: readonly SeenPoll[];
  /** Left out: a member owns the partition. */
  readonly ownership?: Ownership;
  readonly status: PartitionStatusKind;
  readonly rule: string;
  /** Minute since which it is so. */
  readonly since?: number;
  readonly evidence?: Readonly<Record<string, number>>;
}

const end = (minute: number) => 100_000 + 600 * minute;
/** Reads what arrives, 50 records behind. */
const healthy = (minute: number) => ({ commit: end(minute) - 50, end: end(minute) });
/** Healthy up to a minute, and then no commit any more. */
const stopsAt = (last: number) => (minute: number) => ({ commit: end(Math.min(minute, last)) - 50, end: end(minute) });
/** A lag, while 600 records a minute arrive. */
const lagging = (lag: (minute: number) => number) => (minute: number) => ({
  commit: end(minute) - lag(minute),
  end: end(minute),
});
/** Commits every `period` minutes what was read until then. */
const batches = (period: number) => (minute: number) => ({ commit: end(minute - (minute % period)), end: end(minute) });
/** Lag grows by 300 a minute from minute 5 on. */
const growing = (minute: number) => 50 + 300 * Math.max(0, minute - 5);
const every10s = (last: number) => Array.from({ length: last * 6 + 1 }, (_, i) => i / 6);

export const STATUS_SCENARIOS: readonly StatusScenario[] = [
  // Caught up
  {
    title: 'everything is read, seen once: ok, since that is a fact and no forecast',
    polls: minutes(0, () => ({ commit: 500, end: 500 })),
    status: 'ok',
    rule: 'caught-up',
    evidence: { lag: 0, samples: 1 },
  },
  {
    title: 'everything is read, and nobody owns the partition for an hour: ok, there is nothing to be stopped at',
    polls: minutes(60, () => ({ commit: 500, end: 500 })),
    ownership: 'unowned',
    status: 'ok',
    rule: 'caught-up',
    since: 0,
  },
  {
    title: 'read to the end after an outage: ok at once, whatever came before; since the poll that saw it',
    polls: minutes(20, (m) => (m < 19 ? stopsAt(5)(m) : { commit: end(m), end: end(m) })),
    status: 'ok',
    rule: 'caught-up',
    since: 19,
  },
  {
    title: 'retention deleted all that was unread: nothing can be read, so ok; what is lost is a condition of its own',
    polls: minutes(20, () => ({ commit: 400, end: 500, start: 500 })),
    status: 'ok',
    rule: 'caught-up',
  },
  {
    title: 'an operator skips to the end: caught up, and no rewind',
    polls: minutes(20, (m) => ({ commit: m < 15 ? 1_000 : end(m), end: end(m) })),
    status: 'ok',
    rule: 'caught-up',
    since: 15,
  },
  // Stopped
  {
    title: 'commits end 5 minutes ago and no member is left: stopped, since the last commit that moved',
    polls: minutes(20, stopsAt(15)),
    ownership: 'unowned',
    status: 'stopped',
    rule: 'stopped',
    since: 15,
    evidence: { lag: 3_050, stillSeconds: 300, patienceSeconds: 300, samples: 6 },
  },
  {
    title: 'commits end 4 minutes ago: not yet, a deployment takes as long',
    polls: minutes(20, stopsAt(16)),
    ownership: 'unowned',
    status: 'ok',
    rule: 'keeping-up',
  },
  {
    title: 'the producer is stopped too, with 100 records unread: stopped all the same',
    polls: minutes(20, (m) => ({ commit: Math.min(m, 10) * 10, end: 200 })),
    ownership: 'unowned',
    status: 'stopped',
    rule: 'stopped',
    since: 10,
  },
  {
    title: 'idle for an hour, then a record 2 minutes ago: the rest counts from the record, not from the last commit',
    polls: minutes(60, (m) => ({ commit: 500, end: m < 58 ? 500 : 501 })),
    ownership: 'unowned',
    status: 'ok',
    rule: 'keeping-up',
  },
  {
    title: 'idle for an hour, then a record 10 minutes ago that nobody reads: stopped since then',
    polls: minutes(60, (m) => ({ commit: 500, end: m < 50 ? 500 : 501 })),
    ownership: 'unowned',
    status: 'stopped',
    rule: 'stopped',
    since: 50,
  },
  {
    title: 'never seen to move in 6 minutes of history: unknown, a job that commits every 10 minutes looks alike',
    polls: minutes(6, stopsAt(-60)),
    ownership: 'unowned',
    status: 'unknown',
    rule: 'too-little-history',
    since: 0,
  },
  {
    title: 'never seen to move in 9 minutes: lag grows for sure, so a warning already',
    polls: minutes(9, stopsAt(-60)),
    ownership: 'unowned',
    status: 'warning',
    rule: 'falling-behind',
  },
  {
    title: 'never seen to move in 10 minutes, twice the window: stopped',
    polls: minutes(10, stopsAt(-60)),
    ownership: 'unowned',
    status: 'stopped',
    rule: 'stopped',
    since: 0,
    evidence: { patienceSeconds: 600 },
  },
  {
    title: 'a job commits every 10 minutes and rests for 9: its habit',
    polls: minutes(59, batches(10)),
    status: 'ok',
    rule: 'keeping-up',
  },
  {
    title: 'a job that commits every 10 minutes rests for 19: stopped, twice its habit',
    polls: minutes(59, (m) => ({ commit: batches(10)(Math.min(m, 40)).commit, end: end(m) })),
    ownership: 'unowned',
    status: 'stopped',
    rule: 'stopped',
  },
  {
    title:
      'an outage of half an hour, and then another: the first is no habit, so the second is stopped after 5 minutes',
    polls: minutes(60, (m) => (m < 40 ? stopsAt(5)(m) : stopsAt(55)(m))),
    ownership: 'unowned',
    status: 'stopped',
    rule: 'stopped',
    since: 55,
  },
  {
    title: 'the poller was away: two polls 8 minutes apart with one commit between them; it did not move in between',
    polls: polls([0, 1, 2, 3, 4, 5, 6, 7, 8, 16], stopsAt(8)),
    ownership: 'unowned',
    status: 'stopped',
    rule: 'stopped',
    since: 8,
  },
  {
    title: 'polls every 10 seconds, and 2 minutes without a commit: 12 polls are no reason, time is',
    polls: polls(every10s(12), stopsAt(10)),
    ownership: 'unowned',
    status: 'ok',
    rule: 'keeping-up',
  },
  {
    title: 'polls every 10 seconds, and 5 minutes without a commit: stopped',
    polls: polls(every10s(15), stopsAt(10)),
    ownership: 'unowned',
    status: 'stopped',
    rule: 'stopped',
    since: 10,
  },
  {
    title: 'polls every 5 minutes: stopped at the first poll that finds the commit where it was',
    polls: polls([0, 5, 10, 15, 20, 25], stopsAt(20)),
    ownership: 'unowned',
    status: 'stopped',
    rule: 'stopped',
    since: 20,
  },
  {
    title: 'nobody owns the partition for 2 minutes of a rebalance: not stopped',
    polls: minutes(20, stopsAt(18)),
    ownership: 'unowned',
    status: 'ok',
    rule: 'keeping-up',
  },
  {
    title: 'a storm of rebalances in which nothing is committed for 6 minutes: nobody reads, so stopped',
    polls: minutes(20, stopsAt(14)),
    ownership: 'unowned',
    status: 'stopped',
    rule: 'stopped',
    since: 14,
  },
  {
    title: 'an offset that could not be read amid a standstill breaks none: what is equal on both sides did not move',
    polls: minutes(20, (m) => (m === 17 ? { end: end(m) } : stopsAt(14)(m))),
    ownership: 'unowned',
    status: 'stopped',
    rule: 'stopped',
    since: 14,
  },
  // Stalled
  {
    title:
      'a member owns the partition, and nothing is committed for 5 minutes: stalled, a poison record or a hung consumer',
    polls: minutes(20, stopsAt(15)),
    status: 'stalled',
    rule: 'stalled',
    since: 15,
  },
  {
    title: 'who owns the partition is not known: stalled, and never ok for want of knowing',
    polls: minutes(20, stopsAt(15)),
    ownership: 'unknown',
    status: 'stalled',
    rule: 'stalled',
  },
  {
    title:
      'one offset at the end is never read, nothing arrives, a member lives: it may be a marker, which no consumer gets',
    polls: minutes(60, () => ({ commit: 499, end: 500 })),
    status: 'ok',
    rule: 'possibly-only-markers',
    since: 0,
  },
  {
    title: 'one offset at the end is never read behind an open transaction: a record that waits for it, and no marker',
    polls: minutes(60, () => ({ commit: 499, end: 500, stable: 499 })),
    status: 'stalled',
    rule: 'stalled',
    since: 0,
  },
  {
    title: 'five offsets at the end are never read: more than markers of a few producers, so stalled',
    polls: minutes(60, () => ({ commit: 495, end: 500 })),
    status: 'stalled',
    rule: 'stalled',
  },
  {
    title: 'a few are unread and records arrive: no tail of markers',
    polls: minutes(60, (m) => ({ commit: 496, end: m < 40 ? 498 : 500 })),
    status: 'stalled',
    rule: 'stalled',
  },
  {
    title: 'one offset at the end is never read and nobody owns the partition: stopped, nobody would read it',
    polls: minutes(60, () => ({ commit: 499, end: 500 })),
    ownership: 'unowned',
    status: 'stopped',
    rule: 'stopped',
  },
  {
    title: 'a single record a minute gets through of 600: it moves, and is far from ok',
    polls: minutes(20, (m) => ({ commit: m < 5 ? end(m) : end(5) + m, end: end(m) })),
    status: 'warning',
    rule: 'falling-behind',
  },
  // Rewound
  {
    title: 'reset to the beginning 3 minutes ago and reading again: rewound, by so many records',
    polls: minutes(20, (m) => ({ commit: m < 17 ? end(m) - 50 : 5_000 * (m - 16), end: end(m) })),
    status: 'rewound',
    rule: 'rewound',
    since: 17,
    evidence: { back: end(16) - 50 - 20_000, samples: 4 },
  },
  {
    title:
      'seen at the newest poll alone: not yet, a late commit of a member that lost the partition is made up for at once',
    polls: minutes(20, (m) => ({ commit: m < 20 ? end(m) - 50 : end(m) - 5_000, end: end(m) })),
    status: 'ok',
    rule: 'keeping-up',
  },
  {
    title: 'a step back that the next poll has made up for: nothing happened',
    polls: minutes(20, (m) => ({ commit: m === 18 ? end(m) - 5_000 : end(m) - 50, end: end(m) })),
    status: 'ok',
    rule: 'keeping-up',
  },
  {
    title: 'replayed and further than before: over',
    polls: minutes(40, (m) => ({ commit: m > 15 && m < 25 ? 8_000 * (m - 15) : end(m) - 50, end: end(m) })),
    status: 'ok',
    rule: 'keeping-up',
  },
  {
    title: 'rewound, and no commit since for 5 minutes: stalled, which is worse than reading once more',
    polls: minutes(20, (m) => ({ commit: m < 15 ? end(m) - 50 : 1_000, end: end(m) })),
    status: 'stalled',
    rule: 'stalled',
    since: 15,
  },
  // Another log
  {
    title:
      'the topic was made again 3 minutes ago: what was before is another log, so no rewind, and too little to judge by',
    polls: minutes(20, (m) =>
      m < 17 ? { ...healthy(m), topicId: 'a' } : { commit: 10 * m, end: 20 * m, topicId: 'b' },
    ),
    status: 'unknown',
    rule: 'too-little-history',
    since: 17,
  },
  {
    title: 'the topic was made again 12 minutes ago: judged by the new log alone',
    polls: minutes(30, (m) => ({ ...healthy(m), topicId: m < 18 ? 'a' : 'b' })),
    status: 'ok',
    rule: 'keeping-up',
  },
  {
    title: 'the log ends before where it ended, and no topic id is told: another log too',
    polls: minutes(20, (m) => (m < 17 ? healthy(m) : { commit: 10 * m, end: 20 * m })),
    status: 'unknown',
    rule: 'too-little-history',
    since: 17,
  },
  {
    title: 'a poll that was not told the topic id breaks nothing',
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
    title: 'stopped until it could not be read any more: unknown, which is not ok',
    polls: minutes(20, (m) => (m < 20 ? stopsAt(5)(m) : {})),
    ownership: 'unowned',
    status: 'unknown',
    rule: 'unreadable',
  },
  {
    title: 'lag, seen once: too little to tell which way it goes',
    polls: minutes(0, healthy),
    status: 'unknown',
    rule: 'too-little-history',
    evidence: { lag: 50, historySeconds: 0, samples: 1 },
  },
  {
    title: 'lag that falls for 5 minutes, and no more history: too little, ok is not given on credit',
    polls: minutes(
      5,
      lagging((m) => 9_000 - 1_000 * m),
    ),
    status: 'unknown',
    rule: 'too-little-history',
  },
  {
    title: 'a commit beyond the end: the lag is unknown, and no number of it is ok',
    polls: minutes(20, () => ({ commit: 700, end: 500 })),
    status: 'unknown',
    rule: 'commit-beyond-end',
    since: 0,
    evidence: { beyond: 200 },
  },
  {
    title: 'the clock was set back 4 polls ago: what time passed across that is not known, so too little',
    polls: [...minutes(20, healthy), ...polls([10, 11, 12, 13], healthy)],
    status: 'unknown',
    rule: 'too-little-history',
    since: 10,
  },
  {
    title: 'the clock was set forward by an hour: what came before reads as an hour ago, and healthy is healthy',
    polls: [...minutes(20, healthy), ...polls([81, 82, 83], (m) => healthy(m - 60))],
    status: 'ok',
    rule: 'keeping-up',
  },
  // Warning
  {
    title: 'half of what arrives is read for 15 minutes: falling behind, since lag was low',
    polls: minutes(20, lagging(growing)),
    status: 'warning',
    rule: 'falling-behind',
    since: 5,
  },
  {
    title: 'half of what arrives is read for 6 minutes: found by now',
    polls: minutes(
      13,
      lagging((m) => 50 + 300 * Math.max(0, m - 6)),
    ),
    status: 'warning',
    rule: 'falling-behind',
  },
  {
    title: 'half of what arrives is read for 2 minutes: a hiccup',
    polls: minutes(
      20,
      lagging((m) => 50 + 300 * Math.max(0, m - 18)),
    ),
    status: 'ok',
    rule: 'keeping-up',
  },
  {
    title: 'lag of 200,000 grows, and one poll shows less than the one before: a dip clears nothing',
    polls: minutes(
      30,
      lagging((m) => 200_000 + 300 * m - (m === 28 ? 500 : 0)),
    ),
    status: 'warning',
    rule: 'falling-behind',
  },
  {
    title: 'lag grows, and the newest poll shows a fifth less: it grows all the same, its lows do',
    polls: minutes(
      30,
      lagging((m) => growing(m) * (m === 30 ? 0.8 : 1)),
    ),
    status: 'warning',
    rule: 'falling-behind',
  },
  {
    title: 'lag grows, and the newest poll shows a third: well below for a moment is not recovered',
    polls: minutes(
      30,
      lagging((m) => growing(m) * (m === 30 ? 0.3 : 1)),
    ),
    status: 'warning',
    rule: 'not-recovered',
    evidence: { peak: growing(29) },
  },
  {
    title: 'lag grew and is level now, at its peak: not recovered',
    polls: minutes(
      40,
      lagging((m) => growing(Math.min(m, 25))),
    ),
    status: 'warning',
    rule: 'not-recovered',
  },
  {
    title: 'lag grew, and drains with 70 % of the peak left: not recovered',
    polls: minutes(
      30,
      lagging((m) => (m < 25 ? growing(m) : growing(24) * (1 - 0.05 * (m - 24)))),
    ),
    status: 'warning',
    rule: 'not-recovered',
  },
  {
    title: 'lag grew, and has been below half of its peak for 3 minutes: over',
    polls: minutes(
      30,
      lagging((m) => (m < 20 ? growing(m) : growing(19) * Math.max(0.2, 0.9 - 0.1 * (m - 20)))),
    ),
    status: 'ok',
    rule: 'keeping-up',
  },
  {
    title: 'lag grew, was low for long, and grows again: a new episode, since its own low',
    polls: minutes(
      50,
      lagging((m) => (m < 20 ? growing(m) : m < 38 ? 100 : 100 + 300 * (m - 38))),
    ),
    status: 'warning',
    rule: 'falling-behind',
    evidence: { peak: 3_700 },
  },
  {
    title: 'lag grew, came down, and grows again before it was well below for long: one episode',
    polls: minutes(
      30,
      lagging((m) => (m < 25 ? growing(m) : 2_000 + 550 * (m - 25))),
    ),
    status: 'warning',
    rule: 'not-recovered',
    since: 5,
    evidence: { peak: growing(24) },
  },
  {
    title: 'lag swings between 0 and 1,200, since commits come every 3 minutes: its lows do not rise',
    polls: minutes(44, batches(3)),
    status: 'ok',
    rule: 'keeping-up',
  },
  {
    title: 'lag grows by 3 % of what arrives: within what the timing of polls makes of it',
    polls: minutes(
      30,
      lagging((m) => 1_000 + 18 * m),
    ),
    status: 'ok',
    rule: 'keeping-up',
  },
  {
    title: 'a burst of 60,000 that drains by itself: it was never read too slowly',
    polls: minutes(30, (m) => ({
      commit: end(m) - 50 + (m < 20 ? 0 : 6_000 * (m - 20)),
      end: end(m) + (m < 20 ? 0 : 60_000),
    })),
    status: 'ok',
    rule: 'keeping-up',
  },
  {
    title: 'lag of 200,000 that is level: how much is too much is for thresholds to say',
    polls: minutes(
      30,
      lagging((m) => 200_000 + (m % 2) * 40),
    ),
    status: 'ok',
    rule: 'keeping-up',
  },
  {
    title: 'lag grows, and polls come as they like: time counts',
    polls: polls([0, 2, 2.5, 6, 7, 11, 11.2, 14, 18, 19, 20], lagging(growing)),
    status: 'warning',
    rule: 'falling-behind',
  },
  {
    title: 'lag grows, and two polls of the window could not be read: judged by the others',
    polls: minutes(20, (m) => (m === 17 || m === 12 ? {} : lagging(growing)(m))),
    status: 'warning',
    rule: 'falling-behind',
  },
  {
    title: 'polls every 10 seconds, and lag grows for 100 seconds: 10 polls are no reason',
    polls: polls(
      every10s(12),
      lagging((m) => 50 + 300 * Math.max(0, m - 10.4)),
    ),
    status: 'ok',
    rule: 'keeping-up',
  },
  {
    title: 'polls every 5 minutes, and lag grows: a window of fewer than 3 polls is made longer',
    polls: polls([0, 5, 10, 15, 20, 25], lagging(growing)),
    status: 'warning',
    rule: 'falling-behind',
  },
  {
    title: 'polls every 5 minutes, and two of them find more lag: two make no growth, three do',
    polls: polls(
      [0, 5, 10, 15, 20, 25],
      lagging((m) => (m < 20 ? 100 : 2_000 + 60 * (m - 20))),
    ),
    status: 'ok',
    rule: 'keeping-up',
  },
  {
    title: 'a thinned past: minutes lately, 15 minutes apart before; growth is found across the gap',
    polls: polls(
      [0, 15, 30, 45, 57, 58, 59, 60],
      lagging((m) => 1_000 + 300 * m),
    ),
    status: 'warning',
    rule: 'falling-behind',
  },
  // Of which nothing is asked
  {
    title: 'the members read other topics: abandoned, however its lag grows; nobody is to be woken',
    polls: minutes(60, stopsAt(-60)),
    ownership: 'abandoned',
    status: 'abandoned',
    rule: 'abandoned',
  },
  {
    title: 'abandoned and unreadable: abandoned',
    polls: minutes(3, () => ({})),
    ownership: 'abandoned',
    status: 'abandoned',
    rule: 'abandoned',
  },
  {
    title: 'the group never committed here: absent, which is not unknown and not ok',
    polls: minutes(20, (m) => ({ commit: 'none' as const, end: end(m) })),
    status: 'uncommitted',
    rule: 'uncommitted',
    since: 0,
  },
  {
    title: 'its commits expired 3 polls ago: uncommitted since',
    polls: minutes(20, (m) => (m < 18 ? healthy(m) : { commit: 'none' as const, end: end(m) })),
    status: 'uncommitted',
    rule: 'uncommitted',
    since: 18,
  },
];
