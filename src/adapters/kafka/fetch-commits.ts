/** Committed offsets of all groups of one coordinator, in one request. */
import type { Broker } from '@platformatic/kafka';
import { absent, known, type Reading, type TopicPartition, unknown } from '../../core/kafka.ts';
import { failure, failureOfCode, type Outcome, success } from './failures.ts';
import type { Inquiry } from './inquiry.ts';
import { OFFSET_FETCH } from './requests.ts';

/** What a group committed for one partition; `absent` where the broker lists the partition and no offset. */
export interface Commit extends TopicPartition {
  readonly offset: Reading<bigint>;
}

/** Commits by group id; or why there are none. */
export type Commits = Outcome<ReadonlyMap<string, Outcome<readonly Commit[]>>>;

/** Fetches all that the groups committed, whatever the topics. */
export async function fetchCommits(inquiry: Inquiry, broker: Broker, groupIds: readonly string[]): Promise<Commits> {
  // Member id and epoch are for members; an observer gives none. Without topics: all of them.
  const groups = groupIds.map((groupId) => ({ groupId, memberId: null, memberEpoch: -1, topics: null }));
  const outcome = await inquiry.ask(broker, OFFSET_FETCH, groups, false);
  if (!outcome.ok) return outcome;
  return success(
    new Map(
      outcome.value.groups.map((group) => {
        const commits = group.topics.flatMap(({ name, partitions }) =>
          partitions.map((p) => ({
            topic: name,
            partition: p.partitionIndex,
            offset: offsetOf(p.committedOffset, p.errorCode),
          })),
        );
        return [group.groupId, failureOfCode(group.errorCode) ?? success(commits)];
      }),
    ),
  );
}

/** The commits of one group in what a coordinator answered. */
export function commitsOf(commits: Commits, groupId: string): Outcome<readonly Commit[]> {
  if (!commits.ok) return commits;
  return commits.value.get(groupId) ?? failure('the coordinator left it out of its answer', true);
}

function offsetOf(offset: bigint, errorCode: number): Reading<bigint> {
  const failed = failureOfCode(errorCode);
  if (failed !== undefined) return unknown(failed.reason);
  return offset < 0n ? absent : known(offset);
}
