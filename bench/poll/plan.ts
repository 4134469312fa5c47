/** The content of the benchmark's cluster as arithmetic, so that every lag is known in advance. */

/** Partitions of each topic. */
export const TOPIC_PARTITIONS = 25;
/** Records of each partition. */
export const RECORDS = 120;
/** The records of a partition are spread over this time, milliseconds. */
export const SPREAD_MS = 6 * 3_600_000;

export interface PollPlan {
  readonly groups: number;
  /** Of each group. */
  readonly partitions: number;
  readonly topics: number;
}

export interface PlannedCommit {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** The totals of a plan. */
export interface PlanCounts {
  /** Partitions summed over groups: the rows of a reading. */
  readonly groupPartitions: number;
  readonly lagging: number;
  readonly lag: number;
  /** Partitions with a commit of some group. */
  readonly sharedPartitions: number;
  /** Most groups with a commit for the same partition. */
  readonly groupsPerPartition: number;
  /** Most different commits for the same partition. */
  readonly commitsPerPartition: number;
}

/** @throws when a group would have a partition twice */
export function checkPlan({ partitions, topics }: PollPlan): void {
  if (partitions <= topics * TOPIC_PARTITIONS) return;
  const most = topics * TOPIC_PARTITIONS;
  throw new Error(`--partitions must be at most ${most} with ${topics} topics, got ${partitions}; use more --topics`);
}

/** Name of a topic, by its number from 0. */
export const topicName = (topic: number): string => `bench-topic-${String(topic).padStart(4, '0')}`;
/** Id of a group, by its number from 0. */
export const groupName = (group: number): string => `bench-group-${String(group).padStart(6, '0')}`;
/** Names of all topics. */
export const topicNames = ({ topics }: PollPlan): string[] => Array.from({ length: topics }, (_, i) => topicName(i));
/** Ids of all groups. */
export const groupNames = ({ groups }: PollPlan): string[] => Array.from({ length: groups }, (_, i) => groupName(i));

/** CreateTime of a record, epoch ms. The newest has `endMs`; later offsets are never older. */
export const timestampOf = (record: number, endMs: number): number =>
  Math.round(endMs - ((RECORDS - 1 - record) / RECORDS) * SPREAD_MS);

/**
 * The commits of a group: on its own topic and the following ones, with every other partition
 * behind by its own lag.
 */
export function commitsOf({ partitions, topics }: PollPlan, group: number): readonly PlannedCommit[] {
  return Array.from({ length: partitions }, (_, index) => {
    const topic = (group + Math.floor(index / TOPIC_PARTITIONS)) % topics;
    // Groups that share a topic are whole rounds apart, and each round commits at another offset.
    const behind = index % 2 === 0 ? 0 : 1 + ((group * 37 + Math.floor(group / topics) * 11 + index * 17) % RECORDS);
    return { topic: topicName(topic), partition: index % TOPIC_PARTITIONS, offset: RECORDS - behind };
  });
}

/** Counts of a plan. */
export function countPlan(plan: PollPlan): PlanCounts {
  const offsets = new Map<string, number[]>();
  let [lagging, lag] = [0, 0];
  for (let group = 0; group < plan.groups; group++) {
    for (const { topic, partition, offset } of commitsOf(plan, group)) {
      if (offset < RECORDS) lagging++;
      lag += RECORDS - offset;
      const key = `${topic}/${partition}`;
      const known = offsets.get(key);
      if (known === undefined) offsets.set(key, [offset]);
      else known.push(offset);
    }
  }
  const most = (count: (of: readonly number[]) => number) => Math.max(...[...offsets.values()].map(count));
  return {
    groupPartitions: plan.groups * plan.partitions,
    lagging,
    lag,
    sharedPartitions: offsets.size,
    groupsPerPartition: most((all) => all.length),
    commitsPerPartition: most((all) => new Set(all).size),
  };
}
