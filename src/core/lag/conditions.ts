/**
 * What is out of the ordinary in a group's offsets, each by name: told beside the lag, so that
 * nobody has to read it out of numbers. A condition is a fact, not a cause.
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

/** Every condition and what it means, for people. */
export const CONDITIONS = {
  'no-members': 'the group has commits and no member: nobody reads',
  'recreated-topic': 'the topic was deleted and made again since a poll last saw it: commits are of the old one',
  'log-truncated': 'the log ends before where a poll last saw it end: records were lost, or the topic was made again',
  'commit-beyond-end':
    'the commit lies beyond the end of the log, so its lag is unknown: the topic was made again, or its log truncated',
  'deleted-topic': 'the topic does not exist, or an ACL hides it, and the group has commits on it',
  'no-partition': 'the topic has fewer partitions than the group has commits on',
  denied: 'an ACL denies to describe the topic',
  'no-leader': 'the partition has no leader, so its end is unknown',
  uncommitted: 'the group has commits on the topic, and none on some of its partitions',
  'abandoned-topic': 'the members read other topics, and none of them this one, on which the group has commits',
  'records-lost': 'retention deleted records before the group read them',
  'open-transaction': 'a transaction is open: a read_committed consumer cannot read what lies behind its first record',
  'possibly-only-markers':
    'what is unread may be nothing but markers of transactions, which no consumer ever gets: commit and end stand still, and a member reads here',
} as const;
export type ConditionId = keyof typeof CONDITIONS;

export const conditionSchema = z.object({
  id: z.enum(Object.keys(CONDITIONS) as [ConditionId, ...ConditionId[]]),
  /** Absent for a condition of the group as a whole. */
  topic: z.string().exactOptional(),
  /** Numbers, ascending; absent for one of a topic as a whole. */
  partitions: z.array(z.number()).exactOptional(),
  /** What is known beyond the meaning; absent when nothing is. */
  detail: z.string().exactOptional(),
});
export type Condition = z.infer<typeof conditionSchema>;

/** Partitions named in a text; the others are counted. */
const MOST_NAMED = 10;

/** A condition for people. Names come from Kafka: a renderer must not interpret them. */
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
 * So many unread offsets at the end of a log may be markers alone: the last transactions of a few
 * producers.
 */
export const MOST_MARKERS = 4;

export interface ConditionContext {
  readonly reading: Pick<ClusterReading, 'atMs' | 'topics' | 'openTransactions'>;
  /**
   * The group as the polls before told it last; absent when none read it. Without it, what has
   * moved cannot be told.
   */
  readonly before?: TimedSample;
}

/** The conditions of a group, those of the group first, then by topic. */
export function conditionsOf(group: GroupReading, context: ConditionContext): readonly Condition[] {
  const members = knownValue(group.members);
  // Who assigns partitions to himself is no member, and may read all the same.
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
  /** Topics that some member is assigned. */
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
 * The commit lies beyond the end of the log: a recreated or truncated topic, or a group that was
 * set wrongly.
 */
export const isCommitBeyondEnd = ({ committedOffset, logEndOffset }: PartitionReading): boolean =>
  isBelow(knownValue(logEndOffset), knownValue(committedOffset));

const isLost = ({ committedOffset, logStartOffset }: PartitionReading): boolean =>
  isBelow(knownValue(committedOffset), knownValue(logStartOffset));

/** An open transaction keeps readers of committed records from the end of the log. */
export const isHeldBack = ({ lastStableOffset, logEndOffset }: PartitionReading): boolean =>
  isBelow(knownValue(lastStableOffset), knownValue(logEndOffset));

/**
 * Nothing but markers may be unread; only a reader of the records could tell. Never so where no
 * member owns the partition, since nobody reads there, nor behind an open transaction: its records
 * are unread.
 */
function mayBeMarkers(p: PartitionReading, group: GroupReading, old: PartitionSample | undefined): boolean {
  return (
    old !== undefined && knownValue(p.logEndOffset) === old.logEndOffset && mayBeginWithMarkers(p, group, () => old)
  );
}

/**
 * The first of what is unread may be a marker, whose age says nothing: as much as was unread at the
 * poll before, from the same commit on, may be markers alone. Without a poll before, so may a few
 * offsets.
 */
export function mayBeginWithMarkers(
  p: PartitionReading,
  group: GroupReading,
  lastKnownOf: LastKnownPartitions,
): boolean {
  const [committed, end] = [knownValue(p.committedOffset), knownValue(p.logEndOffset)];
  if (committed === undefined || end === undefined || committed >= end) return false;
  const members = knownValue(group.members) ?? [];
  // Nobody is there who could have read markers: the past, which takes time to look at, says
  // nothing more.
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
    return 'its holder is not visible: it ended since, its coordinator did not answer, or the right to describe transactional ids is lacking';
  return mine.map((transaction) => holderText(transaction, atMs)).join(', ');
}

function holderText({ transactionalId, startedAtMs }: OpenTransaction, atMs: number): string {
  const since = startedAtMs === undefined ? '' : ` for ${Math.max(0, Math.round((atMs - startedAtMs) / 1000))} s`;
  return `held by ${JSON.stringify(transactionalId)}${since}`;
}
