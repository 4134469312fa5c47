/**
 * The one record of what is known of a group at one moment. A poll, `lag watch`, `lag describe`,
 * the runbook's observation, `lag history` and the heat map all show parts of it.
 */
import type { Member, TopicPartition } from '#core/kafka/model.ts';
import type { Reading } from '#core/kafka/reading.ts';
import type { Condition } from '#core/lag/conditions.ts';
import type { LagTotals, PartitionLag } from '#core/lag/lag.ts';
import type { GroupStatus, PartitionStatus } from '#core/status/status.ts';
import type { LagRatio } from './lag-ratio.ts';
import type { GroupPast } from './past.ts';

/** The partition that lags most. */
export interface WorstPartition extends TopicPartition {
  /** Records. */
  readonly lag: number;
}

/** Readings that a group without commits of its own cannot have are absent. */
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
   * `consumer`, `streams`, `simple`; for a group without commits, what its members say they are.
   */
  readonly kind: Reading<string>;
  /** Protocol of its members, as the broker lists it. */
  readonly type: Reading<string>;
  /** Kafka's word. */
  readonly state: Reading<string>;
  readonly assignor: Reading<string>;
  /** Absent under the classic protocol. */
  readonly epoch: Reading<number>;
  readonly members: Reading<readonly Member[]>;
  /** Number of members, idle ones included. */
  readonly memberCount: Reading<number>;
  /** Every partition that it committed or owns, in order of topic and partition. */
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
  /** Absent when it was not measured against thresholds; unknown when nothing of it is known. */
  readonly ratio: Reading<LagRatio>;
  /** Absent without commits to judge by. */
  readonly status: Reading<GroupStatus>;
  /**
   * Rates and forecasts over the counted partitions: those that thresholds look at. A topic that
   * the group abandoned long ago is not counted.
   */
  readonly past: GroupPast;
  /**
   * The same over the partitions that it reads now: a topic that it abandoned a moment ago is left
   * out too.
   */
  readonly pastOfRead: GroupPast;
  /** A member is assigned the topic, or no member is assigned anything. */
  readonly isRead: (partition: TopicPartition) => boolean;
  /**
   * Partitions that it reads and no member owns; absent where consumers assign partitions to
   * themselves.
   */
  readonly unassigned: Reading<number>;
  /** A rebalance happened since the poll before; unknown without one. */
  readonly rebalanced: Reading<boolean>;
  /**
   * What is out of the ordinary. Worked out when it is called: a poll of many groups does not need
   * it.
   */
  readonly conditions: () => readonly Condition[];
  /** Number of polls that are known of the group, this one included. */
  readonly polls: number;
}
