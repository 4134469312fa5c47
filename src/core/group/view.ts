/**
 * The one record of what is known about a group at one moment. A poll, `lag watch`, `lag describe`,
 * the runbook's observation, `lag history` and the heat map all show parts of it.
 */
import type { Member, TopicPartition } from '#core/kafka/model.ts';
import type { Reading } from '#core/kafka/reading.ts';
import type { Condition } from '#core/lag/conditions.ts';
import type { LagTotals, PartitionLag } from '#core/lag/lag.ts';
import type { GroupStatus, PartitionStatus } from '#core/status/status.ts';
import type { LagRatio } from './lag-ratio.ts';
import type { GroupPast } from './past.ts';

/** The partition with the most lag. */
export interface WorstPartition extends TopicPartition {
  /** Records. */
  readonly lag: number;
}

/** Readings that do not exist for a group without commits are absent. */
export interface GroupView {
  readonly groupId: string;
  /** When it was read, epoch ms. */
  readonly atMs: number;
  /**
   * `no-commits`: a group without commits of its own, such as a Connect worker group or a share
   * group.
   */
  readonly source: 'read' | 'unreadable' | 'no-commits';
  /**
   * `consumer`, `streams` or `simple`; for a group without commits, the protocol of its members.
   */
  readonly kind: Reading<string>;
  /** Protocol of its members, as the broker lists it. */
  readonly type: Reading<string>;
  /** Kafka's name of the state. */
  readonly state: Reading<string>;
  readonly assignor: Reading<string>;
  /** Absent under the classic protocol. */
  readonly epoch: Reading<number>;
  readonly members: Reading<readonly Member[]>;
  /** Number of members, idle ones included. */
  readonly memberCount: Reading<number>;
  /** Every partition that the group committed or owns, ordered by topic and partition. */
  readonly partitions: readonly PartitionLag[];
  /** In the order of `partitions`. */
  readonly partitionStatuses: readonly PartitionStatus[];
  /** Lag and coverage as numbers, over all partitions. */
  readonly totals: LagTotals;
  /**
   * Records over all partitions; unknown when one partition's lag is, or when commits may be
   * hidden.
   */
  readonly lag: Reading<number>;
  /** Records over the partitions whose lag is known; absent when none is. */
  readonly lagAtLeast: Reading<number>;
  /** Among the partitions whose lag is known. */
  readonly worst: Reading<WorstPartition>;
  /** Share of the expected partitions that was measured, 0 to 1. */
  readonly coverage: Reading<number>;
  /** Age of the oldest unread record over the counted partitions, ms. */
  readonly ageMs: Reading<number>;
  /** Absent when no thresholds were given; unknown when no ratio is known. */
  readonly ratio: Reading<LagRatio>;
  /** Absent without commits to judge by. */
  readonly status: Reading<GroupStatus>;
  /**
   * Rates and forecasts over the counted partitions: those that thresholds use. A topic that the
   * group abandoned long ago does not count.
   */
  readonly past: GroupPast;
  /**
   * The same over the partitions that the group reads now: a recently abandoned topic does not
   * count either.
   */
  readonly pastOfRead: GroupPast;
  /** A member is assigned the topic, or no member is assigned anything. */
  readonly isRead: (partition: TopicPartition) => boolean;
  /**
   * Read partitions that no member owns; absent where consumers assign partitions to themselves.
   */
  readonly unassigned: Reading<number>;
  /** A rebalance happened since the previous poll; unknown without one. */
  readonly rebalanced: Reading<boolean>;
  /** Unusual states of the offsets. Computed on call: a poll of many groups does not need them. */
  readonly conditions: () => readonly Condition[];
  /** Number of known polls of the group, this one included. */
  readonly polls: number;
}
