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

/** What is known of the records of a partition beside their offsets. */
export interface RecordLife {
  readonly retention: Reading<Retention>;
  /** Of the oldest unread one. */
  readonly age: Reading<RecordAge>;
}

export type LifeOf = (partition: TopicPartition) => RecordLife;

/** One partition with unread records. */
export interface RetentionCase extends RecordLife {
  /** Records, above 0. */
  readonly lag: number;
  readonly produceRate: number;
  readonly consumeRate: number;
  /** Polls that the rates rest on. */
  readonly samples: number;
}

const NOT_ASKED = unknown('the retention of its topic was not asked for');
const MARKERS = unknown('what is unread may begin with markers of transactions');

/**
 * Retention and age of a group's partitions. What may begin with markers of transactions has no
 * age, which would grow for ever.
 *
 * `lastKnownOf`: each partition as the polls before last knew it.
 */
export function lifeIn(
  group: GroupReading,
  topics: ClusterReading['topics'],
  lastKnownOf: LastKnownPartitions,
): LifeOf {
  const readingOf = finderIn(group.partitions);
  return (partition) => {
    const p = readingOf(partition);
    const retention = topics.get(partition.topic)?.retention ?? NOT_ASKED;
    if (p === undefined) return { retention, age: unknown('the partition is not in the reading') };
    return { retention, age: mayBeginWithMarkers(p, group, lastKnownOf) ? MARKERS : p.age };
  };
}

/**
 * Until retention deletes the first unread record of a partition: by its topic's retention where
 * that is a time, or nothing is ever deleted; else by `byMovement`; and by the sooner of both where
 * the time is an upper bound only, since the log is limited by its size too, or the age of what is
 * unread is known roughly.
 *
 * The configuration goes first: log starts move by whole segments, a week's records at once where
 * little arrives, so that an hour of their movement tells of a pace that never was, or of none. It
 * errs to the safe side alone: a segment is deleted when its newest record is old enough, and so
 * the time told is a lower bound.
 */
export function forecastLoss(of: RetentionCase, byMovement: () => Reading<Forecast>): Reading<Forecast> {
  const told = byTime(of);
  const isSized = of.retention.kind === 'known' && of.retention.value.bytes !== undefined;
  if (told.kind === 'absent' && !isSized) return absent;
  if (told.kind === 'known' && !isSized && !told.value.isAtMost) return forecastOf(told.value, of);
  const moved = byMovement();
  if (told.kind === 'unknown' && moved.kind === 'unknown') return unknown(`${moved.reason}, and ${told.reason}`);
  if (told.kind !== 'known') return moved;
  return moved.kind === 'known' && moved.value.seconds < told.value.seconds ? moved : forecastOf(told.value, of);
}

const forecastOf = ({ seconds }: TimeLeft, { samples }: RetentionCase): Reading<Forecast> =>
  known({ seconds, samples, by: 'retention' });

interface TimeLeft {
  readonly seconds: number;
  readonly isAtMost: boolean;
}

/**
 * By the limit of time alone. A group that reads all that is unread now in less time than records
 * are kept loses none of it, and what arrives later only if it is slower than arrivals. Else the
 * age of the oldest unread record comes nearer to the limit, by as much as a second is longer than
 * the time in whose course was written what the group reads in a second.
 */
function byTime({ retention, age, lag, produceRate, consumeRate }: RetentionCase): Reading<TimeLeft> {
  if (retention.kind !== 'known') return retention;
  if (retention.value.ms === undefined) return unknown('its log is limited by size alone, which tells no time');
  const keptSeconds = retention.value.ms / 1000;
  const drainSeconds = lag / consumeRate;
  if (drainSeconds <= keptSeconds) {
    if (consumeRate >= produceRate * (1 - GROWTH_TOLERANCE)) return absent;
    const closing = 1 - consumeRate / produceRate;
    return known({ seconds: drainSeconds + (keptSeconds - drainSeconds) / closing, isAtMost: false });
  }
  if (age.kind !== 'known') return unknown(`the age of its oldest unread record is not known: ${whyMissing(age)}`);
  const { seconds, isAtLeast } = ageSeconds(age.value);
  const left = Math.max(0, keptSeconds - seconds) / (1 - seconds / drainSeconds);
  return known({ seconds: seconds >= keptSeconds ? 0 : Math.min(left, keptSeconds), isAtMost: isAtLeast });
}

/**
 * The upper end of a bracket that is narrow: 2 % of a week are three hours, more than a loss
 * horizon, so the lower end would tell of a loss when it is over. The upper end of a wide one would
 * tell of losses that are days away.
 */
function ageSeconds({ atLeastMs, atMostMs = Number.POSITIVE_INFINITY }: RecordAge) {
  const isNarrow = atMostMs - atLeastMs <= toleranceMs(atLeastMs);
  return { seconds: (isNarrow ? atMostMs : atLeastMs) / 1000, isAtLeast: !isNarrow };
}
