/** Checks which permissions to describe are missing, and what that hides. */
import type { Broker } from '@platformatic/kafka';
import { partitionsOf } from '#adapters/kafka/assemble.ts';
import { failureOfCode, type Outcome } from '#adapters/kafka/protocol/failures.ts';
import { LIST_TRANSACTIONS, METADATA } from '#adapters/kafka/protocol/requests.ts';
import { type GroupList, listGroups } from '#adapters/kafka/read/list-groups.ts';
import {
  type Denials,
  deniedConfigs,
  deniedGroups,
  deniedTopics,
  deniedTransactions,
  PROBE,
} from '#adapters/kafka/read/probes.ts';
import { readGroups } from '#adapters/kafka/read/read-groups.ts';
import type { ClusterBrokers } from '#adapters/kafka/session/find-brokers.ts';
import type { RequestSession } from '#adapters/kafka/session/request-session.ts';
import { brokerName } from '#adapters/kafka-access/bootstrap.ts';
import { type Check, failed, passed } from './check.ts';

/** Names to check beside those that the brokers list. */
export interface Named {
  readonly groups: readonly string[];
  readonly topics: readonly string[];
}

/**
 * Checks permissions on the cluster, groups, topics, their configurations and transactional ids, in
 * this order.
 */
export async function checkRights(
  session: RequestSession,
  cluster: ClusterBrokers,
  named: Named,
): Promise<readonly Check[]> {
  const { brokers } = cluster;
  const list = await listGroups(session, brokers);
  const { answers } = await readGroups(session, brokers, [...list.groups.values()]);
  const committed = partitionsOf(answers, () => true).map(({ topic }) => topic);
  return [
    checkCluster(cluster),
    ...(await checkGroups(session, brokers, { list, named: named.groups })),
    ...(await checkTopics(session, brokers, [...new Set([...committed, ...named.topics])])),
    await checkConfigs(session, brokers),
    await checkTransactions(session, brokers),
  ];
}

function checkCluster({ mayDescribe }: ClusterBrokers): Check {
  const name = 'cluster';
  if (mayDescribe === true) return passed(name, 'may be described: brokers list all groups');
  const todo = 'allow Describe on the cluster (IAM: kafka-cluster:DescribeCluster)';
  if (mayDescribe === false) return failed(name, 'denied', 'may not be described: coverage is unknown', todo);
  return failed(name, 'unknown', 'the brokers do not say whether it may be described');
}

const GROUPS: Kind = { one: 'group', all: 'groups', right: 'kafka-cluster:DescribeGroup' };
const TOPICS: Kind = { one: 'topic', all: 'topics', right: 'kafka-cluster:DescribeTopic' };

async function checkGroups(
  session: RequestSession,
  brokers: readonly Broker[],
  { list, named }: { readonly list: GroupList; readonly named: readonly string[] },
): Promise<readonly Check[]> {
  const listed = [...list.groups.keys(), ...list.others.keys()];
  const denied = await deniedGroups(session, brokers, [...new Set([PROBE, ...listed, ...named])]);
  const silent = list.problems.map(({ broker, reason }) =>
    failed('groups', 'unknown', `those that ${broker} coordinates could not be listed: ${reason}`),
  );
  return [...rightsOf(GROUPS, denied, listed.length), ...silent];
}

async function checkTopics(
  session: RequestSession,
  brokers: readonly Broker[],
  names: readonly string[],
): Promise<readonly Check[]> {
  const visible = await session.sendToAny(brokers, METADATA, null, false, false);
  const denied = await deniedTopics(session, brokers, [...new Set([PROBE, ...names])]);
  return rightsOf(TOPICS, visible.ok ? denied : visible, visible.ok ? visible.value.topics.length : 0);
}

interface Kind {
  readonly one: string;
  readonly all: string;
  /** Its action in IAM. */
  readonly right: string;
}

/** One check for names of all kinds, and one for each name that is denied. */
function rightsOf({ one, all, right }: Kind, denied: Outcome<Denials>, visible: number): Check[] {
  if (!denied.ok) return [failed(all, 'unknown', `no broker answered: ${denied.reason}`)];
  const everything = !denied.value.has(PROBE);
  const seen = `${visible} visible`;
  const sum = everything
    ? passed(all, `${seen}; those of any name may be described`)
    : failed(
        all,
        'denied',
        `${seen}; not all may be described, and those that may not are left out of lists`,
        `allow Describe on all ${all} (IAM: ${right})`,
      );
  const single = [...denied.value.keys()]
    .filter((name) => name !== PROBE)
    .map((name) =>
      failed(
        `${one} ${JSON.stringify(name)}`,
        'denied',
        'may not be described',
        `allow Describe on it (IAM: ${right})`,
      ),
    );
  return [sum, ...single];
}

/**
 * A reading works without. Ages are then less precise, and time to data loss takes an hour of
 * history.
 */
async function checkConfigs(session: RequestSession, brokers: readonly Broker[]): Promise<Check> {
  const name = 'topic configurations';
  const denied = await deniedConfigs(session, brokers, [PROBE]);
  if (!denied.ok) return failed(name, 'unknown', `no broker answered: ${denied.reason}`);
  if (denied.value.size === 0) return passed(name, 'those of topics of any name may be described');
  const todo =
    'allow DescribeConfigs on all topics (IAM: kafka-cluster:DescribeTopicDynamicConfiguration), to see how long records are kept';
  return failed(name, 'denied', 'not all may be described', todo);
}

async function checkTransactions(session: RequestSession, brokers: readonly Broker[]): Promise<Check> {
  const name = 'transactional ids';
  const lists = await Promise.all(brokers.map((broker) => session.send(broker, LIST_TRANSACTIONS, [], [], -1n, null)));
  for (const [index, outcome] of lists.entries()) {
    const problem = outcome.ok ? failureOfCode(outcome.value.errorCode) : outcome;
    const broker = brokers[index];
    if (problem !== undefined && broker !== undefined) {
      return failed(name, 'unknown', `${brokerName(broker)} did not list them: ${problem.reason}`);
    }
  }
  const visible = lists.reduce((sum, outcome) => sum + (outcome.ok ? outcome.value.transactionStates.length : 0), 0);
  const denied = await deniedTransactions(session, brokers, [PROBE]);
  if (!denied.ok) return failed(name, 'unknown', `${visible} visible; no broker answered: ${denied.reason}`);
  if (denied.value.size === 0) return passed(name, `${visible} visible; those of any name may be described`);
  const todo =
    'allow Describe on all transactional ids (IAM: kafka-cluster:DescribeTransactionalId), to see the holders of open transactions';
  return failed(
    name,
    'denied',
    `${visible} visible; not all may be described, and those that may not are left out of lists`,
    todo,
  );
}
