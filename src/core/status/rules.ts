/**
 * The rules that give a partition its status. Windows are of time, not of a number of commits or
 * polls. The rules are based on the evaluator of Burrow, without the faults that its users report:
 * a dip does not clear a warning, a topic without subscribers is not stopped, and what cannot be
 * judged is unknown.
 *
 * Rules read only the offset of a commit, so a commit that repeats its offset looks like none.
 * Whether a member owns the partition distinguishes `stopped` from `stalled`.
 *
 * @see test/scenarios/status/status.scenarios.ts — the specification
 */
import { MOST_MARKERS } from '#core/lag/conditions.ts';
import type { PartitionFacts, ReadFacts } from './facts.ts';
import { since, trailingFrom } from './past.ts';

/**
 * Every status of a partition, the worst first. The last two count for nothing: no consumer should
 * read there.
 */
export const PARTITION_STATUSES = [
  'stopped',
  'stalled',
  'rewound',
  'warning',
  'unknown',
  'ok',
  'abandoned',
  'uncommitted',
] as const;
export type PartitionStatusKind = (typeof PARTITION_STATUSES)[number];

/** What a rule found. */
export interface Finding {
  /** How long the rule has matched, as far back as history reaches: start, epoch ms. */
  readonly sinceMs: number;
  /** The numbers that the rule used, by name. */
  readonly evidence: Readonly<Record<string, number>>;
}

interface StatusRule {
  /** Stable id. */
  readonly id: string;
  /** Status of a partition that matches. */
  readonly kind: PartitionStatusKind;
  /** When the rule matches, in one sentence for people. */
  readonly meaning: string;
  /** Undefined when the rule does not match. */
  readonly find: (facts: PartitionFacts) => Finding | undefined;
}

const seconds = (ms: number): number => Math.round(ms / 1000);

/** A rule for partitions that the newest poll read. */
const ofRead =
  (find: (facts: ReadFacts) => Finding | undefined) =>
  ({ read }: PartitionFacts): Finding | undefined =>
    read === undefined ? undefined : find(read);

/** First, since the offsets of an abandoned topic say nothing about the group. */
const abandoned: StatusRule = {
  id: 'abandoned',
  kind: 'abandoned',
  meaning: 'the group has commits on the topic, but its members read other topics only',
  find: ({ series, ownership }) =>
    ownership === 'abandoned' ? { sinceMs: series.timeAt(series.length - 1), evidence: {} } : undefined,
};

/** Absent is not unknown: without a commit there is nothing to judge. */
const uncommitted: StatusRule = {
  id: 'uncommitted',
  kind: 'uncommitted',
  meaning: 'the group has no commit on the partition',
  find: ({ series }) =>
    series.isUncommittedAt(series.length - 1)
      ? { sinceMs: since(series, (i) => series.isUncommittedAt(i)), evidence: { samples: series.length } }
      : undefined,
};

/** Before all rules that use lag, since lag is then unknown. */
const commitBeyondEnd: StatusRule = {
  id: 'commit-beyond-end',
  kind: 'unknown',
  meaning: 'the commit lies beyond the end of the log: the topic was recreated, or its log was truncated',
  find: ofRead(({ past, now }) => {
    if (now.committed <= now.end) return undefined;
    const from = trailingFrom(past, (i) => past.commitAt(i) > past.endAt(i));
    return { sinceMs: past.timeAt(from), evidence: { beyond: now.committed - now.end, samples: past.length - from } };
  }),
};

/** Needs no history: a group that has read everything is not behind, whatever came before. */
const caughtUp: StatusRule = {
  id: 'caught-up',
  kind: 'ok',
  meaning: 'the group has read everything that it can read',
  find: ofRead(({ past, now }) => {
    if (now.lag > 0) return undefined;
    const from = trailingFrom(past, (i) => past.lagAt(i) === 0);
    return { sinceMs: past.timeAt(from), evidence: { lag: 0, samples: past.length - from } };
  }),
};

/**
 * Before `stalled`: consumers never receive markers, so an idle transactional topic would stay
 * stalled.
 */
const onlyMarkers: StatusRule = {
  id: 'possibly-only-markers',
  kind: 'ok',
  meaning:
    'a member reads, no transaction is open, commit and end stand still, and the few unread offsets may be transaction markers',
  find: ofRead(({ still: { first, samples }, now, ownership, isHeldBack }) => {
    const isIdle = samples > 1 && first.end === now.end && now.end - now.committed <= MOST_MARKERS;
    return isIdle && ownership === 'owned' && !isHeldBack
      ? { sinceMs: first.atMs, evidence: { lag: now.lag, samples } }
      : undefined;
  }),
};

function standsStill({ still: { first, samples }, now, minimumStandstillMs }: ReadFacts): Finding | undefined {
  const stillMs = now.atMs - first.atMs;
  if (stillMs < minimumStandstillMs) return undefined;
  const evidence = {
    lag: now.lag,
    stillSeconds: seconds(stillMs),
    minimumStandstillSeconds: seconds(minimumStandstillMs),
  };
  return { sinceMs: first.atMs, evidence: { ...evidence, samples } };
}

/** Before `rewound`: a commit that does not move after a rewind reads nothing again. */
const stopped: StatusRule = {
  id: 'stopped',
  kind: 'stopped',
  meaning: 'no member owns the partition, records are unread, and the commit has not moved for the minimum standstill',
  find: ofRead((facts) => (facts.ownership === 'unowned' ? standsStill(facts) : undefined)),
};

/**
 * Like `stopped`, but with an owner: a record that cannot be processed, a hung consumer, or commits
 * that fail.
 */
const stalled: StatusRule = {
  id: 'stalled',
  kind: 'stalled',
  meaning:
    'a member owns the partition (or its owner is unknown), records are unread, and the commit has not moved for the minimum standstill',
  find: ofRead((facts) => (facts.ownership === 'unowned' ? undefined : standsStill(facts))),
};

/** Needs two polls: the next commit corrects a late commit of a member that lost the partition. */
const rewound: StatusRule = {
  id: 'rewound',
  kind: 'rewound',
  meaning: 'the commit went back and has not returned to its old position yet: records are read again',
  find: ofRead(({ rewind, now }) =>
    rewind === undefined || rewind.polls < 2
      ? undefined
      : { sinceMs: rewind.sinceMs, evidence: { lag: now.lag, back: rewind.back, samples: rewind.polls } },
  ),
};

function behind({ growth, now }: ReadFacts): Finding | undefined {
  if (growth?.behind === undefined) return undefined;
  const { sinceMs, peak } = growth.behind;
  return { sinceMs, evidence: { lag: now.lag, peak, samples: growth.samples } };
}

/**
 * Lag that rises by more than a share of the records produced, over one and a half windows or more.
 */
const fallingBehind: StatusRule = {
  id: 'falling-behind',
  kind: 'warning',
  meaning:
    'lag grows: its lows over the window exceed those of the previous window by more than 5 % of the records produced',
  find: ofRead((facts) => (facts.growth?.grows === true ? behind(facts) : undefined)),
};

/** Keeps a dip from clearing a warning. */
const notRecovered: StatusRule = {
  id: 'not-recovered',
  kind: 'warning',
  meaning: 'lag grew, and has not yet stayed below half of its peak for half of the window',
  find: ofRead(behind),
};

/** Thresholds decide how much lag is too much. */
const keepingUp: StatusRule = {
  id: 'keeping-up',
  kind: 'ok',
  meaning: 'lag does not grow, and the commit has not paused for long, since the first poll that was compared',
  find: ofRead(({ growth, now }) =>
    growth === undefined ? undefined : { sinceMs: growth.fromMs, evidence: { lag: now.lag, samples: growth.samples } },
  ),
};

/** Without evidence a partition is not ok. */
const tooLittleHistory: StatusRule = {
  id: 'too-little-history',
  kind: 'unknown',
  meaning: 'records are unread, and history is too short to show whether lag grows',
  find: ofRead(({ past, now }) => {
    const sinceMs = past.timeAt(0);
    const evidence = { lag: now.lag, historySeconds: seconds(now.atMs - sinceMs), samples: past.length };
    return { sinceMs, evidence };
  }),
};

/** Last: what no other rule could judge. */
const unreadable = {
  id: 'unreadable',
  kind: 'unknown',
  meaning: 'the newest poll could not read the commit or the end of the log',
  find: ({ series }: PartitionFacts) => ({
    sinceMs: since(series, (i) => !series.isReadAt(i)),
    evidence: { samples: series.length },
  }),
} satisfies StatusRule;

const CONDITIONAL_RULES: readonly StatusRule[] = [
  abandoned,
  uncommitted,
  commitBeyondEnd,
  caughtUp,
  onlyMarkers,
  stopped,
  stalled,
  rewound,
  fallingBehind,
  notRecovered,
  keepingUp,
  tooLittleHistory,
];

/** In order: the first match decides. The last rule always matches. */
export const STATUS_RULES: readonly StatusRule[] = [...CONDITIONAL_RULES, unreadable];

/** What a rule found, and which rule it was. */
export interface Ruled extends Finding {
  readonly kind: PartitionStatusKind;
  readonly rule: string;
}

/** The finding of the first rule that matches. */
export function decideStatus(facts: PartitionFacts): Ruled {
  for (const { id, kind, find } of CONDITIONAL_RULES) {
    const finding = find(facts);
    if (finding !== undefined) return { kind, rule: id, ...finding };
  }
  const { id, kind, find } = unreadable;
  return { kind, rule: id, ...find(facts) };
}
