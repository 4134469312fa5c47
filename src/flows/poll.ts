/** One scheduled reading of the whole cluster: offsets, lag, metrics, history. */

import { asPlanned, planOf, unwatched } from '#core/cost/planned-metrics.ts';
import type { SeriesPlan } from '#core/cost/series-plan.ts';
import { messageOf } from '#core/errors.ts';
import { type GroupOutcome, outcomeOf, pollGroup } from '#core/group/polled.ts';
import { thresholdsOf } from '#core/group/thresholds.ts';
import {
  appendReading,
  emptyHistory,
  type GroupPolls,
  historyShortage,
  type LagHistory,
  otherCluster,
  pollsByGroup,
  type StoredHistory,
} from '#core/history/history.ts';
import type { ClusterReading } from '#core/kafka/model.ts';
import { clusterCoverage, hidesCommits } from '#core/lag/lag.ts';
import { shardProblems } from '#core/metrics/alarm-shards.ts';
import type { Metric } from '#core/metrics/catalogue.ts';
import { clusterMetrics, groupMetrics } from '#core/metrics/poll-metrics.ts';
import { ageBudgetOf, isolationOf, type Settings } from '#core/settings.ts';
import { countStatuses, type GroupStatusKind } from '#core/status/status.ts';
import { present } from '#core/text/json.ts';
import type { Ports } from '#core/world.ts';

export interface PollResult {
  readonly atMs: number;
  readonly groups: readonly GroupOutcome[];
  readonly groupsUnreadable: number;
  /** Absent when it is not known how many partitions are expected. */
  readonly coverage?: number;
  readonly requests: number;
  /** By id of the groups that were read. */
  readonly statusOf: ReadonlyMap<string, GroupStatusKind>;
  /** Groups by status, the unreadable ones as unknown; those of which there are none are left out. */
  readonly statuses: Readonly<Partial<Record<GroupStatusKind, number>>>;
  /** What could not be read or kept, for people; empty when all went well. */
  readonly problems: readonly string[];
}

/**
 * Reads, measures, publishes, remembers. The history is fetched while the brokers are read; whatever becomes of it costs rates,
 * statuses and forecasts only. The reading is remembered whatever becomes of the metrics.
 *
 * @throws KafkaUnreachableError, KafkaAuthError when nothing could be read: no metric is published then, heartbeat included
 * @throws what the publisher throws, once the history is written
 */
export async function poll(world: Ports<'offsets' | 'history' | 'metrics'>): Promise<PollResult> {
  const { result, metrics, remembered } = await measure(world);
  const kept = await publishAndRemember(world, { metrics, atMs: result.atMs, remembered });
  return { ...result, problems: [...result.problems, ...kept] };
}

interface Measured {
  readonly result: PollResult;
  readonly metrics: readonly Metric[];
  readonly remembered: Remembered;
}

/** All that needs the reading, which is the largest thing of a poll: what this returns holds nothing of it. */
async function measure(world: Ports<'offsets' | 'history'>): Promise<Measured> {
  const { settings, clock } = world;
  const startedAtMs = clock.nowMs();
  const fetching = fetchHistory(world);
  const budget = ageBudgetOf(settings);
  const reading = await world.offsets.read(present({ ages: budget }));
  const remembered = withReading(await fetching, reading, settings.historySamples);
  const plan = planOf(reading, settings);
  const { groups, metrics } = pollGroups(reading, remembered.history, { settings, plan });
  const result = resultOf(reading, groups);
  const { coverage, groupsUnreadable, requests } = result;
  const health = {
    groupsRead: groups.length,
    groupsUnreadable,
    kafkaRequests: requests,
    durationMs: clock.nowMs() - startedAtMs,
    ...present({ coverage }),
    ...(settings.seriesBudget === undefined ? {} : { seriesDropped: plan.dropped, groupsUnwatched: plan.unwatched }),
  };
  const problems = [...result.problems, ...unwatched(plan), ...shardProblems(metrics, settings.alarmShards)];
  return { result: { ...result, problems }, metrics: [...metrics, ...clusterMetrics(settings, health)], remembered };
}

function resultOf(reading: ClusterReading, groups: readonly GroupOutcome[]): PollResult {
  const { atMs, requests, unreadableGroups } = reading;
  const coverage = clusterCoverage(reading, groups);
  return {
    atMs,
    groups,
    groupsUnreadable: unreadableGroups.length,
    ...present({ coverage }),
    requests,
    statusOf: new Map(groups.map(({ groupId, status }) => [groupId, status])),
    statuses: countStatuses([...groups.map(({ status }) => status), ...unreadableGroups.map(() => 'unknown' as const)]),
    problems: problemsOf(reading),
  };
}

interface PolledGroups {
  readonly groups: readonly GroupOutcome[];
  readonly metrics: readonly Metric[];
}

/** One group after the other: the lag of all partitions at once would fill the memory of a function. */
function pollGroups(reading: ClusterReading, history: LagHistory, { settings, plan }: Publishable): PolledGroups {
  const polls = pollsByGroup(history);
  const [thresholds, isolation] = [thresholdsOf(settings), isolationOf(settings)];
  const shared = {
    hidden: hidesCommits(reading),
    topics: reading.topics,
    windowMs: settings.timing.rateWindowSeconds * 1000,
  };
  const metrics: Metric[] = [];
  const groups = reading.groups.map((group) => {
    const { groupId } = group;
    const polled = pollGroup(group, {
      ...shared,
      thresholds: thresholds(groupId),
      isolation: isolation(groupId),
      polls: polls.get(groupId) as GroupPolls,
    });
    metrics.push(...asPlanned(groupMetrics(settings, polled), plan));
    return outcomeOf(polled);
  });
  return { groups, metrics };
}

interface Publishable {
  readonly settings: Settings;
  readonly plan: SeriesPlan;
}

interface Publishing {
  readonly metrics: readonly Metric[];
  readonly atMs: number;
  readonly remembered: Remembered;
}

/** Returns what went wrong with the history. It is written even when metrics do not get out, or the next polls had no rates either. */
async function publishAndRemember(
  world: Ports<'history' | 'metrics'>,
  { metrics, atMs, remembered }: Publishing,
): Promise<readonly string[]> {
  const problems: string[] = [];
  try {
    await world.metrics.publish(metrics, atMs);
  } finally {
    problems.push(...remembered.problems, ...(await remember(world, remembered)));
  }
  return problems;
}

interface Remembered {
  readonly history: LagHistory;
  readonly version?: string;
  /** The store could not be read: writing would throw away what it holds. */
  readonly readFailed: boolean;
  readonly problems: readonly string[];
}

type Fetched = { readonly stored: StoredHistory } | { readonly problem: string };

/** Never rejects, so that it may go on beside the reading. */
async function fetchHistory({ history }: Ports<'history'>): Promise<Fetched> {
  try {
    return { stored: await history.load() };
  } catch (error) {
    return { problem: `history could not be read, so rates are missing: ${messageOf(error)}` };
  }
}

function withReading(fetched: Fetched, reading: ClusterReading, keep: number): Remembered {
  if ('problem' in fetched) {
    return { history: appendReading(emptyHistory, reading, 1), readFailed: true, problems: [fetched.problem] };
  }
  const { history, version, lost } = fetched.stored;
  const shortage = historyShortage(reading, keep);
  const other = otherCluster(history, reading);
  return {
    history: appendReading(history, reading, keep),
    ...present({ version }),
    readFailed: false,
    problems: [
      ...(lost === undefined ? [] : [`history starts anew: ${lost}`]),
      ...(other === undefined ? [] : [`history starts anew: ${other}`]),
      ...(shortage === undefined ? [] : [shortage]),
    ],
  };
}

async function remember({ history }: Ports<'history'>, remembered: Remembered): Promise<string[]> {
  if (remembered.readFailed) return [];
  try {
    const { version } = remembered;
    const saved = await history.save({ history: remembered.history, ...present({ version }) });
    return saved === 'lost-race' ? ['another poll wrote the history first; this reading is not kept'] : [];
  } catch (error) {
    return [`history could not be written: ${messageOf(error)}`];
  }
}

function problemsOf(reading: ClusterReading): string[] {
  return [
    ...reading.problems.map((problem) => `${problem.request} to ${problem.broker}: ${problem.reason}`),
    ...reading.unreadableGroups.map((group) => `group ${JSON.stringify(group.groupId)}: ${group.reason}`),
    ...reading.groups.flatMap(({ groupId, members }) =>
      members.kind === 'unknown' ? [`members of group ${JSON.stringify(groupId)}: ${members.reason}`] : [],
    ),
  ];
}
