/** One scheduled poll of the whole cluster: read, measure, publish, save the history. */
import { asPlanned, planOf, unwatched } from '#core/cost/planned-metrics.ts';
import type { SeriesPlan } from '#core/cost/series-plan.ts';
import { thresholdsOf } from '#core/group/thresholds.ts';
import { viewGroup } from '#core/group/view-group.ts';
import { viewedReading } from '#core/group/view-reading.ts';
import { type GroupPolls, type LagHistory, pollsByGroup } from '#core/history/history.ts';
import type { ClusterReading } from '#core/kafka/model.ts';
import { readingProblems } from '#core/kafka/reading-problems.ts';
import { clusterCoverage, type LagTotals } from '#core/lag/lag.ts';
import { shardProblems } from '#core/metrics/alarm-shards.ts';
import type { Metric } from '#core/metrics/catalogue.ts';
import { clusterMetrics, groupMetrics } from '#core/metrics/poll-metrics.ts';
import { ageBudgetOf, isolationLevelOf, type Settings } from '#core/settings.ts';
import { countStatuses, type GroupStatusKind } from '#core/status/status.ts';
import { present } from '#core/text/json.ts';
import type { Problem } from '#core/text/problem.ts';
import type { Ports } from '#core/world.ts';
import { loadHistory, type RecalledHistory, saveHistory, withReading } from './history.ts';

/**
 * What a poll keeps of a group once its metrics are made: no partition, since there may be half a
 * million in all.
 */
export interface GroupOutcome extends LagTotals {
  readonly status: GroupStatusKind;
}

export interface PollResult {
  readonly atMs: number;
  readonly groups: readonly GroupOutcome[];
  readonly groupsUnreadable: number;
  /** Absent when it is not known how many partitions are expected. */
  readonly coverage?: number;
  readonly requests: number;
  /** By id of the groups that were read. */
  readonly statusOf: ReadonlyMap<string, GroupStatusKind>;
  /** Groups by status, the unreadable ones as unknown; a status that no group has is left out. */
  readonly statuses: Readonly<Partial<Record<GroupStatusKind, number>>>;
  /** What could not be read or kept; empty when all went well. */
  readonly problems: readonly Problem[];
}

/**
 * The history is loaded while the brokers are read. It is saved even when the metrics could not be
 * published.
 *
 * @throws KafkaUnreachableError, KafkaAuthError when nothing could be read: no metric is published
 *   then, heartbeat included
 * @throws what the publisher throws, once the history is saved
 */
export async function poll(world: Ports<'offsets' | 'history' | 'metrics'>): Promise<PollResult> {
  const { result, metrics, recalled } = await measure(world);
  let saveProblems: readonly Problem[] = [];
  try {
    await world.metrics.publish(metrics, result.atMs);
  } finally {
    saveProblems = await saveHistory(world.history, recalled);
  }
  return { ...result, problems: [...result.problems, ...recalled.problems, ...saveProblems] };
}

interface Measured {
  readonly result: PollResult;
  readonly metrics: readonly Metric[];
  readonly recalled: RecalledHistory;
}

/**
 * All that needs the reading, which is the largest thing of a poll: the result keeps no part of it.
 */
async function measure(world: Ports<'offsets' | 'history'>): Promise<Measured> {
  const { settings, clock } = world;
  const startedAtMs = clock.nowMs();
  const loading = loadHistory(world.history);
  const reading = await world.offsets.read(present({ ages: ageBudgetOf(settings) }));
  const recalled = withReading(await loading, reading, settings.historySamples);
  const plan = planOf(reading, settings);
  const { groups, metrics } = measureGroups(reading, recalled.history, { settings, plan });
  const result = summarise(reading, groups);
  const health = {
    groupsRead: groups.length,
    groupsUnreadable: result.groupsUnreadable,
    kafkaRequests: result.requests,
    durationMs: clock.nowMs() - startedAtMs,
    ...present({ coverage: result.coverage }),
    ...(settings.seriesBudget === undefined ? {} : { seriesDropped: plan.dropped, groupsUnwatched: plan.unwatched }),
  };
  const limits = limitProblems(metrics, { settings, plan });
  return {
    result: { ...result, problems: [...result.problems, ...limits] },
    metrics: [...metrics, ...clusterMetrics(settings, health)],
    recalled,
  };
}

function summarise(reading: ClusterReading, groups: readonly GroupOutcome[]): PollResult {
  const { atMs, requests, unreadableGroups } = reading;
  return {
    atMs,
    groups,
    groupsUnreadable: unreadableGroups.length,
    requests,
    statusOf: new Map(groups.map(({ groupId, status }) => [groupId, status])),
    statuses: countStatuses([...groups.map(({ status }) => status), ...unreadableGroups.map(() => 'unknown' as const)]),
    problems: readingProblems(reading),
    ...present({ coverage: clusterCoverage(reading, groups) }),
  };
}

interface Publishing {
  readonly settings: Settings;
  readonly plan: SeriesPlan;
}

/**
 * One group after the other: the lag of all partitions at once would fill the memory of a function.
 */
function measureGroups(reading: ClusterReading, history: LagHistory, { settings, plan }: Publishing) {
  const polls = pollsByGroup(history);
  const [thresholds, isolation] = [thresholdsOf(settings), isolationLevelOf(settings)];
  const viewed = viewedReading(reading);
  const windowMs = settings.timing.rateWindowSeconds * 1000;
  const metrics: Metric[] = [];
  const groups = reading.groups.map((group): GroupOutcome => {
    const { groupId } = group;
    const view = viewGroup(group, viewed, {
      thresholds: thresholds(groupId),
      isolation: isolation(groupId),
      // The history holds the reading.
      polls: polls.get(groupId) as GroupPolls,
      windowMs,
    });
    metrics.push(...asPlanned(groupMetrics(settings, view), plan));
    return { ...view.totals, status: view.status.kind === 'known' ? view.status.value.kind : 'unknown' };
  });
  return { groups, metrics };
}

/** What the series budget and the limits of alarms leave out. */
function limitProblems(metrics: readonly Metric[], { settings, plan }: Publishing): Problem[] {
  return [
    ...unwatched(plan).map((text) => ({ id: 'groups-unwatched' as const, text })),
    ...shardProblems(metrics, settings.alarmShards).map((text) => ({ id: 'alarm-shards-nearly-full' as const, text })),
  ];
}
