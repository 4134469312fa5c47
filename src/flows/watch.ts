/** One poll of all groups for a person: what a scheduled poll does, without publishing. */
import type { GroupView } from '#core/group/view.ts';
import { viewReading, worstFirst } from '#core/group/view-reading.ts';
import { watchedFromMs } from '#core/history/gaps.ts';
import { otherCluster, pollsByGroup } from '#core/history/history.ts';
import type { ClusterReading } from '#core/kafka/model.ts';
import { known, type Reading, unknown } from '#core/kafka/reading.ts';
import { readingProblems } from '#core/kafka/reading-problems.ts';
import { clusterCoverage, type IsolationLevel } from '#core/lag/lag.ts';
import type { HistoryStore, OffsetsReader, ReadRequest } from '#core/ports.ts';
import type { Problem } from '#core/text/problem.ts';
import { loadHistory, saveHistory, withReading } from './history.ts';

export interface WatchWorld {
  readonly offsets: OffsetsReader;
  readonly history: HistoryStore;
  /**
   * This process keeps the history itself: it starts over when the brokers turn out to be of
   * another cluster.
   */
  readonly ownHistory: boolean;
  readonly request: ReadRequest;
  readonly isolationOf: (groupId: string) => IsolationLevel;
  /** Window of rates and statuses, ms. */
  readonly windowMs: number;
  /** Polls that the history keeps. */
  readonly historySamples: number;
}

/** The cluster at one poll. */
export interface WatchedCluster {
  readonly atMs: number;
  /** From here on no poll of the history is missing, epoch ms. */
  readonly watchedFromMs: number;
  /** The worst first. */
  readonly groups: readonly GroupView[];
  /** Share of the expected partitions that was measured, 0 to 1. */
  readonly coverage: Reading<number>;
  /** What could not be read or kept. */
  readonly problems: readonly Problem[];
}

/** The history is of another cluster; it is left as it was. */
export class OtherClusterError extends Error {
  override name = 'OtherClusterError';
}

/**
 * Reads the cluster, measures its groups and saves the history.
 *
 * @throws KafkaUnreachableError, KafkaAuthError, OtherClusterError
 */
export async function watchOnce(world: WatchWorld): Promise<WatchedCluster> {
  const reading = await world.offsets.read(world.request);
  const loaded = await loadHistory(world.history);
  if (!world.ownHistory && 'stored' in loaded) {
    const other = otherCluster(loaded.stored.history, reading);
    if (other !== undefined) throw new OtherClusterError(other);
  }
  const recalled = withReading(loaded, reading, world.historySamples);
  const { history } = recalled;
  const groups = viewReading(reading, { ...world, polls: pollsByGroup(history) });
  return {
    atMs: reading.atMs,
    watchedFromMs: watchedFromMs(history.samples.map(({ atMs }) => atMs)),
    groups: groups.toSorted(worstFirst),
    coverage: coverageOf(reading, groups),
    problems: [...readingProblems(reading), ...recalled.problems, ...(await saveHistory(world.history, recalled))],
  };
}

function coverageOf(reading: ClusterReading, groups: readonly GroupView[]): Reading<number> {
  const read = groups.filter(({ source }) => source === 'read').map(({ totals }) => totals);
  const coverage = clusterCoverage(reading, read);
  return coverage === undefined ? unknown('how many partitions are expected is not known') : known(coverage);
}
