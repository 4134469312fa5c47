/**
 * Which topics a group reads: an abandoned topic's lag grows for ever, and says nothing of the
 * group.
 */

import type { GroupPolls, PartitionSample, TimedSample } from '#core/history/history.ts';
import { HISTORY_SPAN_MS } from '#core/history/thinning.ts';
import { topicsAssigned } from '#core/kafka/members.ts';
import { type GroupReading, partitionKey, type TopicPartition } from '#core/kafka/model.ts';

/**
 * The partitions that thresholds look at: all but those of topics that the group has abandoned (its
 * members are assigned others) and of which no commit moved in the history. What was read within
 * the history and is abandoned now may be a mistake made just now, so it counts until the history
 * has forgotten it. While no member is told to own anything, all but those `leftAlone`.
 *
 * `polls`: of the group, the newest of the reading.
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

/** So long a group has to have left a topic alone before that counts as its habit. */
const HABIT_MS = HISTORY_SPAN_MS / 2;

/**
 * Topics that a group with members left unread for half an hour or more, all the history, while its
 * commits on others moved: it has most likely abandoned them. That is all there is to tell by while
 * a group rebalances, or starts anew, and no member owns anything.
 */
export function leftAlone(polls: GroupPolls): ReadonlySet<string> {
  const { times, series } = polls;
  const [oldestMs = 0, newestMs = 0] = [times[0], times.at(-1)];
  if (newestMs - oldestMs < HABIT_MS || !polls.hadMembers()) return new Set();
  const topics = [...new Set(series.map(({ topic }) => topic))];
  const resting = topics.filter((topic) => !hasMoved(topic, polls));
  if (resting.length === 0 || resting.length === topics.length) return new Set();
  const { partitions: oldest } = polls.samples[0] as TimedSample;
  return new Set(resting.filter((topic) => oldest.some((p) => p.topic === topic && isUnread(p))));
}

const isUnread = ({ committedOffset, logEndOffset }: PartitionSample): boolean =>
  committedOffset !== undefined && logEndOffset !== undefined && committedOffset < logEndOffset;

/**
 * Over all of the history: a topic that was made again, or its log truncated, was read before that
 * all the same.
 */
function hasMoved(topic: string, polls: GroupPolls): boolean {
  const series = polls.series.filter((each) => each.topic === topic);
  if (series.some((each) => each.hasMoved())) return true;
  // A series begins at the last break. What is before that is in the samples, which take longer to
  // look at.
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
