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

/** The newest answer: status and forecast of a group look at the same samples, one after the other. */
let newest: { readonly samples: readonly TimedSample[]; readonly series: readonly PartitionSeries[] } | undefined;

/** The partitions of the newest sample; none without a sample. Samples are in order of time. */
export function seriesOf(samples: readonly TimedSample[]): readonly PartitionSeries[] {
  if (newest?.samples !== samples) newest = { samples, series: makeSeries(samples) };
  return newest.series;
}

function makeSeries(samples: readonly TimedSample[]): PartitionSeries[] {
  const finders = samples.map(finder);
  let topic: string | undefined;
  let ids: readonly (string | undefined)[] = [];
  return (samples.at(-1)?.partitions ?? []).map((now, row) => {
    // The partitions of a topic follow one another.
    if (now.topic !== topic) ids = samples.map((sample) => topicIdIn(sample, now.topic));
    topic = now.topic;
    const seen: Seen[] = [];
    for (let i = 0; i < samples.length; i++) {
      const sample = finders[i]?.(now, row);
      if (sample !== undefined) seen.push({ atMs: (samples[i] as TimedSample).atMs, sample, topicId: ids[i] });
    }
    return { topic, partition: now.partition, newest: now, points: sinceBreak(seen) };
  });
}

interface Seen extends Point {
  readonly topicId: string | undefined;
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

/** The points of the newest log: another topic id is another log, and so is one that ends earlier. */
function sinceBreak(seen: readonly Seen[]): readonly Point[] {
  let start = 0;
  let id: string | undefined;
  let end: bigint | undefined;
  for (let index = 0; index < seen.length; index++) {
    const { topicId, sample } = seen[index] as Seen;
    const isOther = id !== undefined && topicId !== undefined && topicId !== id;
    const isShorter = end !== undefined && sample.logEndOffset !== undefined && sample.logEndOffset < end;
    if (isOther || isShorter) start = index;
    id = topicId ?? id;
    end = sample.logEndOffset ?? end;
  }
  return start === 0 ? seen : seen.slice(start);
}
