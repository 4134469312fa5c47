/** What a reading and the past make of one group: for a poll, for a line of `lag watch`, and for a look of the runbook alike. */

import { type LifeOf, lifeIn } from '#core/forecast/retention-forecast.ts';
import { type GroupPolls, type LastKnownPartitions, lastKnownPartitions } from '#core/history/history.ts';
import type { ClusterReading, GroupReading, TopicPartition } from '#core/kafka/model.ts';
import { absent, type Reading } from '#core/kafka/reading.ts';
import { countedPartitions } from '#core/lag/abandoned-topics.ts';
import { type GroupLag, type IsolationLevel, lagOver, measureLag } from '#core/lag/lag.ts';
import { type JudgedGroup, judgeGroup } from '#core/status/status.ts';
import { groupAge } from './age.ts';
import { type GroupPast, pastOf } from './past.ts';

export interface MeasureContext {
  readonly isolation: IsolationLevel;
  /** Some of what the group committed may be missing from the reading. */
  readonly hidden: boolean;
  /** Of the reading. */
  readonly topics: ClusterReading['topics'];
  /** Of the group; the newest is of the reading, if there is one. */
  readonly polls: GroupPolls;
  /** What a status takes for a while, ms. */
  readonly windowMs: number;
  /** Rates are measured from here on, epoch ms. */
  readonly ratesFromMs: number;
  /** Why there is no history, when it could not be read. */
  readonly historyProblem?: string;
}

export interface MeasuredGroup {
  readonly lag: GroupLag;
  /** Partitions that thresholds, ages and forecasts look at: a topic that was abandoned long ago says nothing of the group. */
  readonly isCounted: (partition: TopicPartition) => boolean;
  /** What the polls before told of the group last. */
  readonly told: LastKnownPartitions;
  readonly lifeOf: LifeOf;
  /** Over the partitions that count. */
  readonly past: GroupPast;
  /** Of its oldest unread record, over the partitions that count, ms. */
  readonly age: Reading<number>;
  readonly judged: JudgedGroup;
}

/** Puts a group as it was read together with its past. */
export function measureGroup(group: GroupReading, context: MeasureContext): MeasuredGroup {
  const { isolation, hidden, topics, polls, windowMs } = context;
  const lag = measureLag(group, { isolation, hidden });
  const isCounted = countedPartitions(group, polls);
  const told = lastKnownPartitions(() => polls.samples.slice(0, -1));
  const lifeOf = lifeIn(group, topics, told);
  const past = pastOf({ ...context, isRead: isCounted, lifeOf, lag: lagOver(lag.partitions.filter(isCounted)) });
  return {
    lag,
    isCounted,
    told,
    lifeOf,
    // What is fully read needs no time to be read and cannot be lost, whatever the past.
    past: lag.complete && (lag.sumLag ?? 0) === 0 ? { ...past, timeToDrain: absent, timeToDataLoss: absent } : past,
    age: groupAge({ ...group, partitions: group.partitions.filter(isCounted) }, { isolation, told }),
    judged: judgeGroup({ polls, group, windowMs }),
  };
}
