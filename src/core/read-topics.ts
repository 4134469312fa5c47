/** Which topics a group reads: an abandoned topic's lag grows for ever, and says nothing of the group. */
import { topicsAssigned } from './conditions.ts';
import { HISTORY_SPAN_MS } from './history/thinning.ts';
import type { PartitionSample, TimedSample } from './history.ts';
import { type GroupReading, partitionKey, type TopicPartition } from './kafka.ts';

/**
 * The partitions that thresholds look at: all but those of topics that the group has abandoned (its members are assigned others)
 * and of which no commit moved in the history. What was read within the history and is abandoned now may be a mistake made just
 * now, so it counts until the history has forgotten it. While no member is told to own anything, all but those `leftAlone`.
 *
 * `samples`: of the group, oldest first, the newest of the reading.
 */
export function countedPartitions(
  group: Pick<GroupReading, 'members'>,
  samples: readonly TimedSample[],
): (partition: TopicPartition) => boolean {
  const read = topicsAssigned(group);
  if (read.size === 0) {
    const left = leftAlone(samples);
    return ({ topic }) => !left.has(topic);
  }
  const moved = new Map<string, boolean>();
  return ({ topic }) => {
    if (read.has(topic)) return true;
    const counts = moved.get(topic) ?? hasMoved(topic, samples);
    moved.set(topic, counts);
    return counts;
  };
}

/** So long a group has to have left a topic alone before that counts as its habit. */
const HABIT_MS = HISTORY_SPAN_MS / 2;

/**
 * Topics that a group with members left unread for half an hour or more, all the history, while its commits on others moved: it has
 * most likely abandoned them. That is all there is to tell by while a group rebalances, or starts anew, and no member owns
 * anything.
 */
export function leftAlone(samples: readonly TimedSample[]): ReadonlySet<string> {
  const [oldest, newest] = [samples[0], samples.at(-1)];
  if (oldest === undefined || newest === undefined || newest.atMs - oldest.atMs < HABIT_MS) return new Set();
  if (!samples.some(({ members = 0 }) => members > 0)) return new Set();
  const topics = [...new Set(newest.partitions.map(({ topic }) => topic))];
  const resting = topics.filter((topic) => !hasMoved(topic, samples));
  if (resting.length === topics.length) return new Set();
  return new Set(resting.filter((topic) => oldest.partitions.some((p) => p.topic === topic && isUnread(p))));
}

const isUnread = ({ committedOffset, logEndOffset }: PartitionSample): boolean =>
  committedOffset !== undefined && logEndOffset !== undefined && committedOffset < logEndOffset;

function hasMoved(topic: string, samples: readonly TimedSample[]): boolean {
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
