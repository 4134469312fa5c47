/** What polls tell of one group: poll by poll, and partition by partition. */

import { type GroupAt, groupSampleAt, type PollColumns, pollColumnsOf } from '#core/history/columns/poll-columns.ts';
import type { TimedSample } from '#core/history/columns/samples.ts';
import type { TopicPartition } from '#core/kafka/model.ts';
import { present } from '#core/text/json.ts';
import type { PartitionSeries } from './partition-series.ts';
import { seriesOf } from './series.ts';

/** The polls that read a group. What is asked for is made then, from columns: a poll of a cluster asks little of most groups. */
export interface GroupPolls {
  /** When they were, epoch ms, oldest first. */
  readonly times: readonly number[];
  /** Poll by poll. */
  readonly samples: readonly TimedSample[];
  /** The newest so many of them. */
  readonly newest: (count: number) => readonly TimedSample[];
  /** One of them told of a member. */
  readonly hadMembers: () => boolean;
  /** Of each partition of the newest sample, in its order; none without a sample. */
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

/** The same of samples of one group, oldest first. */
export function groupPollsOf(samples: readonly TimedSample[]): GroupPolls {
  const polls: PollColumns[] = [];
  for (const sample of samples) {
    const { atMs, topicIds, ...group } = sample;
    const ids = present({ topicIds });
    const { length } = group.partitions;
    polls.push(pollColumnsOf({ atMs, ...ids, groups: [group], partitions: length }, polls.at(-1)));
  }
  return groupPollsAt(polls.flatMap((poll) => poll.groups.map((group) => [poll, group] as const)));
}

/** The same of the partitions that are chosen. */
export const chosenPolls = ({ samples }: GroupPolls, isChosen: (partition: TopicPartition) => boolean): GroupPolls =>
  groupPollsOf(samples.map((sample) => ({ ...sample, partitions: sample.partitions.filter(isChosen) })));

/** One poll; its partitions are made when they are asked for, which most samples never are. */
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
