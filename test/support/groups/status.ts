/** The past of one partition for statuses, in minutes and with offsets as numbers. */
import { groupPollsOf, type PartitionSample, type TimedSample } from '#core/history/history.ts';
import type { GroupReading, PartitionReading } from '#core/kafka/model.ts';
import { known, unknown } from '#core/kafka/reading.ts';
import type { Ownership } from '#core/status/facts.ts';
import { type GroupStatus, judgeGroup, type PartitionStatus } from '#core/status/status.ts';
import { present } from '#core/text/json.ts';
import { partitionOf } from './readings.ts';

/** Any time of day. */
export const T0 = Date.UTC(2026, 0, 5, 3);
export const MINUTE = 60_000;
export const WINDOW_MS = 5 * MINUTE;

export interface SeenPoll {
  readonly minute: number;
  /** Left out when it could not be read. `none` when there is none. */
  readonly commit?: number | 'none';
  readonly end?: number;
  readonly start?: number;
  /** Last stable offset of the newest poll; by default the end. */
  readonly stable?: number;
  readonly topicId?: string;
}

/** Polls a minute apart, of minutes 0 to `last`. */
export const minutes = (last: number, at: (minute: number) => Omit<SeenPoll, 'minute'>): SeenPoll[] =>
  Array.from({ length: last + 1 }, (_, minute) => ({ minute, ...at(minute) }));

/** Polls at the given minutes. */
export const polls = (at: readonly number[], seen: (minute: number) => Omit<SeenPoll, 'minute'>): SeenPoll[] =>
  at.map((minute) => ({ minute, ...seen(minute) }));

const offsetOf = (value: number | undefined) => (value === undefined ? undefined : BigInt(Math.round(value)));

function partitionSample({ commit, end, start }: SeenPoll): PartitionSample {
  return {
    topic: 'orders',
    partition: 0,
    ...(commit === 'none' ? { uncommitted: true } : present({ committedOffset: offsetOf(commit) })),
    ...present({ logEndOffset: offsetOf(end), logStartOffset: offsetOf(start) }),
  };
}

/** The part of the newest poll that no history keeps. */
function partitionReading({ end = 0, stable = end }: SeenPoll): PartitionReading {
  return { ...partitionOf(0, [null, Math.round(end)]), lastStableOffset: known(BigInt(Math.round(stable))) };
}

export const sampleOf = (poll: SeenPoll): TimedSample => ({
  groupId: 'billing',
  atMs: T0 + poll.minute * MINUTE,
  ...present({ topicIds: poll.topicId === undefined ? undefined : { orders: poll.topicId } }),
  partitions: [partitionSample(poll)],
});

const owns = (...topics: readonly string[]): GroupReading['members'] =>
  known([
    { memberId: 'm', clientId: 'c', host: '10.0.0.1', assignment: topics.map((topic) => ({ topic, partition: 0 })) },
  ]);

export const MEMBERS: Record<Ownership, GroupReading['members']> = {
  owned: owns('orders'),
  unowned: owns(),
  abandoned: owns('other'),
  unknown: unknown('denied'),
};

/** The status of the partition and of its group. */
export function judge(
  seen: readonly SeenPoll[],
  ownership: Ownership = 'owned',
): { partition: PartitionStatus; group: GroupStatus } {
  const { group, partitions } = judgeGroup({
    polls: groupPollsOf(seen.map(sampleOf)),
    group: { kind: 'consumer', members: MEMBERS[ownership], partitions: seen.slice(-1).map(partitionReading) },
    windowMs: WINDOW_MS,
  });
  return { group, partition: partitions[0] as PartitionStatus };
}
