/** What was last told of a group, poll by poll. */

import { type PartitionSample, type TimedSample, type TopicIds, topicIdIn } from '#core/history/columns/samples.ts';
import { partitionKey, type TopicPartition } from '#core/kafka/model.ts';
import { present } from '#core/text/json.ts';

/**
 * The newest of the samples of a group, oldest first; the ids of topics and the ends of logs that it lacks are as they were last
 * told. Undefined when there is none.
 */
export function lastKnown(samples: readonly TimedSample[]): TimedSample | undefined {
  const newest = samples.at(-1);
  if (newest === undefined) return undefined;
  const ids = toldIds(samples);
  // A sample that was told every end needs none of an older one, and as a rule that is the newest.
  const whole = samples.findLastIndex(({ partitions }) => partitions.every(hasEnd));
  let told: readonly PartitionSample[] = [];
  for (let i = Math.max(0, whole); i < samples.length; i++) {
    const sample = samples[i] as TimedSample;
    told = i === whole ? sample.partitions : endsFrom({ partitions: told, ...optional(ids[i - 1]) }, sample);
  }
  return { ...newest, ...optional(ids.at(-1)), partitions: told };
}

/** A partition as a poll told it last; undefined when none did. */
export type LastKnownPartitions = (partition: TopicPartition) => PartitionSample | undefined;

/** The partitions of `lastKnown`, which is asked with the first of them: of most groups none is asked for. */
export function lastKnownPartitions(samplesOf: () => readonly TimedSample[]): LastKnownPartitions {
  let told: ReadonlyMap<string, PartitionSample> | undefined;
  return (partition) => {
    told ??= new Map(lastKnown(samplesOf())?.partitions.map((p) => [partitionKey(p), p]));
    return told.get(partitionKey(partition));
  };
}

const optional = (topicIds: TopicIds | undefined): { readonly topicIds?: TopicIds } => present({ topicIds });

/** The ids that were told up to each of the samples. */
function toldIds(samples: readonly TimedSample[]): readonly (TopicIds | undefined)[] {
  let told: TopicIds | undefined;
  let before: TopicIds | undefined;
  return samples.map(({ topicIds }) => {
    // Polls share what did not change.
    if (topicIds !== before) told = { ...told, ...topicIds };
    before = topicIds;
    return told;
  });
}

const hasEnd = ({ logEndOffset }: PartitionSample): boolean => logEndOffset !== undefined;

function endsFrom(older: Pick<TimedSample, 'topicIds' | 'partitions'>, newer: TimedSample): readonly PartitionSample[] {
  const ends = new Map(older.partitions.map((p) => [partitionKey(p), p.logEndOffset]));
  const isSame = (topic: string) => [undefined, topicIdIn(older, topic)].includes(topicIdIn(newer, topic));
  return newer.partitions.map((p) => {
    const end = isSame(p.topic) ? ends.get(partitionKey(p)) : undefined;
    return hasEnd(p) || end === undefined ? p : { ...p, logEndOffset: end };
  });
}
