/** Summaries of a group, for what shows them. */
import type { GroupSummary } from '#core/group/summary.ts';
import { absent, known, type Reading } from '#core/kafka/reading.ts';
import type { GroupStatusKind } from '#core/status/status.ts';
import type { Look } from '#flows/watch.ts';

/** The time of the look. */
export const LOOK_MS = Date.UTC(2026, 0, 5, 3, 0, 0);

const RULES: Record<GroupStatusKind, string> = {
  error: 'stopped',
  warning: 'falling-behind',
  unknown: 'too-little-history',
  ok: 'keeping-up',
};

/** A group that keeps up, but for what is changed. */
export const summaryOf = (change: Partial<GroupSummary> = {}): GroupSummary => ({
  group: 'billing',
  kind: known('consumer'),
  state: known('Stable'),
  status: statusOf('ok'),
  lag: known(60),
  lagAtLeast: known(60),
  worst: known({ topic: 'orders', partition: 0, lag: 60 }),
  ageMs: known(4_000),
  rates: known({
    produceRate: 20,
    consumeRate: 25.5,
    lagGrowthRate: -5.5,
    fromMs: LOOK_MS - 60_000,
    samples: 2,
  }),
  rebalances: known({ count: 0, samples: 2 }),
  timeToDrain: known({ seconds: 72, samples: 2 }),
  timeToDataLoss: absent,
  members: known(3),
  coverage: known(1),
  polls: 2,
  ...change,
});

/** A status that is so for three minutes. */
export const statusOf = (kind: GroupStatusKind): GroupSummary['status'] =>
  known({ kind, rule: RULES[kind], sinceMs: LOOK_MS - 180_000, partitions: {} });

export const lookOf = (groups: readonly GroupSummary[], change: Partial<Look> = {}): Look => ({
  atMs: LOOK_MS,
  watchedFromMs: LOOK_MS - 600_000,
  groups,
  coverage: known(1) as Reading<number>,
  problems: [],
  ...change,
});
