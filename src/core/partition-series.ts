/** The samples of a group by partition, as far back as they are of one log: what rates and statuses are made from. */
import { type PartitionSample, type TimedSample, topicIdIn } from './history.ts';
import { partitionKey, type TopicPartition } from './kafka.ts';

/** A partition at one poll. */
export interface Point {
  readonly atMs: number;
  readonly sample: PartitionSample;
}

/** One partition of the newest sample. */
export interface PartitionSeries extends TopicPartition {
  readonly newest: PartitionSample;
  /** Oldest first, `newest` last. None is from before the topic was made again or its log truncated. */
  readonly points: readonly Point[];
}

/** The partitions of the newest sample; none without a sample. Samples are in order of time. */
export function seriesOf(samples: readonly TimedSample[]): PartitionSeries[] {
  const lookups = samples.map((sample) => ({ sample, find: finder(sample) }));
  const partitions = samples.at(-1)?.partitions ?? [];
  return partitions.map((newest, row) => {
    const { topic, partition } = newest;
    const points = lookups.flatMap(({ sample: from, find }) => {
      const sample = find({ topic, partition }, row);
      return sample === undefined ? [] : [{ atMs: from.atMs, sample, topicId: topicIdIn(from, topic) }];
    });
    return { topic, partition, newest, points: points.slice(lastBreak(points)) };
  });
}

/** Looks where the partition most likely is, before it looks everywhere. */
function finder({ partitions }: TimedSample) {
  let byKey: ReadonlyMap<string, PartitionSample> | undefined;
  return (tp: TopicPartition, row: number): PartitionSample | undefined => {
    const guess = partitions[row];
    if (guess?.partition === tp.partition && guess.topic === tp.topic) return guess;
    byKey ??= new Map(partitions.map((p) => [partitionKey(p), p]));
    return byKey.get(partitionKey(tp));
  };
}

/** Index of the first point of the newest log: another topic id is another log, and so is one that ends earlier. */
function lastBreak(points: readonly (Point & { readonly topicId: string | undefined })[]): number {
  let start = 0;
  let id: string | undefined;
  let end: bigint | undefined;
  for (const [index, { topicId, sample }] of points.entries()) {
    const isOther = id !== undefined && topicId !== undefined && topicId !== id;
    const isShorter = end !== undefined && sample.logEndOffset !== undefined && sample.logEndOffset < end;
    if (isOther || isShorter) start = index;
    id = topicId ?? id;
    end = sample.logEndOffset ?? end;
  }
  return start;
}
