/** One look at all groups for a person: what a poll does, without publishing. */
import { messageOf } from '#core/errors.ts';
import { type GroupSummary, summariseReading } from '#core/group/summary.ts';
import { watchedFromMs } from '#core/history/gaps.ts';
import { appendReading, historyShortage, type LagHistory, otherCluster, pollsByGroup } from '#core/history/history.ts';
import type { ClusterReading } from '#core/kafka/model.ts';
import { known, type Reading, unknown } from '#core/kafka/reading.ts';
import { clusterCoverage, hidesCommits, type IsolationLevel, measureLag } from '#core/lag/lag.ts';
import type { HistoryStore, OffsetsReader, ReadRequest } from '#core/ports.ts';

export interface WatchWorld {
  readonly offsets: OffsetsReader;
  readonly history: HistoryStore;
  /** The history is this process's own, and begins anew where the brokers turn out to be of another cluster. */
  readonly ownHistory: boolean;
  readonly request: ReadRequest;
  readonly isolationOf: (groupId: string) => IsolationLevel;
  /** What counts as a while, ms. */
  readonly windowMs: number;
  /** Polls that the history keeps. */
  readonly historySamples: number;
}

/** What a look told of the cluster. */
export interface Look {
  readonly atMs: number;
  /** From here on no poll of the history is missing. */
  readonly watchedFromMs: number;
  /** The worst first. */
  readonly groups: readonly GroupSummary[];
  /** Share of the expected partitions that was measured, 0 to 1. */
  readonly coverage: Reading<number>;
  /** What could not be read or kept, for people. */
  readonly problems: readonly string[];
}

/** The history is of another cluster; it is left as it was. */
export class OtherClusterError extends Error {
  override name = 'OtherClusterError';
}

/**
 * Reads, remembers and summarises. A history that cannot be read or written costs rates and statuses, and is a problem of the look.
 *
 * @throws KafkaUnreachableError, KafkaAuthError, OtherClusterError
 */
export async function look(world: WatchWorld): Promise<Look> {
  const reading = await world.offsets.read(world.request);
  const { history, problems } = await remember(world, reading);
  return {
    atMs: reading.atMs,
    watchedFromMs: watchedFromMs(history.samples.map(({ atMs }) => atMs)),
    groups: summariseReading(reading, { ...world, polls: pollsByGroup(history) }),
    coverage: coverageOf(reading),
    problems: [...problemsOf(reading), ...problems],
  };
}

interface Remembered {
  readonly history: LagHistory;
  readonly problems: readonly string[];
}

async function remember(world: WatchWorld, reading: ClusterReading): Promise<Remembered> {
  const shortage = historyShortage(reading, world.historySamples);
  const problems = shortage === undefined ? [] : [shortage];
  let history = appendReading({ samples: [] }, reading, world.historySamples);
  try {
    const stored = await world.history.load();
    const other = otherCluster(stored.history, reading);
    if (other !== undefined && !world.ownHistory) throw new OtherClusterError(other);
    if (other !== undefined) problems.push(`history starts anew: ${other}`);
    history = appendReading(stored.history, reading, world.historySamples);
    if (stored.lost !== undefined) problems.push(`history starts anew: ${stored.lost}`);
    if ((await world.history.save({ ...stored, history })) === 'lost-race') {
      problems.push('another process wrote the history first; this reading is not kept');
    }
  } catch (error) {
    if (error instanceof OtherClusterError) throw error;
    problems.push(`history could not be kept: ${messageOf(error)}`);
  }
  return { history, problems };
}

function coverageOf(reading: ClusterReading): Reading<number> {
  const context = { hidden: hidesCommits(reading) };
  const coverage = clusterCoverage(
    reading,
    reading.groups.map((group) => measureLag(group, context)),
  );
  return coverage === undefined ? unknown('how many partitions are expected is not known') : known(coverage);
}

const problemsOf = (reading: ClusterReading): string[] => [
  ...reading.problems.map(({ request, broker, reason }) => `${request} to ${broker}: ${reason}`),
  ...reading.unreadableGroups.map(({ groupId, reason }) => `group ${JSON.stringify(groupId)}: ${reason}`),
];
