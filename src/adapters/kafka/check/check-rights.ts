/** Which right to Describe is lacking, and what that hides. */
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
import type { Cluster } from '#adapters/kafka/session/find-cluster.ts';
import type { RequestSession } from '#adapters/kafka/session/request-session.ts';
import { brokerName } from '#adapters/kafka-access/bootstrap.ts';
import { type Check, fine, wanting } from './check.ts';

/** What is asked for by name, beside what is found. */
export interface Named {
  readonly groups: readonly string[];
  readonly topics: readonly string[];
}

/** Checks the rights on cluster, groups, topics, their configurations and transactional ids, in this order. */
export async function checkRights(session: RequestSession, cluster: Cluster, named: Named): Promise<readonly Check[]> {
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

function checkCluster({ mayDescribe }: Cluster): Check {
  const name = 'cluster';
  if (mayDescribe === true) return fine(name, 'may be described: brokers list all groups');
  const todo = 'allow Describe on the cluster (IAM: kafka-cluster:DescribeCluster)';
  if (mayDescribe === false) return wanting(name, 'denied', 'may not be described: coverage is unknown', todo);
  return wanting(name, 'unknown', 'the brokers do not tell whether it may be described');
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
    wanting('groups', 'unknown', `those that ${broker} coordinates could not be listed: ${reason}`),
  );
  return [...rightsOf(GROUPS, denied, listed.length), ...silent];
}

async function checkTopics(
  session: RequestSession,
  brokers: readonly Broker[],
  names: readonly string[],
): Promise<readonly Check[]> {
  const visible = await session.askAny(brokers, METADATA, null, false, false);
  const denied = await deniedTopics(session, brokers, [...new Set([PROBE, ...names])]);
  return rightsOf(TOPICS, visible.ok ? denied : visible, visible.ok ? visible.value.topics.length : 0);
}

interface Kind {
  readonly one: string;
  readonly all: string;
  /** What IAM calls it. */
  readonly right: string;
}

/** A line for the right on all of them, and one for each that is denied by name. */
function rightsOf({ one, all, right }: Kind, denied: Outcome<Denials>, visible: number): Check[] {
  if (!denied.ok) return [wanting(all, 'unknown', `could not be asked for: ${denied.reason}`)];
  const everything = !denied.value.has(PROBE);
  const seen = `${visible} visible`;
  const sum = everything
    ? fine(all, `${seen}; those of any name may be described`)
    : wanting(
        all,
        'denied',
        `${seen}; not all may be described, and those that may not are left out of lists`,
        `allow Describe on all ${all} (IAM: ${right})`,
      );
  const single = [...denied.value.keys()]
    .filter((name) => name !== PROBE)
    .map((name) =>
      wanting(
        `${one} ${JSON.stringify(name)}`,
        'denied',
        'may not be described',
        `allow Describe on it (IAM: ${right})`,
      ),
    );
  return [sum, ...single];
}

/** A reading can do without: it costs the closeness of ages, and how long until data is lost. */
async function checkConfigs(session: RequestSession, brokers: readonly Broker[]): Promise<Check> {
  const name = 'topic configurations';
  const denied = await deniedConfigs(session, brokers, [PROBE]);
  if (!denied.ok) return wanting(name, 'unknown', `the right could not be asked for: ${denied.reason}`);
  if (denied.value.size === 0) return fine(name, 'those of topics of any name may be described');
  const todo =
    'allow DescribeConfigs on all topics (IAM: kafka-cluster:DescribeTopicDynamicConfiguration), to see how long records are kept';
  return wanting(name, 'denied', 'not all may be described', todo);
}

async function checkTransactions(session: RequestSession, brokers: readonly Broker[]): Promise<Check> {
  const name = 'transactional ids';
  const lists = await Promise.all(brokers.map((broker) => session.ask(broker, LIST_TRANSACTIONS, [], [], -1n, null)));
  for (const [index, outcome] of lists.entries()) {
    const failed = outcome.ok ? failureOfCode(outcome.value.errorCode) : outcome;
    const broker = brokers[index];
    if (failed !== undefined && broker !== undefined) {
      return wanting(name, 'unknown', `${brokerName(broker)} did not list them: ${failed.reason}`);
    }
  }
  const visible = lists.reduce((sum, outcome) => sum + (outcome.ok ? outcome.value.transactionStates.length : 0), 0);
  const denied = await deniedTransactions(session, brokers, [PROBE]);
  if (!denied.ok)
    return wanting(name, 'unknown', `${visible} visible; the right could not be asked for: ${denied.reason}`);
  if (denied.value.size === 0) return fine(name, `${visible} visible; those of any name may be described`);
  const todo =
    'allow Describe on all transactional ids (IAM: kafka-cluster:DescribeTransactionalId), to see who holds a transaction open';
  return wanting(
    name,
    'denied',
    `${visible} visible; not all may be described, and those that may not are left out of lists`,
    todo,
  );
}
