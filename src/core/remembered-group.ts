/** A group as a history alone tells it, without a look at the brokers: as of the newest poll that read it. */
import { lagOver, pastOf } from './group-past.ts';
import { type GroupSummary, wholePast, worstOf } from './group-summary.ts';
import { type LagHistory, samplesOf, type TimedSample } from './history.ts';
import { absent, known, type Reading, type TopicPartition, unknown } from './kafka.ts';
import { type LagSeries, lagSeries, sampleLag } from './lag-series.ts';
import { countRebalances, type Rebalances } from './rates.ts';
import { judgeGroup } from './status.ts';

export interface RememberedGroup {
  /**
   * At the newest poll that read the group. A history keeps neither ages nor who owns what nor open transactions: ages are unknown, and
   * the status is judged without them.
   */
  readonly summary: GroupSummary;
  /** When that poll was, epoch ms. */
  readonly atMs: number;
  readonly series: LagSeries;
  /** Over all polls that read it. */
  readonly rebalances: Rebalances;
}

export interface RememberContext {
  /** What counts as a while, ms. */
  readonly windowMs: number;
  /** Which partitions all of it is of. */
  readonly isChosen: (partition: TopicPartition) => boolean;
}

/** Undefined when no poll of the history read the group, or none of the partitions is of it. */
export function rememberGroup(
  history: LagHistory,
  groupId: string,
  { windowMs, isChosen }: RememberContext,
): RememberedGroup | undefined {
  const samples = samplesOf(history, groupId).map((sample) => ({
    ...sample,
    partitions: sample.partitions.filter(isChosen),
  }));
  const newest = samples.at(-1);
  if (newest === undefined || samples.every(({ partitions }) => partitions.length === 0)) return undefined;
  return {
    summary: summarise(samples, newest, windowMs),
    atMs: newest.atMs,
    series: lagSeries(history, groupId, isChosen),
    rebalances: countRebalances(samples, Number.NEGATIVE_INFINITY),
  };
}

function summarise(samples: readonly TimedSample[], newest: TimedSample, windowMs: number): GroupSummary {
  const untold = unknown('a history does not keep it');
  const partitions = newest.partitions.map((p) => ({ ...p, lag: sampleLag(p) }));
  const lag = lagOver(partitions);
  // Who owns what is known where nobody does.
  const group = { kind: 'consumer', members: newest.members === 0 ? known([]) : untold, partitions: [] } as const;
  return {
    group: newest.groupId,
    kind: untold,
    state: toldOf(newest.state),
    status: known(judgeGroup({ samples, group, windowMs }).group),
    lag,
    lagAtLeast: lagOver(partitions.filter((p) => p.lag.kind === 'known')),
    worst: worstOf(partitions),
    ageMs: lag.kind === 'absent' ? absent : untold,
    ...wholePast(pastOf({ samples, isRead: () => true, lag, ratesFromMs: newest.atMs - windowMs })),
    members: toldOf(newest.members),
    coverage: untold,
    polls: samples.length,
  };
}

const toldOf = <T>(value: T | undefined): Reading<T> =>
  value === undefined ? unknown('it could not be read') : known(value);
