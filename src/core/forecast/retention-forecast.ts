/**
 * Time until retention overtakes a group in one partition, from the topic's configuration and the
 * age of what is unread.
 */

import { toleranceMs } from '#core/ages/age.ts';
import type { LastKnownPartitions } from '#core/history/history.ts';
import type { ClusterReading, GroupReading, RecordAge, Retention, TopicPartition } from '#core/kafka/model.ts';
import { finderIn } from '#core/kafka/partition-finder.ts';
import { absent, known, type Reading, unknown, whyMissing } from '#core/kafka/reading.ts';
import { mayBeginWithMarkers } from '#core/lag/conditions.ts';
import { GROWTH_TOLERANCE } from '#core/lag/rates.ts';
import type { Forecast } from './model.ts';

/** What is known about the records of a partition besides their offsets. */
export interface RecordLife {
  readonly retention: Reading<Retention>;
  /** Of the oldest unread record. */
  readonly age: Reading<RecordAge>;
}

export type LifeOf = (partition: TopicPartition) => RecordLife;

/** One partition with unread records. */
export interface RetentionCase extends RecordLife {
  /** Records, above 0. */
  readonly lag: number;
  readonly produceRate: number;
  readonly consumeRate: number;
  /** Polls that the rates use. */
  readonly samples: number;
}

const NOT_REQUESTED = unknown('the retention of its topic was not requested');
const MARKERS = unknown('the unread offsets may begin with transaction markers');

/**
 * Retention and age of a group's partitions. Offsets that may begin with transaction markers have
 * no age: it would grow for ever.
 *
 * `lastKnownOf`: each partition as the previous polls last knew it.
 */
export function lifeIn(
  group: GroupReading,
  topics: ClusterReading['topics'],
  lastKnownOf: LastKnownPartitions,
): LifeOf {
  const readingOf = finderIn(group.partitions);
  return (partition) => {
    const p = readingOf(partition);
    const retention = topics.get(partition.topic)?.retention ?? NOT_REQUESTED;
    if (p === undefined) return { retention, age: unknown('the partition is not in the reading') };
    return { retention, age: mayBeginWithMarkers(p, group, lastKnownOf) ? MARKERS : p.age };
  };
}

/**
 * Time until retention deletes the first unread record of a partition. It uses the topic's
 * retention where that is a time, or where nothing is ever deleted, and otherwise `byMovement`. It
 * is the shorter of both where the retention gives only an upper bound: when a size limits the log
 * too, or the age of the unread records is known only roughly.
 *
 * The configuration goes first because log starts move by whole segments: a week of records at once
 * where traffic is low. An hour of that movement shows a speed that never was, or none. The
 * configuration errs only to the safe side. Brokers delete a segment when its newest record is old
 * enough, so the time is a lower bound.
 */
export function forecastLoss(of: RetentionCase, byMovement: () => Reading<Forecast>): Reading<Forecast> {
  const timeLeft = byTime(of);
  const isSized = of.retention.kind === 'known' && of.retention.value.bytes !== undefined;
  if (timeLeft.kind === 'absent' && !isSized) return absent;
  if (timeLeft.kind === 'known' && !isSized && !timeLeft.value.isAtMost) return forecastOf(timeLeft.value, of);
  const moved = byMovement();
  if (timeLeft.kind === 'unknown' && moved.kind === 'unknown')
    return unknown(`${moved.reason}, and ${timeLeft.reason}`);
  if (timeLeft.kind !== 'known') return moved;
  return moved.kind === 'known' && moved.value.seconds < timeLeft.value.seconds
    ? moved
    : forecastOf(timeLeft.value, of);
}

const forecastOf = ({ seconds }: TimeLeft, { samples }: RetentionCase): Reading<Forecast> =>
  known({ seconds, samples, by: 'retention' });

interface TimeLeft {
  readonly seconds: number;
  readonly isAtMost: boolean;
}

/**
 * By the time limit alone. A group that drains its lag within the retention loses none of it; it
 * loses later records only if it reads more slowly than they are produced. Otherwise time to data
 * loss = (retention − age) ÷ (1 − age ÷ drain time), since the group works through `age ÷ drain
 * time` seconds of log per second.
 */
function byTime({ retention, age, lag, produceRate, consumeRate }: RetentionCase): Reading<TimeLeft> {
  if (retention.kind !== 'known') return retention;
  if (retention.value.ms === undefined) return unknown('only a size limits its log, which gives no time');
  const keptSeconds = retention.value.ms / 1000;
  const drainSeconds = lag / consumeRate;
  if (drainSeconds <= keptSeconds) {
    if (consumeRate >= produceRate * (1 - GROWTH_TOLERANCE)) return absent;
    const closing = 1 - consumeRate / produceRate;
    return known({ seconds: drainSeconds + (keptSeconds - drainSeconds) / closing, isAtMost: false });
  }
  if (age.kind !== 'known') return unknown(`the age of its oldest unread record is unknown: ${whyMissing(age)}`);
  const { seconds, isAtLeast } = ageSeconds(age.value);
  const left = Math.max(0, keptSeconds - seconds) / (1 - seconds / drainSeconds);
  return known({ seconds: seconds >= keptSeconds ? 0 : Math.min(left, keptSeconds), isAtMost: isAtLeast });
}

/**
 * The upper end of a narrow bracket: 2 % of a week is three hours, more than the data loss horizon,
 * so the lower end would report a loss after it happened. The lower end of a wide bracket: its
 * upper end would report losses that are days away.
 */
function ageSeconds({ atLeastMs, atMostMs = Number.POSITIVE_INFINITY }: RecordAge) {
  const isNarrow = atMostMs - atLeastMs <= toleranceMs(atLeastMs);
  return { seconds: (isNarrow ? atMostMs : atLeastMs) / 1000, isAtLeast: !isNarrow };
}
