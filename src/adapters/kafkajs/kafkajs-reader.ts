/**
 * A second reader, over kafkajs: an independent implementation of the protocol, to check the first.
 *
 * It sends requests per group and per topic, and reads less than the first: docs/readers.md.
 */

import { brokerName, parseBootstrap } from '#adapters/kafka-access/bootstrap.ts';
import type { LoginSettings } from '#adapters/kafka-access/login.ts';
import { SettingsError } from '#core/errors.ts';
import { commitsOffsets } from '#core/kafka/group-kind.ts';
import {
  byGroupId,
  type ClusterReading,
  type OtherGroup,
  type ReadProblem,
  type UnreadableGroup,
} from '#core/kafka/model.ts';
import { absent, unknown } from '#core/kafka/reading.ts';
import { compileFilters, type Filters, type ReadFilters } from '#core/names/filters.ts';
import type { Clock, OffsetsReader, ReadRequest } from '#core/ports.ts';
import { assembleGroup, type GroupAnswer, topicsOf } from './assemble.ts';
import { LIMITS } from './limits.ts';
import { createLogin } from './login.ts';
import { readEnds } from './read-ends.ts';
import { describeGroups, fetchCommits } from './read-groups.ts';
import { openSession, type Session } from './session.ts';

export interface KafkajsReaderOptions extends LoginSettings {
  /** `host:port`, comma separated. */
  readonly bootstrapBrokers: string;
  /** Deadline of one reading, connections included. */
  readonly timeoutMs: number;
  /** Shown in the brokers' logs and quotas. Default: `msk-lag-watcher`. */
  readonly clientId?: string;
  /** Groups and topics to read. Default: all but internal topics. */
  readonly filters?: Filters;
}

/**
 * A reader that connects again for each reading.
 *
 * kafkajs returns the last stable offset and not the high watermark, so lag is known only up to the
 * first.
 *
 * @throws SettingsError when the bootstrap brokers are malformed, or the login lacks what it needs
 */
export function createKafkajsReader(options: KafkajsReaderOptions): OffsetsReader {
  const { auth, timeoutMs, clientId = 'msk-lag-watcher', clock } = options;
  const bootstrap = parseBootstrap(options.bootstrapBrokers).map(brokerName);
  const addresses = bootstrap.filter((broker) => broker.startsWith('['));
  if (addresses.length > 0) {
    throw new SettingsError(addresses.map((broker) => `bootstrap broker ${broker}: kafkajs takes no IPv6 address`));
  }
  const filters = compileFilters(options.filters);
  const login = createLogin(options);
  return {
    async read(request = {}) {
      const session = await openSession({ bootstrap, auth, login, timeoutMs, clientId });
      try {
        return await readCluster(session, { ...request, filters, clock });
      } finally {
        await session.close();
      }
    },
    close: async () => {}, // each reading closes its own connection
  };
}

/** One reading. */
export interface ReadTask extends ReadRequest {
  readonly filters: ReadFilters;
  readonly clock: Clock;
}

/**
 * Reads the groups that the task names. When it names none: those that match its filters. Values
 * that kafkajs does not return are unknown.
 */
export async function readCluster(session: Session, { groupIds, filters, clock }: ReadTask): Promise<ClusterReading> {
  const { wanted, others, missing, problems } = await chooseGroups(session, groupIds, filters);
  // Commits are read before log ends: what is produced in between can only overstate lag.
  const { answers, unreadable } = await readGroups(session, wanted);
  const atMs = clock.nowMs();
  const ends = await readEnds(session, topicsOf(answers, filters.topic));
  return {
    atMs,
    groups: answers.map((answer) => assembleGroup(answer, ends, filters.topic)).sort(byGroupId),
    unreadableGroups: [...missing, ...unreadable].sort(byGroupId),
    otherGroups: others.toSorted(byGroupId),
    problems,
    topics: ends.topics,
    openTransactions: unknown(LIMITS.transactions),
    requests: session.requests,
  };
}

/** A group in kafkajs's list. */
interface Listed {
  readonly groupId: string;
  /** As its members name it; empty for a group that never had members. */
  readonly protocol: string;
}

interface Choice {
  readonly wanted: readonly Listed[];
  readonly others: readonly OtherGroup[];
  readonly missing: readonly UnreadableGroup[];
  readonly problems: readonly ReadProblem[];
}

async function chooseGroups(
  session: Session,
  groupIds: readonly string[] | undefined,
  filters: ReadFilters,
): Promise<Choice> {
  const list = await listGroups(session);
  const ids = [...new Set(groupIds ?? [])];
  if (!list.ok) {
    const reason = `${LIMITS.wholeList}: ${list.reason}`;
    const problem = { broker: list.broker ?? session.broker, request: 'ListGroups', reason };
    return { wanted: [], others: [], missing: ids.map((groupId) => ({ groupId, reason })), problems: [problem] };
  }
  const protocols = new Map(list.value.groups.map((group) => [group.groupId, group.protocolType]));
  const chosen = groupIds === undefined ? [...protocols.keys()].filter(filters.group) : ids;
  const found = chosen.flatMap((groupId) => {
    const protocol = protocols.get(groupId);
    return protocol === undefined ? [] : [{ groupId, protocol }];
  });
  return {
    wanted: found.filter(({ protocol }) => commitsOffsets(protocol)),
    others: found.filter(({ protocol }) => !commitsOffsets(protocol)).map(otherGroup),
    missing: chosen.filter((groupId) => !protocols.has(groupId)).map(missingGroup),
    problems: [],
  };
}

const otherGroup = ({ groupId, protocol }: Listed): OtherGroup => ({
  groupId,
  type: 'unknown',
  protocol,
  state: unknown(LIMITS.listedState),
  lag: protocol === 'share' ? unknown(LIMITS.shareLag) : absent,
});

/**
 * The client first requests the metadata of all topics, and fails when one lacks a leader. Once it
 * knows a topic it requests only that, so a second try names a topic of every cluster with groups.
 */
async function listGroups(session: Session) {
  const list = await session.send((admin) => admin.listGroups());
  if (list.ok) return list;
  await session.renew();
  await session.send((admin) => admin.fetchTopicOffsets('__consumer_offsets'));
  return session.send((admin) => admin.listGroups());
}

const missingGroup = (groupId: string): UnreadableGroup => ({
  groupId,
  reason: 'the cluster knows no such group, or an ACL hides it',
});

async function readGroups(session: Session, groups: readonly Listed[]) {
  const protocols = new Map(groups.map(({ groupId, protocol }) => [groupId, protocol]));
  const descriptions = await describeGroups(session, [...protocols.keys()]);
  const answers: GroupAnswer[] = [];
  const unreadable: UnreadableGroup[] = [];
  for (const [groupId, description] of descriptions) {
    const commits = await fetchCommits(session, groupId);
    const protocol = protocols.get(groupId) ?? '';
    if (commits.ok) answers.push({ groupId, protocol, description, commits: commits.value });
    else unreadable.push({ groupId, reason: `committed offsets: ${commits.reason}` });
  }
  return { answers, unreadable };
}
