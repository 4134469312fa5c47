/** Committed offsets of all groups of one coordinator: in one request, or one for each group where it takes no more. */

import type { Broker } from '@platformatic/kafka';
import { mapBounded } from '#adapters/kafka/connection/bounded.ts';
import { type Failure, failure, failureOfCode, type Outcome, success } from '#adapters/kafka/protocol/failures.ts';
import { type CommittedGroup, OFFSET_FETCH, OFFSET_FETCH_ONE } from '#adapters/kafka/protocol/requests.ts';
import type { RequestSession } from '#adapters/kafka/session/request-session.ts';
import type { TopicPartition } from '#core/kafka/model.ts';
import { absent, known, type Reading, unknown } from '#core/kafka/reading.ts';
import { present } from '#core/text/json.ts';

/** What a group committed for one partition; `absent` where the broker lists the partition and no offset. */
export interface Commit extends TopicPartition {
  readonly offset: Reading<bigint>;
}

export interface Commits {
  /** By group id; groups are missing that no request told of. */
  readonly byGroup: ReadonlyMap<string, Outcome<readonly Commit[]>>;
  /** Why a request failed as a whole; absent when none did. */
  readonly failed?: Failure;
}

/** Fetches all that the groups committed, whatever the topics. */
export async function fetchCommits(
  session: RequestSession,
  broker: Broker,
  groupIds: readonly string[],
): Promise<Commits> {
  const outcome = await session.ask(broker, OFFSET_FETCH, groupIds.map(allOf), false);
  if (!outcome.ok && outcome.unspoken) return fetchEach(session, broker, groupIds);
  if (!outcome.ok) return { byGroup: new Map(), failed: outcome };
  return { byGroup: new Map(outcome.value.groups.map((group) => [group.groupId, commitsIn(group)])) };
}

/** The commits of one group in what a coordinator answered. */
export const commitsOf = ({ byGroup, failed }: Commits, groupId: string): Outcome<readonly Commit[]> =>
  byGroup.get(groupId) ?? failed ?? failure('the coordinator left it out of its answer', true);

async function fetchEach(session: RequestSession, broker: Broker, groupIds: readonly string[]): Promise<Commits> {
  const byGroup = new Map<string, Outcome<readonly Commit[]>>();
  let failed: Failure | undefined;
  await mapBounded(groupIds, async (groupId) => {
    const outcome = await session.ask(broker, OFFSET_FETCH_ONE, [allOf(groupId)], false);
    if (outcome.ok) byGroup.set(groupId, commitsIn(outcome.value));
    else failed ??= outcome;
  });
  return { byGroup, ...present({ failed }) };
}

/** Member id and epoch are for members; an observer gives none. Without topics: all of them. */
const allOf = (groupId: string) => ({ groupId, memberId: null, memberEpoch: -1, topics: null });

function commitsIn({ topics, errorCode }: CommittedGroup): Outcome<readonly Commit[]> {
  const commits = topics.flatMap(({ name, partitions }) =>
    partitions.map((p) => ({
      topic: name,
      partition: p.partitionIndex,
      offset: offsetOf(p.committedOffset, p.errorCode),
    })),
  );
  return failureOfCode(errorCode) ?? success(commits);
}

function offsetOf(offset: bigint, errorCode: number): Reading<bigint> {
  const failed = failureOfCode(errorCode);
  if (failed !== undefined) return unknown(failed.reason);
  return offset < 0n ? absent : known(offset);
}
