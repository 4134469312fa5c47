/**
 * A group as its history alone shows it, without a reading of the brokers: at the newest poll that
 * read it.
 */
import { rememberedReading, sampledReading } from '#core/history/as-reading.ts';
import {
  chosenPolls,
  type GroupPolls,
  type LagHistory,
  type NewestSample,
  newestOf,
  pollsOf,
  type TimedSample,
} from '#core/history/history.ts';
import type { TopicPartition } from '#core/kafka/model.ts';
import { unknown } from '#core/kafka/reading.ts';
import { countRebalances, type Rebalances } from '#core/lag/rates.ts';
import { present } from '#core/text/json.ts';
import { type LagSeries, lagSeries } from './lag-series.ts';
import type { GroupThresholds } from './thresholds.ts';
import type { GroupView } from './view.ts';
import { viewGroup } from './view-group.ts';

export interface RememberedGroup {
  readonly view: GroupView;
  readonly series: LagSeries;
  /** Over all polls that read the group. */
  readonly rebalances: Rebalances;
}

export interface RememberContext {
  /** Window of rates and statuses, ms. */
  readonly windowMs: number;
  /** Which partitions count. */
  readonly isChosen: (partition: TopicPartition) => boolean;
}

/**
 * The group at the newest poll. Undefined when no poll of the history read the group, or when none
 * of its partitions is chosen.
 */
export function rememberGroup(
  history: LagHistory,
  groupId: string,
  { windowMs, isChosen }: RememberContext,
): RememberedGroup | undefined {
  const all = pollsOf(history, groupId);
  const newest = newestOf(history, groupId) ?? all.samples.at(-1);
  const polls = chosenPolls(all, isChosen);
  if (newest === undefined || polls.samples.every(({ partitions }) => partitions.length === 0)) return undefined;
  return {
    view: viewSample(newest, polls, { windowMs, isChosen }),
    series: lagSeries(history, groupId, isChosen),
    rebalances: countRebalances(polls.samples, Number.NEGATIVE_INFINITY),
  };
}

export interface SampleContext extends Partial<Pick<RememberContext, 'isChosen'>> {
  /** Window of rates and statuses, ms. */
  readonly windowMs: number;
  /** Absent: the group has no ratio. */
  readonly thresholds?: GroupThresholds;
}

/**
 * A group at one poll of a history. A history keeps no open transactions and no retention, so lag
 * counts to the log end. The kind of the group, its coverage, and ages before the newest poll are
 * not kept: they are unknown.
 */
export function viewSample(
  sample: TimedSample | NewestSample,
  polls: GroupPolls,
  { windowMs, thresholds, isChosen = () => true }: SampleContext,
): GroupView {
  const whole = rememberedReading(sample);
  const group = { ...whole, partitions: whole.partitions.filter(isChosen) };
  const notKept = unknown('a history does not keep it');
  const reading = { atMs: sample.atMs, hidden: false, topics: new Map(), openTransactions: notKept };
  const context = { polls, isolation: 'read_uncommitted' as const, windowMs, ...present({ thresholds }) };
  return {
    ...viewGroup(group, reading, context),
    kind: notKept,
    coverage: notKept,
    state: sampledReading(sample.state),
    memberCount: sampledReading(sample.members),
  };
}
