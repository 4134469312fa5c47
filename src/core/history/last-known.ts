/** What the polls of a group knew last, poll by poll. */

import { type PartitionSample, type TimedSample, type TopicIds, topicIdIn } from '#core/history/columns/samples.ts';
import { partitionKey, type TopicPartition } from '#core/kafka/model.ts';
import { present } from '#core/text/json.ts';

/**
 * The newest of a group's samples, which are in order of time. Topic ids and log ends that it lacks
 * come from older samples. Undefined without samples.
 */
export function lastKnown(samples: readonly TimedSample[]): TimedSample | undefined {
  const newest = samples.at(-1);
  if (newest === undefined) return undefined;
  const ids = lastKnownIds(samples);
  // A sample with every end needs no older one. That is usually the newest.
  const whole = samples.findLastIndex((sample) => sample.partitions.every(hasEnd));
  let partitions: readonly PartitionSample[] = [];
  for (let i = Math.max(0, whole); i < samples.length; i++) {
    const sample = samples[i] as TimedSample;
    partitions = i === whole ? sample.partitions : withLastKnownEnds(sample, { ids: ids[i - 1], partitions });
  }
  return { ...newest, ...present({ topicIds: ids.at(-1) }), partitions };
}

/** Returns what the polls knew last of a partition; undefined when no poll had it. */
export type LastKnownPartitions = (partition: TopicPartition) => PartitionSample | undefined;

/** The partitions of `lastKnown`, computed at the first request: most groups need none of them. */
export function lastKnownPartitions(samplesOf: () => readonly TimedSample[]): LastKnownPartitions {
  let byKey: ReadonlyMap<string, PartitionSample> | undefined;
  return (partition) => {
    byKey ??= new Map(lastKnown(samplesOf())?.partitions.map((p) => [partitionKey(p), p]));
    return byKey.get(partitionKey(partition));
  };
}

/** For each sample the topic ids of it and of the samples before. */
function lastKnownIds(samples: readonly TimedSample[]): readonly (TopicIds | undefined)[] {
  let known: TopicIds | undefined;
  let before: TopicIds | undefined;
  return samples.map(({ topicIds }) => {
    // Polls share what did not change.
    if (topicIds !== before) known = { ...known, ...topicIds };
    before = topicIds;
    return known;
  });
}

const hasEnd = ({ logEndOffset }: PartitionSample): boolean => logEndOffset !== undefined;

interface Older {
  readonly ids: TopicIds | undefined;
  readonly partitions: readonly PartitionSample[];
}

/**
 * The partitions of a sample. An end that it lacks is the older one, unless that may be of another
 * topic.
 */
function withLastKnownEnds(sample: TimedSample, older: Older): readonly PartitionSample[] {
  const ends = new Map(older.partitions.map((p) => [partitionKey(p), p.logEndOffset]));
  const maySurvive = (topic: string): boolean => {
    const id = topicIdIn(sample, topic);
    return id === undefined || id === topicIdIn(present({ topicIds: older.ids }), topic);
  };
  return sample.partitions.map((p) => {
    const end = maySurvive(p.topic) ? ends.get(partitionKey(p)) : undefined;
    return hasEnd(p) || end === undefined ? p : { ...p, logEndOffset: end };
  });
}
