/**
 * Which topics a group reads. The lag of an abandoned topic grows for ever and says nothing about
 * the group.
 */

import type { GroupPolls, PartitionSample, TimedSample } from '#core/history/history.ts';
import { HISTORY_SPAN_MS } from '#core/history/thinning.ts';
import { topicsAssigned } from '#core/kafka/members.ts';
import { type GroupReading, partitionKey, type TopicPartition } from '#core/kafka/model.ts';

/**
 * The partitions that thresholds count: all except those of topics that the group has abandoned. A
 * topic is abandoned when the members are assigned other topics and no commit on it moved in the
 * history. A topic that was read within the history may be abandoned by a recent mistake, so it
 * counts until the history no longer holds those polls. While no member is known to own a
 * partition, all topics count except those in `leftAlone`.
 *
 * `polls`: of the group; the newest belongs to the reading.
 */
export function countedPartitions(
  group: Pick<GroupReading, 'members'>,
  polls: GroupPolls,
): (partition: TopicPartition) => boolean {
  const read = topicsAssigned(group);
  if (read.size === 0) {
    const left = leftAlone(polls);
    return ({ topic }) => !left.has(topic);
  }
  const moved = new Map<string, boolean>();
  return ({ topic }) => {
    if (read.has(topic)) return true;
    const counts = moved.get(topic) ?? hasMoved(topic, polls);
    moved.set(topic, counts);
    return counts;
  };
}

/** How long a topic must have been left unread before it counts as abandoned. */
const MINIMUM_UNREAD_MS = HISTORY_SPAN_MS / 2;

/**
 * Topics that a group with members left unread for half an hour or more, over the whole history,
 * while its commits on other topics moved. The group has most likely abandoned them. Nothing else
 * shows this while a group rebalances or restarts and no member owns a partition.
 */
export function leftAlone(polls: GroupPolls): ReadonlySet<string> {
  const { times, series } = polls;
  const [oldestMs = 0, newestMs = 0] = [times[0], times.at(-1)];
  if (newestMs - oldestMs < MINIMUM_UNREAD_MS || !polls.hadMembers()) return new Set();
  const topics = [...new Set(series.map(({ topic }) => topic))];
  const resting = topics.filter((topic) => !hasMoved(topic, polls));
  if (resting.length === 0 || resting.length === topics.length) return new Set();
  const { partitions: oldest } = polls.samples[0] as TimedSample;
  return new Set(resting.filter((topic) => oldest.some((p) => p.topic === topic && isUnread(p))));
}

const isUnread = ({ committedOffset, logEndOffset }: PartitionSample): boolean =>
  committedOffset !== undefined && logEndOffset !== undefined && committedOffset < logEndOffset;

/**
 * Over the whole history: reads from before the topic was recreated, or its log truncated, count
 * too.
 */
function hasMoved(topic: string, polls: GroupPolls): boolean {
  const series = polls.series.filter((each) => each.topic === topic);
  if (series.some((each) => each.hasMoved())) return true;
  // A series begins at the last break. Only the samples hold what is before that; they take
  // longer to search.
  return series.some(({ length }) => length < polls.times.length) && hasMovedIn(topic, polls.samples);
}

function hasMovedIn(topic: string, samples: readonly TimedSample[]): boolean {
  const first = new Map<string, bigint>();
  for (const { partitions } of samples) {
    for (const p of partitions) {
      if (p.topic !== topic || p.committedOffset === undefined) continue;
      const before = first.get(partitionKey(p));
      if (before === undefined) first.set(partitionKey(p), p.committedOffset);
      else if (before !== p.committedOffset) return true;
    }
  }
  return false;
}
