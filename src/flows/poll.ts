/** One scheduled reading of the whole cluster: offsets, lag, metrics, history. */
import { messageOf } from '../core/errors.ts';
import { groupAge } from '../core/group-age.ts';
import {
  appendReading,
  historyShortage,
  type LagHistory,
  lastTold,
  samplesByGroup,
  type TimedSample,
} from '../core/history.ts';
import type { ClusterReading, Reading } from '../core/kafka.ts';
import { clusterCoverage, type GroupLag, hidesCommits, measureLag } from '../core/lag.ts';
import type { Metric } from '../core/metrics.ts';
import { asPlanned, planOf, unwatched } from '../core/planned-metrics.ts';
import { ageMetrics, rateMetrics, toMetrics } from '../core/poll-metrics.ts';
import { type GroupRates, measureRates } from '../core/rates.ts';
import { metricsOf, type SeriesPlan } from '../core/series-plan.ts';
import { ageBudgetOf, lagContexts, type Settings } from '../core/settings.ts';
import { countStatuses, type GroupStatusKind, judgeGroup } from '../core/status.ts';
import type { Part } from '../core/world.ts';

export interface PollResult {
  readonly atMs: number;
  readonly groups: readonly GroupLag[];
  readonly groupsUnreadable: number;
  /** Absent when it is not known how many partitions are expected. */
  readonly coverage?: number;
  readonly requests: number;
  /** Groups by status, the unreadable ones as unknown; those of which there are none are left out. */
  readonly statuses: Readonly<Partial<Record<GroupStatusKind, number>>>;
  /** What could not be read or kept, for people; empty when all went well. */
  readonly problems: readonly string[];
}

/**
 * Reads, measures, publishes, remembers. Lag goes out before the history is touched: whatever becomes of that, it costs
 * rates only. The reading is remembered whatever becomes of the metrics.
 *
 * @throws KafkaUnreachableError, KafkaAuthError when nothing could be read: no metric is published then, heartbeat included
 * @throws what the publisher throws, once the history is written
 */
export async function poll(world: Part<'offsets' | 'history' | 'metrics'>): Promise<PollResult> {
  const { settings, clock } = world;
  const startedAtMs = clock.nowMs();
  const budget = ageBudgetOf(settings);
  const reading = await world.offsets.read(budget === undefined ? {} : { ages: budget });
  const contextOf = lagContexts(settings);
  const hidden = hidesCommits(reading);
  const groups = reading.groups.map((group) => measureLag(group, { ...contextOf(group.groupId), hidden }));
  const coverage = clusterCoverage(reading, groups);
  const plan = planOf(reading, settings);
  const health = {
    groupsRead: groups.length,
    groupsUnreadable: reading.unreadableGroups.length,
    kafkaRequests: reading.requests,
    durationMs: clock.nowMs() - startedAtMs,
    ...(coverage === undefined ? {} : { coverage }),
    ...(settings.seriesBudget === undefined ? {} : { seriesDropped: plan.dropped }),
  };
  const lag = toMetrics(settings.clusterName, groups, health);
  const { problems, samples } = await publishAndRemember(world, reading, { lag, plan });
  return {
    atMs: reading.atMs,
    groups,
    groupsUnreadable: reading.unreadableGroups.length,
    ...(coverage === undefined ? {} : { coverage }),
    requests: reading.requests,
    statuses: countStatuses(statusKinds(reading, samples, settings.timing.rateWindowSeconds * 1000)),
    problems: [...problemsOf(reading), ...unwatched(plan), ...problems],
  };
}

type SamplesByGroup = ReadonlyMap<string, readonly TimedSample[]>;

interface Publishing {
  readonly lag: readonly Metric[];
  readonly plan: SeriesPlan;
}

/** Returns the history by group, and what went wrong with it. It is written even when metrics do not get out, or the next polls had no rates either. */
async function publishAndRemember(
  world: Part<'history' | 'metrics'>,
  reading: ClusterReading,
  { lag, plan }: Publishing,
): Promise<{ readonly problems: readonly string[]; readonly samples: SamplesByGroup }> {
  const { clusterName, metricsTier, timing } = world.settings;
  const publish = (metrics: readonly Metric[]) => world.metrics.publish(asPlanned(metrics, plan), reading.atMs);
  const problems: string[] = [];
  let samples: SamplesByGroup = new Map();
  let remembered: Remembered | undefined;
  try {
    await publish(lag);
    remembered = await recall(world, reading);
    samples = samplesByGroup(remembered.history);
    await publish(ageMetrics(clusterName, agesByGroup(world.settings, reading, samples)));
    if (metricsOf(metricsTier).has('ProduceRate')) {
      await publish(rateMetrics(clusterName, ratesByGroup(samples, reading.atMs - timing.rateWindowSeconds * 1000)));
    }
  } finally {
    remembered ??= await recall(world, reading);
    problems.push(...remembered.problems, ...(await remember(world, remembered)));
  }
  return { problems, samples };
}

interface Remembered {
  readonly history: LagHistory;
  readonly version?: string;
  /** The store could not be read: writing would throw away what it holds. */
  readonly readFailed: boolean;
  readonly problems: readonly string[];
}

async function recall({ history, settings }: Part<'history'>, reading: ClusterReading): Promise<Remembered> {
  try {
    const stored = await history.load();
    const lost = stored.lost === undefined ? [] : [`history starts anew: ${stored.lost}`];
    const shortage = historyShortage(reading, settings.historySamples);
    return {
      history: appendReading(stored.history, reading, settings.historySamples),
      ...(stored.version === undefined ? {} : { version: stored.version }),
      readFailed: false,
      problems: [...lost, ...(shortage === undefined ? [] : [shortage])],
    };
  } catch (error) {
    const problems = [`history could not be read, so rates are missing: ${messageOf(error)}`];
    return { history: appendReading({ samples: [] }, reading, 1), readFailed: true, problems };
  }
}

async function remember({ history }: Part<'history'>, remembered: Remembered): Promise<string[]> {
  if (remembered.readFailed) return [];
  try {
    const { version } = remembered;
    const saved = await history.save({ history: remembered.history, ...(version === undefined ? {} : { version }) });
    return saved === 'lost-race' ? ['another poll wrote the history first; this reading is not kept'] : [];
  } catch (error) {
    return [`history could not be written: ${messageOf(error)}`];
  }
}

function agesByGroup(
  settings: Settings,
  reading: ClusterReading,
  byGroup: SamplesByGroup,
): Map<string, Reading<number>> {
  const contextOf = lagContexts(settings);
  const ages = reading.groups.map((group) => {
    const before = lastTold(byGroup.get(group.groupId)?.slice(0, -1) ?? []);
    const { isolation } = contextOf(group.groupId);
    return [group.groupId, groupAge(group, { isolation, ...(before === undefined ? {} : { before }) })] as const;
  });
  return new Map(ages);
}

function statusKinds(reading: ClusterReading, byGroup: SamplesByGroup, windowMs: number): GroupStatusKind[] {
  const judged = reading.groups.map((group) => {
    const samples = byGroup.get(group.groupId) as readonly TimedSample[];
    return judgeGroup({ samples, group, windowMs }).group.kind;
  });
  return [...judged, ...reading.unreadableGroups.map(() => 'unknown' as const)];
}

function ratesByGroup(byGroup: SamplesByGroup, fromMs: number): Map<string, GroupRates> {
  const rates = new Map<string, GroupRates>();
  for (const [groupId, samples] of byGroup) {
    const measured = measureRates(samples, fromMs);
    if (measured !== undefined) rates.set(groupId, measured);
  }
  return rates;
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
