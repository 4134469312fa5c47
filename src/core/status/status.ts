/** How a group is doing, partition by partition, judged by its past without a threshold on lag. */
import { z } from 'zod';
import type { GroupPolls } from '#core/history/history.ts';
import { topicsAssigned } from '#core/kafka/members.ts';
import { type GroupReading, partitionKey, type TopicPartition } from '#core/kafka/model.ts';
import { knownValue } from '#core/kafka/reading.ts';
import { leftAlone } from '#core/lag/abandoned-topics.ts';
import { isHeldBack } from '#core/lag/conditions.ts';
import { factsOf, type Ownership } from './facts.ts';
import { decideStatus, PARTITION_STATUSES, type PartitionStatusKind, type Ruled } from './rules.ts';

/** Status of one partition, as an observation keeps it. */
export const partitionStatusSchema = z.object({
  kind: z.enum(PARTITION_STATUSES),
  /** Id of the rule that decided. */
  rule: z.string(),
  /** How long the rule has matched: start, epoch ms. It may have begun before the history. */
  sinceMs: z.number(),
  /** The numbers that the rule used, by name. */
  evidence: z.record(z.string(), z.number()),
} satisfies Record<keyof Ruled, z.ZodType>);
export type PartitionStatus = z.infer<typeof partitionStatusSchema>;

/** Every status of a group, the worst first. */
export const GROUP_STATUSES = ['error', 'warning', 'unknown', 'ok'] as const;
export type GroupStatusKind = (typeof GROUP_STATUSES)[number];

/** Status of a group, as an observation keeps it. */
export const groupStatusSchema = z.object({
  kind: z.enum(GROUP_STATUSES),
  /** Id of the rule that decided for its worst partition, or `nothing-judged`, or `unreadable`. */
  rule: z.string(),
  /** Start of the oldest finding among the partitions with the worst status, epoch ms. */
  sinceMs: z.number(),
  /** Number of partitions by status, without zeros. */
  partitions: z.partialRecord(z.enum(PARTITION_STATUSES), z.number()),
});
export type GroupStatus = z.infer<typeof groupStatusSchema>;

/**
 * Group status that a partition's status causes. Abandoned and uncommitted partitions do not count.
 */
const OF_GROUP: Partial<Record<PartitionStatusKind, GroupStatusKind>> = {
  stopped: 'error',
  stalled: 'error',
  rewound: 'error',
  warning: 'warning',
  unknown: 'unknown',
  ok: 'ok',
};

export interface StatusContext {
  /** Of the group; the newest belongs to the reading. */
  readonly polls: GroupPolls;
  /** The newest reading of the group. */
  readonly group: Pick<GroupReading, 'kind' | 'members' | 'partitions'>;
  /** Window of statuses, ms: the shortest minimum standstill of a commit. */
  readonly windowMs: number;
}

export interface JudgedGroup {
  readonly group: GroupStatus;
  /** In the order of the newest poll. */
  readonly partitions: readonly PartitionStatus[];
}

/** Judges every partition of the newest poll, and the group by the worst of them. */
export function judgeGroup({ polls, group, windowMs }: StatusContext): JudgedGroup {
  const ownershipOf = owners(group, polls);
  const held = new Set(group.partitions.filter(isHeldBack).map(partitionKey));
  const partitions = polls.series.map((series) =>
    decideStatus(
      factsOf(series, {
        ownership: ownershipOf(series),
        isHeldBack: held.size > 0 && held.has(partitionKey(series)),
        windowMs,
      }),
    ),
  );
  return { group: groupStatus(partitions, polls.times.at(-1) ?? 0), partitions };
}

/** The status of a group that could not be read. */
export const unreadableStatus = (atMs: number): GroupStatus => ({
  kind: 'unknown',
  rule: 'unreadable',
  sinceMs: atMs,
  partitions: {},
});

/** Number of each status, without zeros. */
export function countStatuses<K extends GroupStatusKind | PartitionStatusKind>(
  kinds: readonly K[],
): Partial<Record<K, number>> {
  const counts: Partial<Record<K, number>> = {};
  for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/**
 * The owner of each partition. Unknown while the members are unknown, or when consumers assign
 * partitions to themselves, since these are not members.
 */
function owners(group: StatusContext['group'], polls: GroupPolls): (partition: TopicPartition) => Ownership {
  const assigned = knownValue(group.members)?.flatMap(({ assignment }) => assignment);
  const [owned, topics] = [new Set(assigned?.map(partitionKey)), topicsAssigned(group)];
  const left = topics.size > 0 ? undefined : leftAlone(polls);
  const isAbandoned = (topic: string) => left?.has(topic) ?? !topics.has(topic);
  return (partition) => {
    if (owned.size > 0 && owned.has(partitionKey(partition))) return 'owned';
    if (isAbandoned(partition.topic)) return 'abandoned';
    return assigned === undefined || group.kind === 'simple' ? 'unknown' : 'unowned';
  };
}

/**
 * The status of the worst partition. If several are equally bad for the group, the first in the
 * list of statuses decides.
 */
function groupStatus(statuses: readonly PartitionStatus[], atMs: number): GroupStatus {
  const partitions = countStatuses(statuses.map(({ kind }) => kind));
  const rule = (kind: PartitionStatusKind) => statuses.find((status) => status.kind === kind)?.rule as string;
  for (const kind of GROUP_STATUSES) {
    const kinds = PARTITION_STATUSES.filter((each) => OF_GROUP[each] === kind && partitions[each] !== undefined);
    const [worst] = kinds;
    if (worst === undefined) continue;
    const those = statuses.filter((status) => kinds.includes(status.kind));
    return { kind, rule: rule(worst), sinceMs: Math.min(...those.map(({ sinceMs }) => sinceMs)), partitions };
  }
  return { kind: 'unknown', rule: 'nothing-judged', sinceMs: atMs, partitions };
}
