/**
 * Measures a group that was read: combines its offsets, its past and its thresholds into one
 * record.
 */
import { lifeIn } from '#core/forecast/retention-forecast.ts';
import { type GroupPolls, lastKnown, lastKnownPartitions } from '#core/history/history.ts';
import { topicsAssigned } from '#core/kafka/members.ts';
import type { ClusterReading, GroupReading, TopicPartition } from '#core/kafka/model.ts';
import { absent, known, type Reading, unknown } from '#core/kafka/reading.ts';
import { countedPartitions } from '#core/lag/abandoned-topics.ts';
import { conditionsOf } from '#core/lag/conditions.ts';
import { type IsolationLevel, lagOver, measureLag, type PartitionLag } from '#core/lag/lag.ts';
import { countRebalances } from '#core/lag/rates.ts';
import { judgeGroup } from '#core/status/status.ts';
import { present } from '#core/text/json.ts';
import { groupAge } from './age.ts';
import { lagRatio } from './lag-ratio.ts';
import { pastOf } from './past.ts';
import type { GroupThresholds } from './thresholds.ts';
import type { GroupView, WorstPartition } from './view.ts';

/** The reading that the group belongs to. */
export interface ViewedReading extends Pick<ClusterReading, 'atMs' | 'topics' | 'openTransactions'> {
  /** Commits may be missing from the reading. */
  readonly hidden: boolean;
}

/** What is needed to measure one group. */
export interface ViewContext {
  /** Of the group; the newest belongs to the reading, if there is one. */
  readonly polls: GroupPolls;
  readonly isolation: IsolationLevel;
  /** Absent: the group has no ratio. */
  readonly thresholds?: GroupThresholds;
  /** Window of rates and statuses, ms. */
  readonly windowMs: number;
  /** Start of the rates, epoch ms; absent: one window before the reading. */
  readonly ratesFromMs?: number;
  /** Why the history could not be read; absent otherwise. */
  readonly historyProblem?: string;
}

/** Why a sum is unknown when commits may be missing. */
const HIDDEN = 'commits may be missing from the reading';

/** Measures a group of a reading. */
export function viewGroup(group: GroupReading, reading: ViewedReading, context: ViewContext): GroupView {
  const { polls, isolation, thresholds, windowMs, ratesFromMs = reading.atMs - windowMs, historyProblem } = context;
  const { hidden } = reading;
  const { partitions, ...totals } = measureLag(group, { isolation, hidden });
  const before = () => polls.samples.slice(0, -1);
  const lastKnownOf = lastKnownPartitions(before);
  const scope = scopeOf(group, polls);
  const lifeOf = lifeIn(group, reading.topics, lastKnownOf);
  const pastIn = (isInScope: PartitionFilter) =>
    pastOf({
      ...{ polls, lifeOf, windowMs, ratesFromMs, isInScope },
      isFullyRead: totals.complete && (totals.sumLag ?? 0) === 0,
      lag: lagOver(partitions.filter(isInScope)),
      ...present({ historyProblem }),
    });
  const past = pastIn(scope.isCounted);
  const counted = { ...group, partitions: group.partitions.filter(scope.isCounted) };
  const ages = { isolation, lastKnownOf };
  const judged = judgeGroup({ polls, group, windowMs });
  const countedLag = { partitions: partitions.filter(scope.isCounted), hidden };
  return {
    ...identityOf(group),
    atMs: reading.atMs,
    source: 'read',
    partitions,
    partitionStatuses: judged.partitions,
    totals,
    lag: hidden ? unknown(HIDDEN) : lagOver(partitions),
    lagAtLeast: totals.sumLag === undefined ? absent : known(totals.sumLag),
    worst: findWorst(partitions),
    coverage:
      totals.coverage === undefined ? unknown(hidden ? HIDDEN : 'its members are unknown') : known(totals.coverage),
    ageMs: groupAge(counted, ages),
    ratio:
      thresholds === undefined
        ? absent
        : lagRatio(counted, { ...countedLag, ...ages, thresholds, timeToDataLoss: past.timeToDataLoss }),
    status: known(judged.group),
    past,
    // The two scopes are usually the same.
    pastOfRead: scope.isSame(partitions) ? past : pastIn(scope.isRead),
    isRead: scope.isRead,
    unassigned: countUnassigned(group, partitions),
    rebalanced:
      polls.times.length < 2 ? unknown('it is the first poll') : known(countRebalances(polls.newest(2), 0).count > 0),
    conditions: () => conditionsOf(group, { reading, ...present({ before: lastKnown(before()) }) }),
    polls: polls.times.length,
  };
}

const identityOf = ({ groupId, kind, type, state, assignor, epoch, members }: GroupReading) => ({
  groupId,
  kind: known(kind),
  type: known(type),
  state,
  assignor,
  epoch,
  members,
  memberCount: members.kind === 'known' ? known(members.value.length) : members,
});

type PartitionFilter = (partition: TopicPartition) => boolean;

/**
 * Which partitions count. `isCounted`: for thresholds, ages and forecasts; a topic that the group
 * abandoned long ago does not count. `isRead`: a member is assigned the topic now, or no member is
 * assigned a partition.
 */
function scopeOf(group: GroupReading, polls: GroupPolls) {
  const isCounted = countedPartitions(group, polls);
  // Filtered topics count too: members that are assigned only filtered topics have abandoned the
  // others.
  const topics = topicsAssigned(group);
  const isRead: PartitionFilter = ({ topic }) => topics.size === 0 || topics.has(topic);
  const isSame = (partitions: readonly TopicPartition[]) => partitions.every((p) => isRead(p) === isCounted(p));
  return { isCounted, isRead, isSame };
}

/** Unknown when no lag is known and one is unknown; absent when there are no lags. */
function findWorst(partitions: readonly PartitionLag[]): Reading<WorstPartition> {
  let worst: WorstPartition | undefined;
  for (const { topic, partition, lag } of partitions) {
    if (lag.kind === 'known' && lag.value > (worst?.lag ?? -1)) worst = { topic, partition, lag: lag.value };
  }
  if (worst !== undefined) return known(worst);
  const missing = partitions.map(({ lag }) => lag).find(({ kind }) => kind === 'unknown');
  return missing?.kind === 'unknown' ? missing : absent;
}

function countUnassigned(group: GroupReading, partitions: readonly PartitionLag[]): Reading<number> {
  if (group.kind === 'simple') return absent;
  if (group.members.kind !== 'known') return group.members;
  const topics = topicsAssigned(group);
  const isRead = ({ topic, committedOffset }: PartitionLag) =>
    committedOffset.kind !== 'absent' && (topics.size === 0 || topics.has(topic));
  return known(partitions.filter((p) => isRead(p) && p.owner === undefined).length);
}
