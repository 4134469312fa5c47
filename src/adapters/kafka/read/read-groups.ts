/**
 * Commits and members of groups: many groups in a request, and a second request for those that
 * moved.
 */
import type { Broker } from '@platformatic/kafka';
import { failure, type Outcome, success } from '#adapters/kafka/protocol/failures.ts';
import {
  CONSUMER_GROUP_DESCRIBE,
  DESCRIBE_GROUPS,
  OFFSET_FETCH,
  STREAMS_GROUP_DESCRIBE,
} from '#adapters/kafka/protocol/requests.ts';
import { splitByBroker } from '#adapters/kafka/session/by-broker.ts';
import { findCoordinators } from '#adapters/kafka/session/coordinators.ts';
import type { RequestSession } from '#adapters/kafka/session/request-session.ts';
import { brokerName } from '#adapters/kafka-access/bootstrap.ts';
import type { ReadProblem } from '#core/kafka/model.ts';
import {
  type Description,
  describeClassic,
  describeConsumer,
  describeStreams,
  descriptionOf,
} from './describe-groups.ts';
import { type Commit, commitsOf, fetchCommits } from './fetch-commits.ts';
import type { ListedGroup } from './list-groups.ts';

/** What the coordinator of one group returned. */
export interface GroupAnswer {
  readonly group: ListedGroup;
  readonly commits: Outcome<readonly Commit[]>;
  readonly description: Outcome<Description>;
}

export interface GroupAnswers {
  readonly answers: readonly GroupAnswer[];
  readonly problems: readonly ReadProblem[];
}

/**
 * Reads each group at the broker that listed it. Groups that move, load or fail get a second
 * request.
 */
export async function readGroups(
  session: RequestSession,
  brokers: readonly Broker[],
  groups: readonly ListedGroup[],
): Promise<GroupAnswers> {
  const first = await requestOnce(session, groups, (group) => success(group.coordinator));
  const settled = first.answers.filter((answer) => !mayPass(answer));
  const pending = first.answers.filter(mayPass).map((answer) => answer.group);
  if (pending.length === 0) return first;
  await session.pause();
  const ids = pending.map((group) => group.groupId);
  const { byGroup, problems } = await findCoordinators(session, brokers, ids);
  const unfound = failure('no broker named its coordinator', true);
  const second = await requestOnce(session, pending, (group) => byGroup.get(group.groupId) ?? unfound);
  // A failed request leaves all its groups pending, so the second round returns what is still
  // missing.
  return { answers: [...settled, ...second.answers], problems: [...problems, ...second.problems] };
}

const mayPass = ({ commits, description }: GroupAnswer): boolean =>
  (!commits.ok && commits.again) || (!description.ok && description.again);

async function requestOnce(
  session: RequestSession,
  groups: readonly ListedGroup[],
  coordinatorOf: (group: ListedGroup) => Outcome<Broker>,
): Promise<GroupAnswers> {
  const { parts, lost } = splitByBroker(groups, coordinatorOf);
  const answered = await Promise.all(parts.map(({ broker, items }) => readAtCoordinator(session, broker, items)));
  const unanswered = lost.map((entry) => ({ group: entry.item, commits: entry.failure, description: entry.failure }));
  return {
    answers: [...unanswered, ...answered.flatMap((part) => part.answers)],
    problems: answered.flatMap((part) => part.problems),
  };
}

/**
 * Groups in one request. It bounds memory: an answer takes some hundred bytes for each partition.
 */
const GROUPS_AT_ONCE = 500;

/** Sends one request after another, so that only one answer is in memory. */
async function readAtCoordinator(
  session: RequestSession,
  broker: Broker,
  groups: readonly ListedGroup[],
): Promise<GroupAnswers> {
  const parts: GroupAnswers[] = [];
  for (let at = 0; at < groups.length; at += GROUPS_AT_ONCE) {
    parts.push(await readSome(session, broker, groups.slice(at, at + GROUPS_AT_ONCE)));
  }
  // A broker that failed fails all later requests too: one problem is enough.
  const problems = new Map(parts.flatMap((part) => part.problems).map((problem) => [problem.request, problem]));
  return { answers: parts.flatMap((part) => part.answers), problems: [...problems.values()] };
}

async function readSome(
  session: RequestSession,
  broker: Broker,
  groups: readonly ListedGroup[],
): Promise<GroupAnswers> {
  const ids = groups.map((group) => group.groupId);
  const byType = Map.groupBy(groups, protocolOf);
  const idsOf = (protocol: Protocol) => byType.get(protocol)?.map((group) => group.groupId) ?? [];
  const [commits, classic, consumer, streams] = await Promise.all([
    fetchCommits(session, broker, ids),
    describeClassic(session, broker, idsOf('classic')),
    describeConsumer(session, broker, idsOf('consumer')),
    describeStreams(session, broker, idsOf('streams')),
  ]);
  const descriptions = { classic, consumer, streams };
  const answers = groups.map((group) => ({
    group,
    commits: commitsOf(commits, group.groupId),
    description: descriptionOf(descriptions[protocolOf(group)], group.groupId),
  }));
  const outcomes = [
    [OFFSET_FETCH.name, commits.failed],
    [DESCRIBE_GROUPS.name, classic],
    [CONSUMER_GROUP_DESCRIBE.name, consumer],
    [STREAMS_GROUP_DESCRIBE.name, streams],
  ] as const;
  const problems = outcomes.flatMap(([request, outcome]) =>
    outcome === undefined || outcome.ok ? [] : [{ broker: brokerName(broker), request, reason: outcome.reason }],
  );
  return { answers, problems };
}

type Protocol = 'classic' | 'consumer' | 'streams';

/** Each protocol has its own request that describes groups. */
const protocolOf = ({ type }: ListedGroup): Protocol => (type === 'consumer' || type === 'streams' ? type : 'classic');
