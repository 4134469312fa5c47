/** What was last told of a group, poll by poll. */

import { partitionKey } from '../kafka.ts';
import { type PartitionSample, type TimedSample, type TopicIds, topicIdIn } from './samples.ts';

/**
 * The newest of the samples of a group, oldest first; the ids of topics and the ends of logs that it lacks are as they were last
 * told. Undefined when there is none.
 */
export function lastTold(samples: readonly TimedSample[]): TimedSample | undefined {
  let told: TimedSample | undefined;
  let ids: TopicIds | undefined;
  for (const sample of samples) {
    told = told === undefined ? sample : filledFrom(told, sample, sample.topicIds === ids);
    ids = sample.topicIds;
  }
  return told;
}

/** `hasSameIds`: the newer was told the ids that the sample before it was, which the older has then. */
function filledFrom(older: TimedSample, newer: TimedSample, hasSameIds: boolean): TimedSample {
  const partitions = newer.partitions.every(hasEnd) ? newer.partitions : endsFrom(older, newer);
  const topicIds = hasSameIds ? older.topicIds : { ...older.topicIds, ...newer.topicIds };
  return { ...newer, ...(topicIds === undefined ? {} : { topicIds }), partitions };
}

const hasEnd = ({ logEndOffset }: PartitionSample): boolean => logEndOffset !== undefined;

function endsFrom(older: TimedSample, newer: TimedSample): PartitionSample[] {
  const ends = new Map(older.partitions.map((p) => [partitionKey(p), p.logEndOffset]));
  const isSame = (topic: string) => [undefined, topicIdIn(older, topic)].includes(topicIdIn(newer, topic));
  return newer.partitions.map((p) => {
    const end = isSame(p.topic) ? ends.get(partitionKey(p)) : undefined;
    return hasEnd(p) || end === undefined ? p : { ...p, logEndOffset: end };
  });
}
