/**
 * Lag of a group over the polls of a history, for a chart. Gaps stay gaps, and breaks are named.
 */

import { type BreakId, breakBetween, type LogPosition, positionAfter } from '#core/history/breaks.ts';
import { type LagHistory, type PartitionSample, pollsOf, type TimedSample, topicIdIn } from '#core/history/history.ts';
import { partitionKey, type TopicPartition } from '#core/kafka/model.ts';
import { unreadRecords } from '#core/kafka/offsets.ts';
import { absent, known, type Reading, unknown } from '#core/kafka/reading.ts';
import { lagOver } from '#core/lag/lag.ts';

/** The group at one poll, over the chosen partitions. */
export interface LagPoint {
  readonly atMs: number;
  /** Records; unknown when one lag is unknown; absent without a commit. */
  readonly lag: Reading<number>;
  /**
   * Records per second since the previous poll; unknown when either poll is, and across a break.
   */
  readonly produceRate: Reading<number>;
  readonly consumeRate: Reading<number>;
}

/** A break that the poll at `atMs` found: it happened after the partitions were last read. */
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

/**
 * The series of a group over the partitions that `isChosen` accepts. A poll without the group is
 * unknown.
 */
export function lagSeries(
  history: LagHistory,
  groupId: string,
  isChosen: (partition: TopicPartition) => boolean = () => true,
): LagSeries {
  const byTime = new Map(pollsOf(history, groupId).samples.map((sample) => [sample.atMs, sample]));
  const seen: SeenLogs = { positions: new Map(), topicIds: new Map() };
  const breaks: LagBreak[] = [];
  let before: TimedSample | undefined;
  const points = history.samples.map(({ atMs }) => {
    const whole = byTime.get(atMs);
    const sample = whole && { ...whole, partitions: whole.partitions.filter(isChosen) };
    const found = sample === undefined ? [] : findBreaks(sample, seen);
    breaks.push(...found);
    const point = sample === undefined ? unreadPoint(atMs) : pointBetween(before, sample, found.length > 0);
    before = sample;
    return point;
  });
  return { points, breaks };
}

function unreadPoint(atMs: number): LagPoint {
  const missing = unknown('the poll did not read the group');
  return { atMs, lag: missing, produceRate: missing, consumeRate: missing };
}

function pointBetween(before: TimedSample | undefined, now: TimedSample, isBroken: boolean): LagPoint {
  return {
    atMs: now.atMs,
    lag: lagOver(now.partitions.map((p) => ({ lag: sampleLag(p) }))),
    produceRate: rateBetween(before, now, isBroken, 'logEndOffset'),
    consumeRate: rateBetween(before, now, isBroken, 'committedOffset'),
  };
}

/** Where each partition was last read, and the last id of each topic. */
interface SeenLogs {
  readonly positions: Map<string, LogPosition>;
  readonly topicIds: Map<string, string>;
}

/** Breaks since the polls before. It brings `seen` up to date. */
function findBreaks(sample: TimedSample, { positions, topicIds }: SeenLogs): LagBreak[] {
  const broken = sample.partitions.flatMap(({ topic, partition, logEndOffset, committedOffset }) => {
    const key = partitionKey({ topic, partition });
    // A topic is recreated as a whole, a partition that no poll has read before included.
    const before = { ...positions.get(key), topicId: topicIds.get(topic) };
    const now = { topicId: topicIdIn(sample, topic), logEndOffset, committedOffset };
    positions.set(key, positionAfter(before, now));
    const id = breakBetween(before, now);
    return id === undefined ? [] : [{ id, topic, partition }];
  });
  for (const { topic } of sample.partitions) {
    const id = topicIdIn(sample, topic);
    if (id !== undefined) topicIds.set(topic, id);
  }
  const byKind = Map.groupBy(broken, ({ id, topic }) => `${id} ${topic}`);
  return [...byKind.values()].map((those) => {
    const { id, topic } = those[0] as (typeof those)[number];
    const partitions = those.map(({ partition }) => partition).sort((a, b) => a - b);
    return { atMs: sample.atMs, id, topic, partitions };
  });
}

/** Lag of a partition as a history keeps it; unknown with its reason, absent without a commit. */
export function sampleLag(p: PartitionSample): Reading<number> {
  const { committedOffset: committed, logEndOffset: end, logStartOffset: start } = p;
  if (p.uncommitted === true) return absent;
  const why = (reason: string) => unknown(`${partitionKey(p)}: ${reason}`);
  if (committed === undefined) return why('its commit could not be read');
  if (end === undefined || start === undefined) return why('its log could not be read');
  if (committed > end) return why('its commit lies beyond the end of the log');
  return known(unreadRecords(committed, start, end));
}

type OffsetField = 'logEndOffset' | 'committedOffset';

/** Like all rates, over the partitions with a commit. */
function rateBetween(
  before: TimedSample | undefined,
  now: TimedSample,
  isBroken: boolean,
  field: OffsetField,
): Reading<number> {
  if (before === undefined) return unknown('there is no previous poll of the group');
  if (isBroken) return unknown('offsets moved back, or the topic was recreated');
  const [from, to] = [totalOf(before, field), totalOf(now, field)];
  if (from === undefined || to === undefined) return unknown('an offset could not be read');
  if (from.partitions !== to.partitions) return unknown('the partitions with a commit have changed');
  return known((Number(to.sum - from.sum) * 1000) / (now.atMs - before.atMs));
}

/** Undefined when one offset is unknown. */
function totalOf({ partitions }: TimedSample, field: OffsetField): { sum: bigint; partitions: string } | undefined {
  const committed = partitions.filter((p) => p.uncommitted !== true);
  let sum = 0n;
  for (const { [field]: value } of committed) {
    if (value === undefined) return undefined;
    sum += value;
  }
  return { sum, partitions: committed.map(partitionKey).join() };
}
