/**
 * Unusual states of a group's offsets, by name. They are shown beside the lag, so that nobody has
 * to infer them from numbers. A condition is a fact, not a cause.
 */

import { z } from 'zod';
import { isOtherTopic } from '#core/history/breaks.ts';
import { type LastKnownPartitions, type PartitionSample, type TimedSample, topicIdIn } from '#core/history/history.ts';
import { topicsAssigned } from '#core/kafka/members.ts';
import {
  type ClusterReading,
  type GroupReading,
  type Member,
  type OpenTransaction,
  type PartitionReading,
  partitionKey,
} from '#core/kafka/model.ts';
import { isBelow } from '#core/kafka/offsets.ts';
import { knownValue } from '#core/kafka/reading.ts';
import { present } from '#core/text/json.ts';

/** Every condition with its meaning for people. */
export const CONDITIONS = {
  'no-members': 'the group has commits but no members: nothing reads',
  'recreated-topic':
    'the topic was deleted and recreated since a poll last saw it: the commits belong to the old topic',
  'log-truncated': 'the log ends before its previous end: records were lost, or the topic was recreated',
  'commit-beyond-end':
    'the commit lies beyond the end of the log, so its lag is unknown: the topic was recreated, or its log was truncated',
  'deleted-topic': 'the group has commits on the topic, but the topic does not exist or an ACL hides it',
  'no-partition': 'the topic has fewer partitions than the group has commits on',
  denied: 'an ACL does not allow describing the topic',
  'no-leader': 'the partition has no leader, so its end is unknown',
  uncommitted: 'the group has commits on the topic, but not on all of its partitions',
  'abandoned-topic': 'the group has commits on the topic, but its members read other topics only',
  'records-lost': 'retention deleted records before the group read them',
  'open-transaction': 'a transaction is open: a read_committed consumer cannot read past its first record',
  'possibly-only-markers':
    'a member reads, commit and end stand still, and the few unread offsets may be transaction markers, which consumers never receive',
} as const;
export type ConditionId = keyof typeof CONDITIONS;

export const conditionSchema = z.object({
  id: z.enum(Object.keys(CONDITIONS) as [ConditionId, ...ConditionId[]]),
  /** Absent for a condition of the whole group. */
  topic: z.string().exactOptional(),
  /** Partition numbers, ascending; absent for a condition of the whole topic. */
  partitions: z.array(z.number()).exactOptional(),
  /** Details beyond the meaning; absent when there are none. */
  detail: z.string().exactOptional(),
});
export type Condition = z.infer<typeof conditionSchema>;

/** Most partitions that a text names. It counts the others. */
const MOST_NAMED = 10;

/**
 * A condition as a line of text. It holds names from Kafka, which a renderer must not interpret.
 */
export function conditionText({ id, topic, partitions, detail }: Condition): string {
  const where = topic === undefined ? '' : ` topic ${JSON.stringify(topic)}${partitionsText(partitions)}:`;
  return `${id}:${where} ${CONDITIONS[id]}${detail === undefined ? '' : `; ${detail}`}`;
}

function partitionsText(partitions: Condition['partitions']): string {
  if (partitions === undefined) return '';
  const more = partitions.length - MOST_NAMED;
  return `, partition ${partitions.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/**
 * Up to this number of unread offsets at the end of a log may be markers alone: the last
 * transactions of a few producers.
 */
export const MOST_MARKERS = 4;

export interface ConditionContext {
  readonly reading: Pick<ClusterReading, 'atMs' | 'topics' | 'openTransactions'>;
  /**
   * The group as the previous polls last knew it; absent when none read it. Without it, movement is
   * unknown.
   */
  readonly before?: TimedSample;
}

/** The conditions of a group: those of the whole group first, then by topic. */
export function conditionsOf(group: GroupReading, context: ConditionContext): readonly Condition[] {
  const members = knownValue(group.members);
  // A consumer that assigns partitions to itself is not a member but may read.
  const isEmpty =
    group.kind !== 'simple' &&
    members?.length === 0 &&
    group.partitions.some((p) => p.committedOffset.kind === 'known');
  const byTopic = Map.groupBy(group.partitions, (p) => p.topic);
  const read = topicsAssigned(group);
  return [
    ...(isEmpty ? [{ id: 'no-members' as const }] : []),
    ...[...byTopic].flatMap(([topic, partitions]) => topicConditions(topic, partitions, { ...context, group, read })),
  ];
}

interface TopicContext extends ConditionContext {
  readonly group: GroupReading;
  /** Topics that at least one member is assigned. */
  readonly read: ReadonlySet<string>;
}

function topicConditions(topic: string, partitions: readonly PartitionReading[], context: TopicContext): Condition[] {
  const { reading, before, read } = context;
  const old = new Map(before?.partitions.map((p) => [partitionKey(p), p]));
  const those = (id: ConditionId, holds: (p: PartitionReading) => boolean, detail?: string): Condition[] => {
    const numbers = partitions.filter(holds).map((p) => p.partition);
    return numbers.length === 0 ? [] : [{ id, topic, partitions: numbers, ...present({ detail }) }];
  };
  const committed = partitions.filter((p) => p.committedOffset.kind === 'known');
  const isAbandoned = read.size > 0 && !read.has(topic) && committed.length > 0;
  return [
    ...(isRecreated(topic, context) ? [{ id: 'recreated-topic' as const, topic }] : []),
    ...those('log-truncated', (p) => !isRecreated(topic, context) && isShorter(p, old.get(partitionKey(p)))),
    ...those('commit-beyond-end', isCommitBeyondEnd),
    ...(partitions.some((p) => p.fault === 'no-topic') ? [{ id: 'deleted-topic' as const, topic }] : []),
    ...(partitions.some((p) => p.fault === 'denied') ? [{ id: 'denied' as const, topic }] : []),
    ...those('no-partition', (p) => p.fault === 'no-partition'),
    ...those('no-leader', (p) => p.fault === 'no-leader'),
    ...uncommitted(topic, partitions, reading.topics.get(topic)?.partitions ?? 0),
    ...(isAbandoned ? [{ id: 'abandoned-topic' as const, topic }] : []),
    ...those('records-lost', isLost),
    ...those('open-transaction', isHeldBack, holders(topic, partitions, reading)),
    ...those('possibly-only-markers', (p) => mayBeMarkers(p, context.group, old.get(partitionKey(p)))),
  ];
}

const isRecreated = (topic: string, { reading, before }: ConditionContext): boolean =>
  isOtherTopic(topicIdIn(before, topic), reading.topics.get(topic)?.id);

const isShorter = ({ logEndOffset }: PartitionReading, old: PartitionSample | undefined): boolean =>
  isBelow(knownValue(logEndOffset), old?.logEndOffset);

/**
 * The commit lies beyond the end of the log: the topic was recreated or truncated, or the offset
 * was set wrongly.
 */
export const isCommitBeyondEnd = ({ committedOffset, logEndOffset }: PartitionReading): boolean =>
  isBelow(knownValue(logEndOffset), knownValue(committedOffset));

const isLost = ({ committedOffset, logStartOffset }: PartitionReading): boolean =>
  isBelow(knownValue(committedOffset), knownValue(logStartOffset));

/** An open transaction keeps read_committed consumers from the end of the log. */
export const isHeldBack = ({ lastStableOffset, logEndOffset }: PartitionReading): boolean =>
  isBelow(knownValue(lastStableOffset), knownValue(logEndOffset));

/**
 * Whether only markers may be unread; only a read of the records could verify it. False without an
 * owner, since nothing reads there. False behind an open transaction, since its records are unread.
 */
function mayBeMarkers(p: PartitionReading, group: GroupReading, old: PartitionSample | undefined): boolean {
  return (
    old !== undefined && knownValue(p.logEndOffset) === old.logEndOffset && mayBeginWithMarkers(p, group, () => old)
  );
}

/**
 * Whether the first unread offset may be a marker, whose age means nothing. If the commit has not
 * moved since the previous poll, the offsets that were unread then may all be markers. Without a
 * previous poll, a few offsets may be.
 */
export function mayBeginWithMarkers(
  p: PartitionReading,
  group: GroupReading,
  lastKnownOf: LastKnownPartitions,
): boolean {
  const [committed, end] = [knownValue(p.committedOffset), knownValue(p.logEndOffset)];
  if (committed === undefined || end === undefined || committed >= end) return false;
  const members = knownValue(group.members) ?? [];
  // Without members nothing could have read markers, so the past need not be searched.
  if (members.length === 0) return false;
  const old = lastKnownOf(p);
  if (old !== undefined && old.committedOffset !== committed) return false;
  const tail = (old?.logEndOffset ?? end) - committed;
  return tail > 0n && tail <= MOST_MARKERS && !isHeldBack(p) && isOwned(p, members);
}

const isOwned = (p: PartitionReading, members: readonly Member[]): boolean =>
  members.some(({ assignment }) => assignment.some((tp) => tp.topic === p.topic && tp.partition === p.partition));

function uncommitted(topic: string, partitions: readonly PartitionReading[], count: number): Condition[] {
  const listed = new Map(partitions.map((p) => [p.partition, p.committedOffset.kind]));
  if (![...listed.values()].includes('known')) return [];
  const all = [...new Set([...listed.keys(), ...Array(count).keys()])].sort((a, b) => a - b);
  const none = all.filter((partition) => (listed.get(partition) ?? 'absent') === 'absent');
  return none.length === 0 ? [] : [{ id: 'uncommitted', topic, partitions: none }];
}

function holders(
  topic: string,
  partitions: readonly PartitionReading[],
  { openTransactions, atMs }: ConditionContext['reading'],
) {
  if (openTransactions.kind === 'unknown') return `its holder is not visible: ${openTransactions.reason}`;
  const held = new Set(partitions.filter(isHeldBack).map(partitionKey));
  const mine = (knownValue(openTransactions) ?? []).filter((transaction) =>
    transaction.partitions.some((tp) => tp.topic === topic && held.has(partitionKey(tp))),
  );
  if (mine.length === 0)
    return 'its holder is not visible: it has ended, its coordinator did not answer, or the permission to describe transactional ids is missing';
  return mine.map((transaction) => holderText(transaction, atMs)).join(', ');
}

function holderText({ transactionalId, startedAtMs }: OpenTransaction, atMs: number): string {
  const since = startedAtMs === undefined ? '' : ` for ${Math.max(0, Math.round((atMs - startedAtMs) / 1000))} s`;
  return `held by ${JSON.stringify(transactionalId)}${since}`;
}
