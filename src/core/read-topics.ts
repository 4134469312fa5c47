/** Which topics a group reads: an abandoned topic's lag grows for ever, and says nothing of the group. */
import { topicsAssigned } from './conditions.ts';
import type { PartitionSeries } from './history/partition-series.ts';
import { HISTORY_SPAN_MS } from './history/thinning.ts';
import type { GroupPolls } from './history.ts';
import type { GroupReading, TopicPartition } from './kafka.ts';

/**
 * The partitions that thresholds look at: all but those of topics that the group has abandoned (its members are assigned others)
 * and of which no commit moved in the history. What was read within the history and is abandoned now may be a mistake made just
 * now, so it counts until the history has forgotten it. While no member is told to own anything, all but those `leftAlone`.
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
    const counts = moved.get(topic) ?? hasMoved(topic, polls.series);
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
export function leftAlone({ times, hadMembers, series }: GroupPolls): ReadonlySet<string> {
  const [oldestMs = 0, newestMs = 0] = [times[0], times.at(-1)];
  if (newestMs - oldestMs < HABIT_MS || !hadMembers()) return new Set();
  const topics = [...new Set(series.map(({ topic }) => topic))];
  const resting = topics.filter((topic) => !hasMoved(topic, series));
  if (resting.length === topics.length) return new Set();
  const unread = series.filter(
    (each) => each.timeAt(0) === oldestMs && each.isReadAt(0) && each.commitAt(0) < each.endAt(0),
  );
  const wasUnread = new Set(unread.map(({ topic }) => topic));
  return new Set(resting.filter((topic) => wasUnread.has(topic)));
}

const hasMoved = (topic: string, series: readonly PartitionSeries[]): boolean =>
  series.some((each) => each.topic === topic && each.hasMoved());
