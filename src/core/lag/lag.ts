/**
 * Lag from one reading, without history. Values that make no sense are not clamped. Unknown is
 * never 0.
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
 * How far a group's consumers read: to the high watermark, or to the first open transaction.
 * Brokers do not know which.
 */
export const ISOLATION_LEVELS = ['read_uncommitted', 'read_committed'] as const;
export type IsolationLevel = (typeof ISOLATION_LEVELS)[number];

/** Lag of one partition of one group. */
export interface PartitionLag {
  readonly topic: string;
  readonly partition: number;
  /**
   * Records between the committed offset (or the log start, if that is later) and the end. The end
   * is the high watermark, or the last stable offset for a read_committed group. Absent without a
   * commit.
   */
  readonly lag: Reading<number>;
  /**
   * Lag up to the last stable offset, whatever the isolation level. Behind an open transaction it
   * is less than the lag to the log end.
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
   * The log was read, and the lag is known or absent. False for a partition without a commit whose
   * log was not read.
   */
  readonly measured: boolean;
  /**
   * The commit lies beyond the end of the log: the topic was recreated or truncated. The lag is
   * unknown, not negative.
   */
  readonly commitBeyondEnd: boolean;
  /** Member that owns the partition; absent when there is none, or when the owner is unknown. */
  readonly owner?: string;
}

/** Lag of one group without its partitions: small, however many partitions the group reads. */
export interface LagTotals {
  readonly groupId: string;
  /**
   * Records over the partitions with a known lag: a lower bound unless `complete`. Absent when no
   * lag is known.
   */
  readonly sumLag?: number;
  /** Largest lag of one partition, over the same partitions. */
  readonly maxLag?: number;
  /**
   * No partition's lag is unknown, and no commit may be hidden. Partitions without a commit have no
   * lag and do not count. Unknown members do not count either: their unseen partitions have no
   * commit.
   */
  readonly complete: boolean;
  /**
   * Partitions measured divided by partitions expected (committed or assigned); 1 when there are
   * none. Absent when the members, and so their assignments, are unknown, or when commits may be
   * hidden.
   */
  readonly coverage?: number;
  /**
   * Known partitions that the group committed or was assigned. There may be others when `coverage`
   * is absent.
   */
  readonly expected: number;
  /** How many of these were measured. */
  readonly measured: number;
}

export interface GroupLag extends LagTotals {
  readonly partitions: readonly PartitionLag[];
}

export interface LagContext {
  /** Default: read_uncommitted, since that lag hides nothing. */
  readonly isolation?: IsolationLevel;
  /** Some commits of the group may be missing from the reading. */
  readonly hidden?: boolean;
}

/** Whether commits may be missing from the groups of the reading. */
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

/** Over the partitions whose lag is known; empty when there are none. */
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
 * Undefined when the number of expected partitions is unknown: a request that lists groups or
 * commits failed or was incomplete, or a group or its members could not be read.
 */
export function clusterCoverage(reading: ClusterReading, groups: readonly Counted[]): number | undefined {
  if (reading.unreadableGroups.length > 0 || groups.some((group) => group.coverage === undefined)) return undefined;
  if (reading.problems.some(({ request }) => request === 'ListGroups' || request === 'OffsetFetch')) return undefined;
  return shareMeasured(groups);
}

/** What coverage needs from a group. */
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

/** No transaction is open: the usual case. */
const isAllStable = ({ logEndOffset: end, lastStableOffset: stable }: PartitionReading): boolean =>
  end.kind === 'known' && stable.kind === 'known' && end.value === stable.value;

type Span = Pick<PartitionLag, 'lag' | 'lost'>;

/**
 * Records from the commit to an end of the log, and records that retention deleted before they were
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
/** Most partitions have no unread and no lost records: they share one value. */
const records = (count: number): Reading<number> => (count === 0 ? NONE : known(count));

const noSpan = (reason: string): Span => ({ lag: unknown(reason), lost: unknown(reason) });

/** Why a commit past an end gives no lag; undefined when the commit is valid. */
function beyondEnd({ logEndOffset }: PartitionReading, committed: bigint, end: bigint): string | undefined {
  const logEnd = knownValue(logEndOffset);
  if (logEnd === undefined) {
    // The log end is unknown: the commit may be read or beyond the end.
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

/** Lag over partitions. Absent when no partition has a lag; unknown when one lag is unknown. */
export function lagOver(partitions: readonly { readonly lag: Reading<number> }[]): Reading<number> {
  const lags = partitions.map(({ lag }) => lag);
  const missing = lags.find((lag) => lag.kind === 'unknown');
  if (missing !== undefined) return missing;
  const values = lags.flatMap((lag) => (lag.kind === 'known' ? [lag.value] : []));
  return values.length === 0 ? absent : known(values.reduce((sum, value) => sum + value, 0));
}
