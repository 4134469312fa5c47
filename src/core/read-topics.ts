/** Which topics a group reads: an abandoned topic's lag grows for ever, and says nothing of the group. */
import { topicsAssigned } from './conditions.ts';
import type { TimedSample } from './history.ts';
import { type GroupReading, partitionKey, type TopicPartition } from './kafka.ts';

/**
 * The partitions that thresholds look at: all but those of topics that the group has abandoned (its members are assigned others)
 * and of which no commit moved in the history. What was read within the history and is abandoned now may be a mistake made just
 * now, so it counts until the history has forgotten it.
 *
 * `samples`: of the group, oldest first, the newest of the reading.
 */
export function countedPartitions(
  group: Pick<GroupReading, 'members'>,
  samples: readonly TimedSample[],
): (partition: TopicPartition) => boolean {
  const read = topicsAssigned(group);
  const moved = new Map<string, boolean>();
  return ({ topic }) => {
    if (read.size === 0 || read.has(topic)) return true;
    const counts = moved.get(topic) ?? hasMoved(topic, samples);
    moved.set(topic, counts);
    return counts;
  };
}

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
