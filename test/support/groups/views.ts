/** Views of a group, for what shows them. */
import type { GroupPast } from '#core/group/past.ts';
import type { GroupView } from '#core/group/view.ts';
import { unknownGroup } from '#core/group/view-reading.ts';
import { absent, known, type Reading } from '#core/kafka/reading.ts';
import type { GroupStatusKind } from '#core/status/status.ts';
import type { WatchedCluster } from '#flows/watch.ts';

/** The time of the poll. */
export const POLL_MS = Date.UTC(2026, 0, 5, 3, 0, 0);

const RULES: Record<GroupStatusKind, string> = {
  error: 'stopped',
  warning: 'falling-behind',
  unknown: 'too-little-history',
  ok: 'keeping-up',
};

const PAST: GroupPast = {
  rates: known({
    produceRate: 20,
    consumeRate: 25.5,
    lagGrowthRate: -5.5,
    fromMs: POLL_MS - 60_000,
    toMs: POLL_MS,
    samples: 2,
    leftOut: 0,
    partitions: [],
  }),
  rebalances: known({ count: 0, samples: 2 }),
  timeToDrain: known({ seconds: 72, samples: 2 }),
  timeToDataLoss: absent,
};

/** A group that keeps up, but for what is changed, in its past too. */
export const viewOf = (change: Partial<GroupView & GroupPast> = {}): GroupView => {
  const { rates, rebalances, timeToDrain, timeToDataLoss, ...rest } = { ...PAST, ...change };
  const past = { rates, rebalances, timeToDrain, timeToDataLoss };
  return {
    ...unknownGroup('billing', POLL_MS, 'not read'),
    source: 'read',
    kind: known('consumer'),
    state: known('Stable'),
    status: statusOf('ok'),
    lag: known(60),
    lagAtLeast: known(60),
    worst: known({ topic: 'orders', partition: 0, lag: 60 }),
    ageMs: known(4_000),
    past,
    pastOfRead: past,
    memberCount: known(3),
    coverage: known(1),
    polls: 2,
    ...rest,
  };
};

/** A status that has lasted for three minutes. */
export const statusOf = (kind: GroupStatusKind): GroupView['status'] =>
  known({ kind, rule: RULES[kind], sinceMs: POLL_MS - 180_000, partitions: {} });

export const watchedOf = (groups: readonly GroupView[], change: Partial<WatchedCluster> = {}): WatchedCluster => ({
  atMs: POLL_MS,
  watchedFromMs: POLL_MS - 600_000,
  groups,
  coverage: known(1) as Reading<number>,
  problems: [],
  ...change,
});
