/** Turns the answers of kafkajs into groups. */

import { groupKindOf } from '#core/kafka/group-kind.ts';
import { byPartition, type GroupReading, type PartitionReading, partitionKey } from '#core/kafka/model.ts';
import { absent, unknown } from '#core/kafka/reading.ts';
import type { NameMatcher } from '#core/names/patterns.ts';
import { LIMITS } from './limits.ts';
import { type LogRanges, rangeOf } from './read-ends.ts';
import type { Description, KafkajsCommit } from './read-groups.ts';

/** What kafkajs returned for one group. */
export interface GroupAnswer {
  readonly groupId: string;
  /** As its members name it; empty for a group that never had members. */
  readonly protocol: string;
  readonly description: Description;
  readonly commits: readonly KafkajsCommit[];
}

/** Each topic that some group committed or owns, once; only topics that are read. */
export const topicsOf = (answers: readonly GroupAnswer[], isRead: NameMatcher): ReadonlySet<string> =>
  new Set(answers.flatMap((answer) => commitsOf(answer, isRead).map((commit) => commit.topic)));

/** One group with its offsets in the topics that are read. */
export const assembleGroup = (answer: GroupAnswer, ends: LogRanges, isRead: NameMatcher): GroupReading => ({
  groupId: answer.groupId,
  kind: groupKindOf(answer.protocol, answer.description.assignor),
  ...answer.description,
  partitions: commitsOf(answer, isRead)
    .map((commit) => partitionReading(commit, ends))
    .sort(byPartition),
});

/**
 * Commits, and an absent one for each partition that only has an owner; of topics that are read.
 */
function commitsOf({ description, commits }: GroupAnswer, isRead: NameMatcher): readonly KafkajsCommit[] {
  const members = description.members.kind === 'known' ? description.members.value : [];
  const owned = members.flatMap((member) => member.assignment.map((tp): KafkajsCommit => ({ ...tp, offset: absent })));
  const all = [...owned, ...commits].filter((commit) => isRead(commit.topic));
  return [...new Map(all.map((commit) => [partitionKey(commit), commit])).values()];
}

function partitionReading({ topic, partition, offset }: KafkajsCommit, ends: LogRanges): PartitionReading {
  const { start, stableEnd } = rangeOf(ends, { topic, partition });
  return {
    topic,
    partition,
    committedOffset: offset,
    logStartOffset: start,
    logEndOffset: stableEnd.kind === 'known' ? unknown(LIMITS.stableEnd) : stableEnd,
    lastStableOffset: stableEnd,
    age: unknown(LIMITS.age),
  };
}
