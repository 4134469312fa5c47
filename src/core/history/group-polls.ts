/** The polls of one group: poll by poll, and partition by partition. */

import { type GroupAt, groupSampleAt, type PollColumns, pollColumnsOf } from '#core/history/columns/poll-columns.ts';
import type { TimedSample } from '#core/history/columns/samples.ts';
import type { TopicPartition } from '#core/kafka/model.ts';
import { present } from '#core/text/json.ts';
import type { PartitionSeries } from './partition-series.ts';
import { seriesOf } from './series.ts';

/**
 * The polls that read a group. Samples and series are made from columns on demand: a poll of a
 * cluster needs little of most groups.
 */
export interface GroupPolls {
  /** Times of the polls, epoch ms, oldest first. */
  readonly times: readonly number[];
  /** One for each poll, oldest first. */
  readonly samples: readonly TimedSample[];
  /** The newest `count` samples. */
  readonly newest: (count: number) => readonly TimedSample[];
  /** Whether a poll saw a member. */
  readonly hadMembers: () => boolean;
  /** One for each partition of the newest sample, in its order; empty without a sample. */
  readonly series: readonly PartitionSeries[];
}

/** The polls of a history that read a group, oldest first. */
export function groupPollsAt(polls: readonly GroupAt[]): GroupPolls {
  let samples: readonly TimedSample[] | undefined;
  let series: readonly PartitionSeries[] | undefined;
  return {
    times: polls.map(([{ atMs }]) => atMs),
    get samples() {
      samples ??= polls.map(timedSampleAt);
      return samples;
    },
    newest: (count) => polls.slice(-count).map(timedSampleAt),
    hadMembers: () => polls.some(([, { members = 0 }]) => members > 0),
    get series() {
      series ??= seriesOf(polls);
      return series;
    },
  };
}

/** The polls of a group from its samples, oldest first. */
export function groupPollsOf(samples: readonly TimedSample[]): GroupPolls {
  const polls: PollColumns[] = [];
  for (const sample of samples) {
    const { atMs, topicIds, ...group } = sample;
    const partitions = group.partitions.length;
    polls.push(pollColumnsOf({ atMs, ...present({ topicIds }), groups: [group], partitions }, polls.at(-1)));
  }
  return groupPollsAt(polls.flatMap((poll) => poll.groups.map((group) => [poll, group] as const)));
}

/** The same polls with the chosen partitions only. */
export const chosenPolls = ({ samples }: GroupPolls, isChosen: (partition: TopicPartition) => boolean): GroupPolls =>
  groupPollsOf(samples.map((sample) => ({ ...sample, partitions: sample.partitions.filter(isChosen) })));

/** The sample of one poll. Its partitions are made on demand: most samples never need them. */
function timedSampleAt([poll, columns]: GroupAt): TimedSample {
  const { logs: _, first: __, owners: ___, ...group } = columns;
  let partitions: TimedSample['partitions'] | undefined;
  return {
    ...group,
    atMs: poll.atMs,
    ...present({ topicIds: poll.topicIds }),
    get partitions() {
      partitions ??= groupSampleAt(poll, columns).partitions;
      return partitions;
    },
  };
}
