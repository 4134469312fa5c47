/**
 * Lag from one reading: no history, no clamping of what is not understood, and unknown is never 0.
 */

import {
  type ClusterReading,
  type GroupReading,
  type PartitionReading,
  partitionKey,
  type RecordAge,
} from '#core/kafka/model.ts';
import { unreadRecords } from '#core/kafka/offsets.ts';
import { absent, known, knownValue, type Reading, unknown, whyMissing } from '#core/kafka/reading.ts';
import { isCommitBeyondEnd } from './conditions.ts';

/**
 * How far a group's consumers read: to the high watermark, or to the first open transaction. No
 * broker knows.
 */
export const ISOLATION_LEVELS = ['read_uncommitted', 'read_committed'] as const;
export type IsolationLevel = (typeof ISOLATION_LEVELS)[number];

/** Lag of one partition of one group. */
export interface PartitionLag {
  readonly topic: string;
  readonly partition: number;
  /**
   * Records between the committed offset (or the log start, when that is later) and the end: the
   * high watermark, or for a group that reads committed the last stable offset. Absent without a
   * commit.
   */
  readonly lag: Reading<number>;
  /**
   * The same up to the last stable offset, whatever the group reads: less than to the log's end
   * behind an open transaction.
   */
  readonly stableLag: Reading<number>;
  /** Records that retention deleted before the group read them. Absent without a commit. */
  readonly lost: Reading<number>;
  readonly committedOffset: Reading<bigint>;
  readonly logEndOffset: Reading<bigint>;
  readonly lastStableOffset: Reading<bigint>;
  /** Age of the oldest unread record. */
  readonly age: Reading<RecordAge>;
  /**
   * Its log was read and its lag is known, or known to be none. False of a partition without a
   * commit whose log was not read.
   */
  readonly measured: boolean;
  /**
   * The commit lies beyond the end of the log: a recreated or truncated topic. Its lag is unknown,
   * not negative.
   */
  readonly commitBeyondEnd: boolean;
  /** Member that owns the partition; absent when none does, or that is not known. */
  readonly owner?: string;
}

/** Lag of one group, without its partitions: small, whatever the group reads. */
export interface LagTotals {
  readonly groupId: string;
  /**
   * Records over the partitions with a known lag: a lower bound unless `complete`. Absent when none
   * is known.
   */
  readonly sumLag?: number;
  /** Largest lag of one partition, over the same partitions. */
  readonly maxLag?: number;
  /**
   * No partition's lag is unknown, and none may be hidden. Partitions without a commit have no lag
   * and take nothing from this, and so do members that are unknown: what they may own unseen has no
   * commit.
   */
  readonly complete: boolean;
  /**
   * Partitions measured divided by those expected: all that the group committed or was assigned; 1
   * when there are none. Absent when its members are unknown, and with them what it was assigned,
   * or when commits may be hidden.
   */
  readonly coverage?: number;
  /**
   * Partitions that it committed or was assigned, as far as that is known: all that are known of,
   * when `coverage` is absent.
   */
  readonly expected: number;
  /** Those of them that were measured. */
  readonly measured: number;
}

export interface GroupLag extends LagTotals {
  readonly partitions: readonly PartitionLag[];
}

export interface LagContext {
  /** Left out: read_uncommitted, since that lag hides nothing. */
  readonly isolation?: IsolationLevel;
  /** Some of what the group committed may be missing from the reading. */
  readonly hidden?: boolean;
}

/** Commits may be missing from the groups of the reading. */
export const hidesCommits = ({ problems }: ClusterReading): boolean =>
  problems.some((problem) => problem.hidesCommits === true);

/** Lag of one group. */
export function measureLag(group: GroupReading, context: LagContext = {}): GroupLag {
  const { isolation = 'read_uncommitted', hidden = false } = context;
  const owners = ownersOf(group);
  const ownerOf = (p: PartitionReading) => (owners.size === 0 ? undefined : owners.get(partitionKey(p)));
  const partitions = group.partitions.map((p) => partitionLag(p, isolation, ownerOf(p)));
  const counts = { expected: partitions.length, measured: partitions.filter((p) => p.measured).length };
  return {
    groupId: group.groupId,
    partitions,
    ...counts,
    complete: !hidden && partitions.every((p) => p.lag.kind !== 'unknown'),
    ...(hidden || group.members.kind === 'unknown' ? {} : { coverage: shareMeasured([counts]) }),
    ...knownLag(partitions),
  };
}

/** Over the partitions whose lag is known; nothing when none is. */
function knownLag(partitions: readonly PartitionLag[]): Pick<LagTotals, 'sumLag' | 'maxLag'> {
  let sumLag: number | undefined;
  let maxLag = 0;
  for (const { lag } of partitions) {
    if (lag.kind !== 'known') continue;
    sumLag = (sumLag ?? 0) + lag.value;
    maxLag = Math.max(maxLag, lag.value);
  }
  return sumLag === undefined ? {} : { sumLag, maxLag };
}

/**
 * Share of the cluster's expected partitions that was measured, 0 to 1.
 *
 * Undefined when a request failed, or may have left out something, that lists groups or what they
 * committed; when a group could not be read at all, or its members could not: how many partitions
 * that hides is not known.
 */
export function clusterCoverage(reading: ClusterReading, groups: readonly Counted[]): number | undefined {
  if (reading.unreadableGroups.length > 0 || groups.some((group) => group.coverage === undefined)) return undefined;
  if (reading.problems.some(({ request }) => request === 'ListGroups' || request === 'OffsetFetch')) return undefined;
  return shareMeasured(groups);
}

/** What coverage counts of a group. */
type Counted = Pick<LagTotals, 'coverage' | 'expected' | 'measured'>;

function shareMeasured(groups: readonly Counted[]): number {
  const expected = groups.reduce((sum, group) => sum + group.expected, 0);
  return expected === 0 ? 1 : groups.reduce((sum, group) => sum + group.measured, 0) / expected;
}

function partitionLag(p: PartitionReading, isolation: IsolationLevel, owner: string | undefined): PartitionLag {
  const high = spanOf(p, 'log end offset', p.logEndOffset);
  const stable = isAllStable(p) ? high : spanOf(p, 'last stable offset', p.lastStableOffset);
  const [{ lag, lost }, end] = isolation === 'read_committed' ? [stable, p.lastStableOffset] : [high, p.logEndOffset];
  const isLogRead = end.kind === 'known' && p.logStartOffset.kind === 'known';
  const measured = {
    topic: p.topic,
    partition: p.partition,
    lag,
    stableLag: stable.lag,
    lost,
    committedOffset: p.committedOffset,
    logEndOffset: p.logEndOffset,
    lastStableOffset: p.lastStableOffset,
    age: p.age,
    measured: isLogRead && lag.kind !== 'unknown',
    commitBeyondEnd: isCommitBeyondEnd(p),
  };
  return owner === undefined ? measured : { ...measured, owner };
}

/** No transaction is open, which is so of most partitions, most of the time. */
const isAllStable = ({ logEndOffset: end, lastStableOffset: stable }: PartitionReading): boolean =>
  end.kind === 'known' && stable.kind === 'known' && end.value === stable.value;

type Span = Pick<PartitionLag, 'lag' | 'lost'>;

/**
 * Records from the commit to an end of the log, and those that retention deleted before they were
 * read.
 */
function spanOf(p: PartitionReading, what: string, end: Reading<bigint>): Span {
  const { committedOffset: committed, logStartOffset: start } = p;
  if (committed.kind === 'absent') return { lag: absent, lost: absent };
  if (committed.kind === 'unknown') return noSpan(`committed offset unknown: ${committed.reason}`);
  if (end.kind !== 'known') return noSpan(`${what} unknown: ${whyMissing(end)}`);
  if (start.kind !== 'known') return noSpan(`log start offset unknown: ${whyMissing(start)}`);
  const beyond = beyondEnd(p, committed.value, end.value);
  if (beyond !== undefined) return noSpan(beyond);
  const lost = start.value > committed.value ? Number(start.value - committed.value) : 0;
  return { lag: records(unreadRecords(committed.value, start.value, end.value)), lost: records(lost) };
}

const NONE = known(0);
/** Most partitions have nothing unread and nothing lost: they share one value. */
const records = (count: number): Reading<number> => (count === 0 ? NONE : known(count));

const noSpan = (reason: string): Span => ({ lag: unknown(reason), lost: unknown(reason) });

/** Why a commit behind an end gives no lag; undefined when there is nothing wrong with it. */
function beyondEnd({ logEndOffset }: PartitionReading, committed: bigint, end: bigint): string | undefined {
  const logEnd = knownValue(logEndOffset);
  if (logEnd === undefined) {
    // Between the last stable offset and an end that is not known: read, or beyond it.
    return committed > end ? `committed offset ${committed} lies beyond the last stable offset ${end}` : undefined;
  }
  if (committed <= logEnd) return undefined;
  return `committed offset ${committed} lies beyond the log end offset ${logEnd}: topic recreated or truncated`;
}

function ownersOf(group: GroupReading): Map<string, string> {
  const owners = new Map<string, string>();
  if (group.members.kind !== 'known') return owners;
  for (const member of group.members.value) {
    for (const tp of member.assignment) owners.set(partitionKey(tp), member.memberId);
  }
  return owners;
}

/** Lag over partitions; absent when none has a lag, unknown when that of one is. */
export function lagOver(partitions: readonly { readonly lag: Reading<number> }[]): Reading<number> {
  const lags = partitions.map(({ lag }) => lag);
  const missing = lags.find((lag) => lag.kind === 'unknown');
  if (missing !== undefined) return missing;
  const values = lags.flatMap((lag) => (lag.kind === 'known' ? [lag.value] : []));
  return values.length === 0 ? absent : known(values.reduce((sum, value) => sum + value, 0));
}
