/** Lag of a group over the polls that a history holds: what a chart is drawn from. Gaps stay gaps, and breaks are told. */

import { type LagHistory, type PartitionSample, pollsOf, type TimedSample, topicIdIn } from '#core/history/history.ts';
import { partitionKey, type TopicPartition } from '#core/kafka/model.ts';
import { absent, known, type Reading, unknown } from '#core/kafka/reading.ts';
import { lagOver } from '#core/lag/lag.ts';

/** The group at one poll, over the partitions that were chosen. */
export interface LagPoint {
  readonly atMs: number;
  /** Records; unknown when that of one partition is; absent when there is no commit. */
  readonly lag: Reading<number>;
  /** Records per second since the poll before; unknown when either poll is, and across a break. */
  readonly produceRate: Reading<number>;
  readonly consumeRate: Reading<number>;
}

/** What ends the past of a partition: what lies before is not compared with what lies behind. */
export type BreakId = 'recreated-topic' | 'log-truncated' | 'rewound';

/** A break seen by the poll at `atMs`: it happened since the partitions were last read. */
export interface LagBreak {
  readonly atMs: number;
  readonly id: BreakId;
  readonly topic: string;
  /** Ascending. */
  readonly partitions: readonly number[];
}

export interface LagSeries {
  /** One for each poll of the history, oldest first. */
  readonly points: readonly LagPoint[];
  /** Oldest first. */
  readonly breaks: readonly LagBreak[];
}

/** The series of a group over the partitions that `isChosen`; a poll that does not name the group is unknown. */
export function lagSeries(
  history: LagHistory,
  groupId: string,
  isChosen: (partition: TopicPartition) => boolean = () => true,
): LagSeries {
  const byTime = new Map(pollsOf(history, groupId).samples.map((sample) => [sample.atMs, sample]));
  const walk = new Walk();
  for (const { atMs } of history.samples) {
    const sample = byTime.get(atMs);
    if (sample === undefined) walk.miss(atMs);
    else walk.step({ ...sample, partitions: sample.partitions.filter(isChosen) });
  }
  const { points, breaks } = walk;
  return { points, breaks };
}

/** Goes from poll to poll. */
class Walk {
  readonly points: LagPoint[] = [];
  readonly breaks: LagBreak[] = [];
  /** By partition, as it was last told. */
  readonly #last = new Map<string, PartitionSample>();
  readonly #ids = new Map<string, string>();
  #before: TimedSample | undefined;

  miss(atMs: number): void {
    const missing = unknown('the poll did not read the group');
    this.points.push({ atMs, lag: missing, produceRate: missing, consumeRate: missing });
    this.#before = undefined;
  }

  step(sample: TimedSample): void {
    const broken = this.#breaksIn(sample);
    this.breaks.push(...broken);
    const rate = (of: OffsetField) => rateBetween(this.#before, sample, broken.length > 0, of);
    this.points.push({
      atMs: sample.atMs,
      lag: lagOver(sample.partitions.map((p) => ({ lag: sampleLag(p) }))),
      produceRate: rate('logEndOffset'),
      consumeRate: rate('committedOffset'),
    });
    this.#before = sample;
  }

  /** Notes what the sample tells, and says what does not go on from what was told before. */
  #breaksIn(sample: TimedSample): LagBreak[] {
    const { atMs, partitions } = sample;
    return [...Map.groupBy(partitions, ({ topic }) => topic)].flatMap(([topic, ofTopic]) => {
      const id = topicIdIn(sample, topic);
      const before = this.#ids.get(topic);
      if (id !== undefined) this.#ids.set(topic, id);
      const isOther = id !== undefined && before !== undefined && id !== before;
      const found = Map.groupBy(ofTopic, (p) => this.#breakOf(p, isOther));
      return [...found].flatMap(([breakId, broken]) =>
        breakId === undefined
          ? []
          : [{ atMs, id: breakId, topic, partitions: broken.map((p) => p.partition).sort(ascending) }],
      );
    });
  }

  #breakOf(now: PartitionSample, isOtherTopic: boolean): BreakId | undefined {
    const key = partitionKey(now);
    const before = this.#last.get(key);
    const id = isOtherTopic ? 'recreated-topic' : before === undefined ? undefined : backwards(before, now);
    // Of another log nothing is known but what it tells itself.
    this.#last.set(key, id === 'recreated-topic' ? now : { ...before, ...now });
    return id;
  }
}

const ascending = (a: number, b: number): number => a - b;

const isLess = (a: bigint | undefined, b: bigint | undefined): boolean => a !== undefined && b !== undefined && a < b;

function backwards(before: PartitionSample, now: PartitionSample): BreakId | undefined {
  if (isLess(now.logEndOffset, before.logEndOffset)) return 'log-truncated';
  return isLess(now.committedOffset, before.committedOffset) ? 'rewound' : undefined;
}

/** Lag of a partition as a history keeps it; unknown with the reason. */
export function sampleLag(p: PartitionSample): Reading<number> {
  const { committedOffset: committed, logEndOffset: end, logStartOffset: start } = p;
  if (p.uncommitted === true) return absent;
  const why = (reason: string) => unknown(`${partitionKey(p)}: ${reason}`);
  if (committed === undefined) return why('its commit could not be read');
  if (end === undefined || start === undefined) return why('its log could not be read');
  if (committed > end) return why('its commit lies beyond the end of the log');
  return known(Number(end - (committed < start ? start : committed)));
}

type OffsetField = 'logEndOffset' | 'committedOffset';

/** Over the partitions with a commit, as rates are everywhere. */
function rateBetween(
  before: TimedSample | undefined,
  now: TimedSample,
  isBroken: boolean,
  field: OffsetField,
): Reading<number> {
  if (before === undefined) return unknown('there is no poll of the group before');
  if (isBroken) return unknown('offsets went back, or the topic was made again');
  const [from, to] = [totalOf(before, field), totalOf(now, field)];
  if (from === undefined || to === undefined) return unknown('an offset could not be read');
  if (from.partitions !== to.partitions) return unknown('the partitions with a commit are others than before');
  return known((Number(to.sum - from.sum) * 1000) / (now.atMs - before.atMs));
}

/** Undefined when a partition's is not known. */
function totalOf({ partitions }: TimedSample, field: OffsetField): { sum: bigint; partitions: string } | undefined {
  const committed = partitions.filter((p) => p.uncommitted !== true);
  let sum = 0n;
  for (const { [field]: value } of committed) {
    if (value === undefined) return undefined;
    sum += value;
  }
  return { sum, partitions: committed.map(partitionKey).join() };
}
