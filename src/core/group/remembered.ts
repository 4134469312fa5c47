/** A group as a history alone tells it, without a look at the brokers: as of the newest poll that read it. */

import { rememberedReading, sampledReading } from '#core/history/as-reading.ts';
import { chosenPolls, type LagHistory, newestOf, pollsOf } from '#core/history/history.ts';
import type { TopicPartition } from '#core/kafka/model.ts';
import { unknown } from '#core/kafka/reading.ts';
import { countRebalances, type Rebalances } from '#core/lag/rates.ts';
import { type LagSeries, lagSeries } from './lag-series.ts';
import { type GroupSummary, summariseGroup } from './summary.ts';

export interface RememberedGroup {
  /**
   * At the newest poll that read the group. A history keeps no open transactions, so lag counts to the log end; it keeps neither the
   * group's kind, nor coverage, nor ages of any poll but the newest, which are unknown then.
   */
  readonly summary: GroupSummary;
  /** When that poll was, epoch ms. */
  readonly atMs: number;
  readonly series: LagSeries;
  /** Over all polls that read it. */
  readonly rebalances: Rebalances;
}

export interface RememberContext {
  /** What counts as a while, ms. */
  readonly windowMs: number;
  /** Which partitions all of it is of. */
  readonly isChosen: (partition: TopicPartition) => boolean;
}

/** Undefined when no poll of the history read the group, or none of the partitions is of it. */
export function rememberGroup(
  history: LagHistory,
  groupId: string,
  { windowMs, isChosen }: RememberContext,
): RememberedGroup | undefined {
  const all = pollsOf(history, groupId);
  const newest = newestOf(history, groupId) ?? all.samples.at(-1);
  const polls = chosenPolls(all, isChosen);
  if (newest === undefined || polls.samples.every(({ partitions }) => partitions.length === 0)) return undefined;
  const { atMs } = newest;
  const whole = rememberedReading(newest);
  const group = { ...whole, partitions: whole.partitions.filter(isChosen) };
  const context = { polls: new Map([[groupId, polls]]), isolationOf: () => 'read_uncommitted' as const, windowMs };
  const untold = unknown('a history does not keep it');
  return {
    summary: {
      ...summariseGroup(group, { atMs, hidden: false, topics: new Map() }, context),
      kind: untold,
      coverage: untold,
      state: sampledReading(newest.state),
      members: sampledReading(newest.members),
    },
    atMs,
    series: lagSeries(history, groupId, isChosen),
    rebalances: countRebalances(polls.samples, Number.NEGATIVE_INFINITY),
  };
}
