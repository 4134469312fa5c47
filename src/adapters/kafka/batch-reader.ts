/**
 * Reads a cluster with a number of requests that grows with its brokers, not with its topics or
 * partitions, and by two for every 500 groups of a broker. Brokers before Kafka 3.0 take one
 * request more for each group.
 *
 * The low-level requests of the client are used: its high-level calls give up everything when one
 * part fails.
 */

import type { Broker } from '@platformatic/kafka';
import { type AgeMemory, newAgeMemory, readAges } from '#adapters/kafka/ages/read-ages.ts';
import { createConnections } from '#adapters/kafka/connection/connections.ts';
import { explainMissing, hiddenGroups, hiddenTopics } from '#adapters/kafka/read/hidden.ts';
import { type GroupList, type ListedGroup, type ListedOther, listGroups } from '#adapters/kafka/read/list-groups.ts';
import { readGroups } from '#adapters/kafka/read/read-groups.ts';
import { readOffsets } from '#adapters/kafka/read/read-offsets.ts';
import { readOthers } from '#adapters/kafka/read/read-others.ts';
import { readOpenTransactions } from '#adapters/kafka/read/read-transactions.ts';
import { withRetention } from '#adapters/kafka/read/topic-configs.ts';
import { type ClusterBrokers, findBrokers } from '#adapters/kafka/session/find-brokers.ts';
import { beginSession, type RequestSession } from '#adapters/kafka/session/request-session.ts';
import { brokerName, parseBootstrap } from '#adapters/kafka-access/bootstrap.ts';
import type { LoginSettings } from '#adapters/kafka-access/login.ts';
import { KafkaUnreachableError } from '#core/errors.ts';
import { byGroupId, type ClusterReading, type UnreadableGroup } from '#core/kafka/model.ts';
import { compileFilters, type Filters, type ReadFilters } from '#core/names/filters.ts';
import type { Clock, OffsetsReader, ReadRequest } from '#core/ports.ts';
import { present } from '#core/text/json.ts';
import { assembleGroups, partitionsOf } from './assemble.ts';

export interface BatchReaderOptions extends LoginSettings {
  /** `host:port`, comma separated. */
  readonly bootstrapBrokers: string;
  /** Deadline of one reading, connections included. */
  readonly timeoutMs: number;
  /** Shown in the brokers' logs and quotas. Default: `msk-lag-watcher`. */
  readonly clientId?: string;
  /** Groups and topics to read. Default: all but internal topics. */
  readonly filters?: Filters;
  /** Groups that settings name. A reading of all groups reports those that we may not describe. */
  readonly namedGroups?: readonly string[];
}

/**
 * A reader that keeps its connections open until it is closed.
 *
 * @throws SettingsError when the bootstrap brokers are malformed, or the login lacks what it needs
 */
export function createBatchReader(options: BatchReaderOptions): OffsetsReader {
  const bootstrap = parseBootstrap(options.bootstrapBrokers);
  const filters = compileFilters(options.filters);
  const connections = createConnections({ ...options, bootstrap });
  const { clock, namedGroups = [] } = options;
  let brokers: readonly Broker[] = [];
  const memory = newAgeMemory();
  return {
    async read(request = {}) {
      const session = beginSession({ connections, auth: options.auth, timeoutMs: options.timeoutMs });
      const cluster = await clusterOf(session, [...bootstrap, ...brokers], options.timeoutMs);
      brokers = cluster.brokers;
      return readCluster(session, { cluster, filters, clock, memory, namedGroups, ...request });
    },
    close: () => connections.close(),
  };
}

/** The cluster, from the first of `candidates` that answers. @throws KafkaUnreachableError */
async function clusterOf(
  session: RequestSession,
  candidates: readonly Broker[],
  timeoutMs: number,
): Promise<ClusterBrokers> {
  const byName = new Map(candidates.map((broker) => [brokerName(broker), broker]));
  const outcome = await findBrokers(session, [...byName.values()]);
  if (outcome.ok) return outcome.value;
  throw new KafkaUnreachableError(`no Kafka broker answered (deadline ${timeoutMs / 1000} s): ${outcome.reason}`);
}

/** One reading. */
export interface ReadTask extends ReadRequest {
  readonly cluster: ClusterBrokers;
  readonly filters: ReadFilters;
  readonly clock: Clock;
  readonly memory: AgeMemory;
  /** Groups that settings name. */
  readonly namedGroups: readonly string[];
}

/**
 * Each stage ends at a share of the reading's time, so that a broker slow in one stage does not
 * cost the next.
 */
const SHARES = { list: 1 / 2, groups: 3 / 4, ends: 1 } as const;

/** Reads the groups that the task names. When it names none: those that match its filters. */
export async function readCluster(
  session: RequestSession,
  { cluster, filters, clock, memory, namedGroups, groupIds, ages: budget }: ReadTask,
): Promise<ClusterReading> {
  const { brokers } = cluster;
  session.limit(SHARES.list);
  const [list, topicProblems] = await Promise.all([listGroups(session, brokers), hiddenTopics(session, brokers)]);
  const { wanted, others, missing } = chooseGroups(list, groupIds, filters);
  const hidden =
    groupIds === undefined
      ? await hiddenGroups(session, cluster, { list, named: namedGroups.filter(filters.group) })
      : { groups: await explainMissing(session, brokers, missing), problems: [] };
  session.limit(SHARES.groups);
  // Commits are read before log ends: what is produced in between can only overstate lag.
  const [read, rest] = await Promise.all([readGroups(session, brokers, wanted), readOthers(session, others)]);
  const atMs = clock.nowMs();
  session.limit(SHARES.ends);
  const offsets = await readOffsets(session, brokers, partitionsOf(read.answers, filters.topic));
  const { byPartition, topics } = offsets;
  const scope = { answers: read.answers, offsets: byPartition, topics, nowMs: atMs, memory };
  const [openTransactions, ages] = await Promise.all([
    readOpenTransactions(session, brokers, byPartition.values()),
    budget === undefined ? undefined : readAges(session, brokers, { ...scope, budget }),
  ]);
  const { groups, unreadable } = assembleGroups(read.answers, {
    offsets: byPartition,
    isRead: filters.topic,
    ...present({ ages }),
  });
  return {
    atMs,
    ...present({ clusterId: cluster.id }),
    groups,
    unreadableGroups: [...hidden.groups, ...unreadable].sort(byGroupId),
    otherGroups: rest.groups.toSorted(byGroupId),
    problems: [
      ...list.problems,
      ...hidden.problems,
      ...topicProblems,
      ...read.problems,
      ...rest.problems,
      ...offsets.problems,
    ],
    topics: withRetention(topics, memory.configs),
    openTransactions,
    requests: session.requests,
  };
}

function chooseGroups(list: GroupList, groupIds: readonly string[] | undefined, filters: ReadFilters) {
  if (groupIds === undefined) {
    const isChosen = ({ groupId }: { readonly groupId: string }) => filters.group(groupId);
    return {
      wanted: [...list.groups.values()].filter(isChosen),
      others: [...list.others.values()].filter(isChosen),
      missing: [],
    };
  }
  const wanted: ListedGroup[] = [];
  const others: ListedOther[] = [];
  const missing: UnreadableGroup[] = [];
  for (const groupId of new Set(groupIds)) {
    const group = list.groups.get(groupId);
    const other = list.others.get(groupId);
    if (group !== undefined) wanted.push(group);
    else if (other !== undefined) others.push(other);
    else missing.push({ groupId, reason: whyNotListed(list) });
  }
  return { wanted, others, missing };
}

function whyNotListed(list: GroupList): string {
  const silent = list.problems.map((problem) => `${problem.broker} (${problem.reason})`);
  if (silent.length === 0) return 'the cluster knows no such group, or an ACL hides it';
  return `no broker listed it, and these did not answer: ${silent.join(', ')}`;
}
