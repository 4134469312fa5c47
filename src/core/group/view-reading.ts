/** Views of all groups in a reading. */
import { type GroupPolls, groupPollsOf } from '#core/history/history.ts';
import type { ClusterReading, OtherGroup } from '#core/kafka/model.ts';
import { absent, known, type Reading, unknown } from '#core/kafka/reading.ts';
import { hidesCommits, type IsolationLevel } from '#core/lag/lag.ts';
import { GROUP_STATUSES, unreadableStatus } from '#core/status/status.ts';
import { nothingKnown } from './past.ts';
import type { GroupView } from './view.ts';
import { type ViewContext, type ViewedReading, viewGroup } from './view-group.ts';

/** What is needed to measure the groups of a reading. */
export interface ReadingContext extends Omit<ViewContext, 'polls' | 'isolation' | 'thresholds'> {
  /** By group id, this reading included (`pollsByGroup`). A group without polls has no past. */
  readonly polls: Pick<ReadonlyMap<string, GroupPolls>, 'get'>;
  readonly isolationOf: (groupId: string) => IsolationLevel;
}

/**
 * All groups of the reading: those that were read, those that could not be read, and those without
 * commits.
 */
export function viewReading(reading: ClusterReading, context: ReadingContext): readonly GroupView[] {
  const { polls, isolationOf, ...shared } = context;
  const viewed = viewedReading(reading);
  return [
    ...reading.groups.map((group) => {
      const { groupId } = group;
      const own = { polls: polls.get(groupId) ?? groupPollsOf([]), isolation: isolationOf(groupId) };
      return viewGroup(group, viewed, { ...shared, ...own });
    }),
    ...reading.unreadableGroups.map(({ groupId, reason }) => ({
      ...unknownGroup(groupId, reading.atMs, reason),
      polls: polls.get(groupId)?.times.length ?? 0,
    })),
    ...reading.otherGroups.map((group) => groupWithoutCommits(group, reading.atMs)),
  ];
}

/** What the groups of a reading share. */
export const viewedReading = (reading: ClusterReading): ViewedReading => ({
  atMs: reading.atMs,
  topics: reading.topics,
  openTransactions: reading.openTransactions,
  hidden: hidesCommits(reading),
});

/** A group that could not be read, with the reason. Its status is known: it is `unknown`. */
export function unknownGroup(groupId: string, atMs: number, reason: string): GroupView {
  const nothing = unknown(reason);
  return {
    ...emptyGroup(groupId, atMs, nothing),
    source: 'unreadable',
    status: known(unreadableStatus(atMs)),
    ...nothingKnownTwice(reason),
  };
}

const nothingKnownTwice = (reason: string) => ({ past: nothingKnown(reason), pastOfRead: nothingKnown(reason) });

function groupWithoutCommits({ groupId, type, protocol, state, lag }: OtherGroup, atMs: number): GroupView {
  const past = { rates: absent, rebalances: absent, timeToDrain: absent, timeToDataLoss: absent };
  return {
    ...emptyGroup(groupId, atMs, absent),
    source: 'no-commits',
    kind: known(protocol),
    type: known(type),
    state,
    status: absent,
    lag,
    lagAtLeast: lag,
    past,
    pastOfRead: past,
  };
}

/** A group without partitions. All of its readings are `nothing`. */
const emptyGroup = (groupId: string, atMs: number, nothing: Reading<never>) => ({
  groupId,
  atMs,
  kind: nothing,
  type: nothing,
  state: nothing,
  assignor: nothing,
  epoch: nothing,
  members: nothing,
  memberCount: nothing,
  partitions: [],
  partitionStatuses: [],
  totals: { groupId, complete: false, expected: 0, measured: 0 },
  lag: nothing,
  lagAtLeast: nothing,
  worst: nothing,
  coverage: nothing,
  ageMs: nothing,
  ratio: nothing,
  isRead: () => true,
  unassigned: nothing,
  rebalanced: nothing,
  conditions: () => [],
  polls: 0,
});

/**
 * Orders by worst status, then oldest record, then most lag. An unknown age may be the highest, so
 * it comes before known ages.
 */
export function worstFirst(a: GroupView, b: GroupView): number {
  const byStatus = statusRank(a) - statusRank(b);
  if (byStatus !== 0) return byStatus;
  const [older, more] = [compare(b.ageMs, a.ageMs), compare(b.lagAtLeast, a.lagAtLeast)];
  return older || more || (a.groupId < b.groupId ? -1 : 1);
}

const statusRank = ({ status }: GroupView): number =>
  status.kind === 'known' ? GROUP_STATUSES.indexOf(status.value.kind) : GROUP_STATUSES.length;

/** Compares instead of subtracting: the difference of two infinities is NaN. */
function compare(a: Reading<number>, b: Reading<number>): number {
  const [x, y] = [rank(a), rank(b)];
  return x === y ? 0 : x - y;
}

function rank(reading: Reading<number>): number {
  if (reading.kind === 'known') return reading.value;
  return reading.kind === 'unknown' ? Number.POSITIVE_INFINITY : -1;
}
