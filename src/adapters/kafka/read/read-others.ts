/**
 * Groups without committed offsets. Share groups still have a lag, which their coordinators return.
 */

import type { SharePartition } from '#adapters/kafka/protocol/describe-share-group-offsets-v1.ts';
import {
  failure,
  failureOfCode,
  type Outcome,
  type RequestFailure,
  success,
} from '#adapters/kafka/protocol/failures.ts';
import { DESCRIBE_SHARE_GROUP_OFFSETS } from '#adapters/kafka/protocol/requests.ts';
import { splitByBroker } from '#adapters/kafka/session/by-broker.ts';
import type { RequestSession } from '#adapters/kafka/session/request-session.ts';
import { brokerName } from '#adapters/kafka-access/bootstrap.ts';
import type { OtherGroup, ReadProblem } from '#core/kafka/model.ts';
import { absent, known, type Reading, unknown } from '#core/kafka/reading.ts';
import type { ListedOther } from './list-groups.ts';

export interface OtherGroups {
  /** In the order given. */
  readonly groups: readonly OtherGroup[];
  readonly problems: readonly ReadProblem[];
}

/** The listed groups, with the lag of share groups: one request to each of their coordinators. */
export async function readOthers(session: RequestSession, listed: readonly ListedOther[]): Promise<OtherGroups> {
  const share = listed.filter(({ type }) => type === 'share');
  const { parts } = splitByBroker(share, ({ coordinator }) => success(coordinator));
  const lags = new Map<string, Reading<number>>();
  const problems: ReadProblem[] = [];
  await Promise.all(
    parts.map(async ({ broker, items }) => {
      const ids = items.map(({ groupId }) => groupId);
      const outcome = await session.send(broker, DESCRIBE_SHARE_GROUP_OFFSETS, ids);
      if (!outcome.ok && outcome.unsupported === undefined) {
        problems.push({
          broker: brokerName(broker),
          request: DESCRIBE_SHARE_GROUP_OFFSETS.name,
          reason: outcome.reason,
        });
      }
      for (const groupId of ids) lags.set(groupId, lagIn(outcome, groupId));
    }),
  );
  const groups = listed.map(({ groupId, type, protocol, state }) => ({
    groupId,
    type,
    protocol,
    state,
    lag: lags.get(groupId) ?? absent,
  }));
  return { groups, problems };
}

type Answer = Outcome<{
  readonly groups: readonly {
    readonly groupId: string;
    readonly errorCode: number;
    readonly partitions: readonly SharePartition[];
  }[];
}>;

function lagIn(outcome: Answer, groupId: string): Reading<number> {
  if (!outcome.ok) return unknown(outcome.reason);
  const group = outcome.value.groups.find((candidate) => candidate.groupId === groupId);
  if (group === undefined) return unknown('the coordinator left it out of its answer');
  const failed =
    failureOfCode(group.errorCode) ?? group.partitions.map(problemOf).find((problem) => problem !== undefined);
  if (failed !== undefined) return unknown(failed.reason);
  if (group.partitions.length === 0) return absent;
  return known(Number(group.partitions.reduce((sum, { lag }) => sum + lag, 0n)));
}

/**
 * Why the lag of a partition is unknown. A sum over the others would be less than the group's lag.
 */
function problemOf({ topic, partition, startOffset, lag, errorCode }: SharePartition): RequestFailure | undefined {
  const failed = failureOfCode(errorCode);
  const where = `partition ${partition} of ${JSON.stringify(topic)}`;
  if (failed !== undefined) return failure(`${where}: ${failed.reason}`, failed.again);
  if (startOffset < 0n) return failure(`the group has not begun to read ${where}`, true);
  return lag < 0n ? failure(`the broker does not know the lag of ${where}`, true) : undefined;
}
