/** What one poll makes of one group: its lag now, and what its past says of it. */

import type { Forecast } from '#core/forecast/model.ts';
import { topicsAssigned } from '#core/kafka/members.ts';
import type { GroupReading } from '#core/kafka/model.ts';
import { absent, known, type Reading } from '#core/kafka/reading.ts';
import type { GroupLag, LagTotals, PartitionLag } from '#core/lag/lag.ts';
import { countRebalances, type GroupRates } from '#core/lag/rates.ts';
import type { GroupStatusKind } from '#core/status/status.ts';
import { type LagRatio, lagRatio } from './lag-ratio.ts';
import { type MeasureContext, measureGroup } from './measure.ts';
import type { GroupThresholds } from './thresholds.ts';

export interface PolledGroup {
  readonly groupId: string;
  readonly lag: GroupLag;
  /** Of its oldest unread record, ms. */
  readonly age: Reading<number>;
  /** Unknown with fewer than two polls in the window. */
  readonly rates: Reading<GroupRates>;
  /** Undefined when nothing of it is known. */
  readonly ratio: LagRatio | undefined;
  readonly status: GroupStatusKind;
  readonly timeToDrain: Reading<Forecast>;
  readonly timeToDataLoss: Reading<Forecast>;
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

export interface PolledContext extends Omit<MeasureContext, 'ratesFromMs' | 'historyProblem'> {
  readonly thresholds: GroupThresholds;
}

/** Measures a group against its thresholds. */
export function pollGroup(group: GroupReading, context: PolledContext): PolledGroup {
  const { polls, windowMs } = context;
  const { groupId, members } = group;
  const ratesFromMs = (polls.times.at(-1) as number) - windowMs;
  const { lag, age, past, judged, ...measured } = measureGroup(group, { ...context, ratesFromMs });
  const { rates, timeToDrain, timeToDataLoss } = past;
  return {
    groupId,
    lag,
    age,
    rates,
    ratio: lagRatio(group, { ...context, ...measured, lag, timeToDataLoss }),
    status: judged.group.kind,
    timeToDrain,
    timeToDataLoss,
    members: members.kind === 'known' ? known(members.value.length) : members,
    unassigned: unassignedOf(group, lag),
    rebalanced: polls.times.length < 2 ? undefined : countRebalances(polls.newest(2), 0).count > 0,
  };
}

/** What is kept of it. */
export function outcomeOf({ lag: { partitions, ...totals }, status }: PolledGroup): GroupOutcome {
  return { ...totals, status };
}

function unassignedOf(group: GroupReading, { partitions }: GroupLag): Reading<number> {
  if (group.kind === 'simple') return absent;
  if (group.members.kind !== 'known') return group.members;
  const topics = topicsAssigned(group);
  const isRead = ({ topic, committedOffset }: PartitionLag) =>
    committedOffset.kind !== 'absent' && (topics.size === 0 || topics.has(topic));
  return known(partitions.filter((p) => isRead(p) && p.owner === undefined).length);
}
