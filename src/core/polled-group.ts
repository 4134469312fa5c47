/** What one poll makes of one group: its lag now, and what its past says of it. */
import { topicsAssigned } from './conditions.ts';
import { type Forecast, timeToDrain, timeToLoss } from './forecast.ts';
import { groupAge } from './group-age.ts';
import { lagOver } from './group-past.ts';
import { type GroupPolls, toldPartitions } from './history.ts';
import { absent, type ClusterReading, type GroupReading, known, type Reading, unknown } from './kafka.ts';
import { type GroupLag, type IsolationLevel, type LagTotals, measureLag, type PartitionLag } from './lag.ts';
import { type LagRatio, lagRatio } from './lag-ratio.ts';
import { countRebalances, type GroupRates, measureRates } from './rates.ts';
import { countedPartitions } from './read-topics.ts';
import { lifeIn } from './retention-forecast.ts';
import { type GroupStatusKind, judgeGroup } from './status.ts';
import type { GroupThresholds } from './thresholds.ts';

export interface PolledGroup {
  readonly groupId: string;
  readonly lag: GroupLag;
  /** Of its oldest unread record, ms. */
  readonly age: Reading<number>;
  /** Undefined with fewer than two polls in the window. */
  readonly rates: GroupRates | undefined;
  /** Undefined when nothing of it is known. */
  readonly ratio: LagRatio | undefined;
  readonly status: GroupStatusKind;
  readonly timeToDrain: Reading<Forecast>;
  readonly timeToLoss: Reading<Forecast>;
  /** How many there are. */
  readonly members: Reading<number>;
  /** Partitions that it reads and no member owns; absent where consumers assign partitions to themselves. */
  readonly unassigned: Reading<number>;
  /** A rebalance was seen since the poll before; undefined without one. */
  readonly rebalanced: boolean | undefined;
}

/** What a poll keeps of a group once its metrics are made: no partition, since there may be half a million of all groups. */
export interface GroupOutcome extends LagTotals {
  readonly status: GroupStatusKind;
}

export interface PolledContext {
  readonly thresholds: GroupThresholds;
  readonly isolation: IsolationLevel;
  /** Some of what the group committed may be missing from the reading. */
  readonly hidden: boolean;
  /** Of the reading. */
  readonly topics: ClusterReading['topics'];
  /** Of the group; the newest is of the reading. */
  readonly polls: GroupPolls;
  /** Over which rates are measured and statuses judged, ms. */
  readonly windowMs: number;
}

/** Puts a group as it was read together with its past. */
export function pollGroup(group: GroupReading, context: PolledContext): PolledGroup {
  const { polls, windowMs, isolation, hidden, topics } = context;
  const { times, series } = polls;
  const atMs = times.at(-1) as number;
  const told = toldPartitions(() => polls.samples.slice(0, -1));
  const isCounted = countedPartitions(group, polls);
  const lag = measureLag(group, { isolation, hidden });
  const rates = measureRates(polls, atMs - windowMs, isCounted);
  const lifeOf = lifeIn(group, topics, told);
  const lossOf = (known: GroupRates) => timeToLoss(series, known, { isRead: isCounted, lifeOf });
  const ahead = lossAhead(lag, () => (rates === undefined ? NO_RATES : lossOf(rates)));
  const ratio = lagRatio(group, { ...context, lag, timeToLoss: ahead, isCounted, told });
  const counted = { ...group, partitions: group.partitions.filter(isCounted) };
  const { members } = group;
  return {
    groupId: group.groupId,
    lag,
    age: groupAge(counted, { isolation, told }),
    rates,
    ratio,
    status: judgeGroup({ polls, group, windowMs }).group.kind,
    timeToDrain: drainAhead(lag.partitions.filter(isCounted), rates),
    timeToLoss: ahead,
    members: members.kind === 'known' ? known(members.value.length) : members,
    unassigned: unassignedOf(group, lag),
    rebalanced: times.length < 2 ? undefined : countRebalances(polls.newest(2), 0).count > 0,
  };
}

/** What is kept of it. */
export function outcomeOf({ lag: { partitions, ...totals }, status }: PolledGroup): GroupOutcome {
  return { ...totals, status };
}

const NO_RATES = unknown('no rates are known');

function drainAhead(partitions: readonly PartitionLag[], rates: GroupRates | undefined): Reading<Forecast> {
  const lag = lagOver(partitions);
  if (lag.kind !== 'known') return lag;
  return rates === undefined ? NO_RATES : timeToDrain(lag.value, rates);
}

function unassignedOf(group: GroupReading, { partitions }: GroupLag): Reading<number> {
  if (group.kind === 'simple') return absent;
  if (group.members.kind !== 'known') return group.members;
  const topics = topicsAssigned(group);
  const isRead = ({ topic, committedOffset }: PartitionLag) =>
    committedOffset.kind !== 'absent' && (topics.size === 0 || topics.has(topic));
  return known(partitions.filter((p) => isRead(p) && p.owner === undefined).length);
}

/** What is fully read cannot be lost: most groups are, most of the time, and need no look at their past for that. */
const lossAhead = (lag: GroupLag, look: () => Reading<Forecast>): Reading<Forecast> =>
  lag.complete && (lag.sumLag ?? 0) === 0 ? absent : look();
