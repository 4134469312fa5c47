/**
 * What brokers leave out of their answers because we may not describe it, as far as that can be
 * known.
 */
import type { Broker } from '@platformatic/kafka';
import { failureOfCode } from '#adapters/kafka/protocol/failures.ts';
import { LIST_GROUPS, METADATA, OFFSET_FETCH } from '#adapters/kafka/protocol/requests.ts';
import type { ClusterBrokers } from '#adapters/kafka/session/find-brokers.ts';
import type { RequestSession } from '#adapters/kafka/session/request-session.ts';
import { brokerNames } from '#adapters/kafka-access/bootstrap.ts';
import type { ReadProblem, UnreadableGroup } from '#core/kafka/model.ts';
import type { GroupList } from './list-groups.ts';
import { deniedGroups, PROBE } from './probes.ts';

const NO_CLUSTER =
  'we may not describe the cluster, so brokers silently leave out the groups that we may not describe; ' +
  'allow Describe on the cluster (IAM: kafka-cluster:DescribeCluster)';

const NOT_ALL_TOPICS =
  'we may not describe all topics, so brokers may silently leave out what groups committed for some; ' +
  'allow Describe on all topics (IAM: kafka-cluster:DescribeTopic)';

/** Requested groups that no broker lists, each with its reason: a denial where there is one. */
export async function explainMissing(
  session: RequestSession,
  brokers: readonly Broker[],
  missing: readonly UnreadableGroup[],
): Promise<readonly UnreadableGroup[]> {
  const ids = missing.map(({ groupId }) => groupId);
  const denied = await deniedGroups(session, brokers, ids);
  if (!denied.ok) return missing;
  return missing.map(({ groupId, reason }) => ({ groupId, reason: denied.value.get(groupId) ?? reason }));
}

export interface HiddenGroups {
  /** Groups of the settings that we may not describe. */
  readonly groups: readonly UnreadableGroup[];
  readonly problems: readonly ReadProblem[];
}

/** What is missing from a list of all groups. `named`: groups that settings name. */
export async function hiddenGroups(
  session: RequestSession,
  { brokers, mayDescribe }: ClusterBrokers,
  { list, named }: { readonly list: GroupList; readonly named: readonly string[] },
): Promise<HiddenGroups> {
  if (mayDescribe === true) return { groups: [], problems: [] };
  const unlisted = [...new Set(named)].filter((groupId) => !list.groups.has(groupId) && !list.others.has(groupId));
  const denied = await deniedGroups(session, brokers, unlisted);
  const groups = denied.ok ? [...denied.value].map(([groupId, reason]) => ({ groupId, reason })) : [];
  if (mayDescribe === undefined) return { groups, problems: [] };
  return { groups, problems: [{ broker: brokerNames(brokers), request: LIST_GROUPS.name, reason: NO_CLUSTER }] };
}

/** Topic in which coordinators keep groups. */
const GROUPS_TOPIC = '__consumer_offsets';

/** Problems when commits may lack topics, or the brokers' lists may lack groups. */
export async function hiddenTopics(
  session: RequestSession,
  brokers: readonly Broker[],
): Promise<readonly ReadProblem[]> {
  const broker = brokerNames(brokers);
  const outcome = await session.sendToAny(brokers, METADATA, [PROBE, GROUPS_TOPIC], false, false);
  const hidden = (reason: string) => ({ broker, request: OFFSET_FETCH.name, reason, hidesCommits: true as const });
  if (!outcome.ok) return [hidden(`no broker said whether we may describe all topics: ${outcome.reason}`)];
  const probe = outcome.value.topics.find(({ name }) => name === PROBE);
  const partitions = outcome.value.topics.find(({ name }) => name === GROUPS_TOPIC)?.partitions ?? [];
  const silent = partitions.filter(({ leaderId }) => leaderId < 0).length;
  const unlisted = `${silent} of ${partitions.length} partitions of ${GROUPS_TOPIC} have no leader: no broker lists the groups in them`;
  return [
    ...(probe !== undefined && failureOfCode(probe.errorCode)?.denied ? [hidden(NOT_ALL_TOPICS)] : []),
    ...(silent > 0 ? [{ broker, request: LIST_GROUPS.name, reason: unlisted }] : []),
  ];
}
