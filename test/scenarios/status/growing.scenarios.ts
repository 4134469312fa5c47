/** Partitions that fall behind or recover, and those that do not count. */
import { minutes, polls } from '#test/support/groups/status.ts';
import { batches, end, every10s, growing, healthy, lagging, stopsAt } from '#test/support/groups/status-logs.ts';
import type { StatusScenario } from './scenario.ts';

export const GROWING: readonly StatusScenario[] = [
  // Warning
  {
    title: 'half of the records are read for 15 minutes: falling behind, since lag was low',
    polls: minutes(20, lagging(growing)),
    status: 'warning',
    rule: 'falling-behind',
    since: 5,
  },
  {
    title: 'half of the records are read for 6 minutes: already a warning',
    polls: minutes(
      13,
      lagging((m) => 50 + 300 * Math.max(0, m - 6)),
    ),
    status: 'warning',
    rule: 'falling-behind',
  },
  {
    title: 'half of the records are read for 2 minutes: too short for a warning',
    polls: minutes(
      20,
      lagging((m) => 50 + 300 * Math.max(0, m - 18)),
    ),
    status: 'ok',
    rule: 'keeping-up',
  },
  {
    title: 'lag of 200,000 grows, with a dip at one poll: a dip clears nothing',
    polls: minutes(
      30,
      lagging((m) => 200_000 + 300 * m - (m === 28 ? 500 : 0)),
    ),
    status: 'warning',
    rule: 'falling-behind',
  },
  {
    title: 'lag grows, and the newest poll shows a fifth less: its lows still grow',
    polls: minutes(
      30,
      lagging((m) => growing(m) * (m === 30 ? 0.8 : 1)),
    ),
    status: 'warning',
    rule: 'falling-behind',
  },
  {
    title: 'lag grows, and the newest poll shows a third: one low poll is not a recovery',
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
    title: 'lag grew, was low for long, and grows again: a new episode that starts at its own low',
    polls: minutes(
      50,
      lagging((m) => (m < 20 ? growing(m) : m < 38 ? 100 : 100 + 300 * (m - 38))),
    ),
    status: 'warning',
    rule: 'falling-behind',
    evidence: { peak: 3_700 },
  },
  {
    title: 'lag grew, fell briefly, and grows again: one episode',
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
    title: 'lag grows by 3 % of the records produced: within the tolerance',
    polls: minutes(
      30,
      lagging((m) => 1_000 + 18 * m),
    ),
    status: 'ok',
    rule: 'keeping-up',
  },
  {
    title: 'a burst of 60,000 that drains: the group never read too slowly',
    polls: minutes(30, (m) => ({
      commit: end(m) - 50 + (m < 20 ? 0 : 6_000 * (m - 20)),
      end: end(m) + (m < 20 ? 0 : 60_000),
    })),
    status: 'ok',
    rule: 'keeping-up',
  },
  {
    title: 'a level lag of 200,000: thresholds decide how much is too much',
    polls: minutes(
      30,
      lagging((m) => 200_000 + (m % 2) * 40),
    ),
    status: 'ok',
    rule: 'keeping-up',
  },
  {
    title: 'lag grows, and polls are irregular: time counts',
    polls: polls([0, 2, 2.5, 6, 7, 11, 11.2, 14, 18, 19, 20], lagging(growing)),
    status: 'warning',
    rule: 'falling-behind',
  },
  {
    title: 'lag grows, and two polls of the window could not read it: judged by the others',
    polls: minutes(20, (m) => (m === 17 || m === 12 ? {} : lagging(growing)(m))),
    status: 'warning',
    rule: 'falling-behind',
  },
  {
    title: 'polls every 10 seconds, and lag grows for 100 seconds: 10 polls are not enough time',
    polls: polls(
      every10s(12),
      lagging((m) => 50 + 300 * Math.max(0, m - 10.4)),
    ),
    status: 'ok',
    rule: 'keeping-up',
  },
  {
    title: 'polls every 5 minutes, and lag grows: a window of fewer than 3 polls is extended',
    polls: polls([0, 5, 10, 15, 20, 25], lagging(growing)),
    status: 'warning',
    rule: 'falling-behind',
  },
  {
    title: 'polls every 5 minutes, and two of them find more lag: growth needs three',
    polls: polls(
      [0, 5, 10, 15, 20, 25],
      lagging((m) => (m < 20 ? 100 : 2_000 + 60 * (m - 20))),
    ),
    status: 'ok',
    rule: 'keeping-up',
  },
  {
    title: 'a thinned past, with old polls 15 minutes apart: growth is found across the gap',
    polls: polls(
      [0, 15, 30, 45, 57, 58, 59, 60],
      lagging((m) => 1_000 + 300 * m),
    ),
    status: 'warning',
    rule: 'falling-behind',
  },
  {
    title: 'no poll for 12 minutes, and the next one finds much more lag: it may grow, so it is not ok',
    polls: polls([...Array(11).keys(), 22], (m) => lagging((at) => (at < 22 ? 50 : 4_000))(m)),
    status: 'unknown',
    rule: 'too-little-history',
  },
  {
    title: 'no poll for 12 minutes, and the next two find more lag: two polls neither prove growth nor exclude it',
    polls: polls([...Array(11).keys(), 22, 23], (m) => lagging((at) => (at < 22 ? 50 : 4_000 + 300 * (at - 22)))(m)),
    status: 'unknown',
    rule: 'too-little-history',
  },
  {
    title: 'no poll for 12 minutes, and the next three find more lag: falling behind',
    polls: polls([...Array(11).keys(), 22, 23, 24], (m) =>
      lagging((at) => (at < 22 ? 50 : 4_000 + 300 * (at - 22)))(m),
    ),
    status: 'warning',
    rule: 'falling-behind',
  },
  {
    title: 'no poll for 12 minutes, and lag is as low as before',
    polls: polls(
      [...Array(11).keys(), 22],
      lagging(() => 50),
    ),
    status: 'ok',
    rule: 'keeping-up',
  },
  {
    title: 'lag grew, and is level before and after 12 minutes without a poll: a gap clears nothing',
    polls: polls(
      [...Array(16).keys(), 27],
      lagging((m) => growing(Math.min(m, 12))),
    ),
    status: 'warning',
    rule: 'not-recovered',
  },
  // Not counted
  {
    title: 'the members read other topics: abandoned, even if its lag grows; no alarm',
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
    title: 'the group never committed here: absent, which is neither unknown nor ok',
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
