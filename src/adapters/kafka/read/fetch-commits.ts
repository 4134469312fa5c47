/**
 * Committed offsets of a coordinator's groups: in one request where it supports that, else in one
 * for each group.
 */

import type { Broker } from '@platformatic/kafka';
import { mapBounded } from '#adapters/kafka/connection/bounded.ts';
import {
  failure,
  failureOfCode,
  type Outcome,
  type RequestFailure,
  success,
} from '#adapters/kafka/protocol/failures.ts';
import { type CommittedGroup, OFFSET_FETCH, OFFSET_FETCH_ONE } from '#adapters/kafka/protocol/requests.ts';
import type { RequestSession } from '#adapters/kafka/session/request-session.ts';
import type { TopicPartition } from '#core/kafka/model.ts';
import { absent, known, type Reading, unknown } from '#core/kafka/reading.ts';
import { present } from '#core/text/json.ts';

/**
 * A group's commit for one partition; `absent` where the broker lists the partition without an
 * offset.
 */
export interface Commit extends TopicPartition {
  readonly offset: Reading<bigint>;
}

export interface Commits {
  /** By group id; without groups that no response contained. */
  readonly byGroup: ReadonlyMap<string, Outcome<readonly Commit[]>>;
  /** Why a request failed as a whole; absent when none did. */
  readonly failed?: RequestFailure;
}

/** Fetches the commits of the groups for all topics. */
export async function fetchCommits(
  session: RequestSession,
  broker: Broker,
  groupIds: readonly string[],
): Promise<Commits> {
  const outcome = await session.send(broker, OFFSET_FETCH, groupIds.map(allOf), false);
  if (!outcome.ok && outcome.unsupported) return fetchEach(session, broker, groupIds);
  if (!outcome.ok) return { byGroup: new Map(), failed: outcome };
  return { byGroup: new Map(outcome.value.groups.map((group) => [group.groupId, commitsIn(group)])) };
}

/** The commits of one group among those of its coordinator. */
export const commitsOf = ({ byGroup, failed }: Commits, groupId: string): Outcome<readonly Commit[]> =>
  byGroup.get(groupId) ?? failed ?? failure('the coordinator left it out of its answer', true);

async function fetchEach(session: RequestSession, broker: Broker, groupIds: readonly string[]): Promise<Commits> {
  const byGroup = new Map<string, Outcome<readonly Commit[]>>();
  let failed: RequestFailure | undefined;
  await mapBounded(groupIds, async (groupId) => {
    const outcome = await session.send(broker, OFFSET_FETCH_ONE, [allOf(groupId)], false);
    if (outcome.ok) byGroup.set(groupId, commitsIn(outcome.value));
    else failed ??= outcome;
  });
  return { byGroup, ...present({ failed }) };
}

/** Only members send a member id and an epoch. No topics: all of them. */
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
