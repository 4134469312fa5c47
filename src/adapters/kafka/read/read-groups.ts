/** Commits and members of groups: each coordinator is asked for many of its groups at once, and once again if it moved. */
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

/** What is known of one group. */
export interface GroupAnswer {
  readonly group: ListedGroup;
  readonly commits: Outcome<readonly Commit[]>;
  readonly description: Outcome<Description>;
}

export interface GroupAnswers {
  readonly answers: readonly GroupAnswer[];
  readonly problems: readonly ReadProblem[];
}

/** Reads all groups, each at the broker that listed it; those that moved, load or fail are looked up and asked once more. */
export async function readGroups(
  session: RequestSession,
  brokers: readonly Broker[],
  groups: readonly ListedGroup[],
): Promise<GroupAnswers> {
  const first = await askOnce(session, groups, (group) => success(group.coordinator));
  const settled = first.answers.filter((answer) => !mayPass(answer));
  const pending = first.answers.filter(mayPass).map((answer) => answer.group);
  if (pending.length === 0) return first;
  await session.pause();
  const ids = pending.map((group) => group.groupId);
  const { byGroup, problems } = await findCoordinators(session, brokers, ids);
  const unfound = failure('no broker told its coordinator', true);
  const second = await askOnce(session, pending, (group) => byGroup.get(group.groupId) ?? unfound);
  // A request that fails leaves all of its groups pending, so the second round tells what is still missing.
  return { answers: [...settled, ...second.answers], problems: [...problems, ...second.problems] };
}

const mayPass = ({ commits, description }: GroupAnswer): boolean =>
  (!commits.ok && commits.again) || (!description.ok && description.again);

async function askOnce(
  session: RequestSession,
  groups: readonly ListedGroup[],
  coordinatorOf: (group: ListedGroup) => Outcome<Broker>,
): Promise<GroupAnswers> {
  const { parts, lost } = splitByBroker(groups, coordinatorOf);
  const told = await Promise.all(parts.map(({ broker, items }) => askCoordinator(session, broker, items)));
  const untold = lost.map((entry) => ({ group: entry.item, commits: entry.failure, description: entry.failure }));
  return {
    answers: [...untold, ...told.flatMap((part) => part.answers)],
    problems: told.flatMap((part) => part.problems),
  };
}

/** Groups in one request. An answer of some hundred bytes for each of their partitions is decoded at a time, and then gone. */
const GROUPS_AT_ONCE = 500;

/** One request after another: side by side their answers would all be in memory at once. */
async function askCoordinator(
  session: RequestSession,
  broker: Broker,
  groups: readonly ListedGroup[],
): Promise<GroupAnswers> {
  const parts: GroupAnswers[] = [];
  for (let at = 0; at < groups.length; at += GROUPS_AT_ONCE) {
    parts.push(await askForSome(session, broker, groups.slice(at, at + GROUPS_AT_ONCE)));
  }
  // A broker that failed fails all that follow: it is told once.
  const problems = new Map(parts.flatMap((part) => part.problems).map((problem) => [problem.request, problem]));
  return { answers: parts.flatMap((part) => part.answers), problems: [...problems.values()] };
}

async function askForSome(
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

/** Each has a request of its own that describes its groups. */
const protocolOf = ({ type }: ListedGroup): Protocol => (type === 'consumer' || type === 'streams' ? type : 'classic');
