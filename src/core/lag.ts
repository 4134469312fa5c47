/** Lag from one reading: no history, no clamping of what is not understood, and unknown is never 0. */
import {
  absent,
  type ClusterReading,
  type GroupReading,
  known,
  type PartitionReading,
  partitionKey,
  type Reading,
  unknown,
} from './kafka.ts';

/** Lag of one partition of one group. */
export interface PartitionLag {
  readonly topic: string;
  readonly partition: number;
  /** Records between the committed offset (or the log start, when that is later) and the end. Absent without a commit. */
  readonly lag: Reading<number>;
  /** Records that retention deleted before the group read them. Absent without a commit. */
  readonly lost: Reading<number>;
  readonly committedOffset: Reading<bigint>;
  readonly logEndOffset: Reading<bigint>;
  /** The commit lies beyond the end of the log: a recreated or truncated topic. Its lag is unknown, not negative. */
  readonly commitBeyondEnd: boolean;
  /** Member that owns the partition; absent when none does, or that is not known. */
  readonly owner?: string;
}

export interface GroupLag {
  readonly groupId: string;
  readonly partitions: readonly PartitionLag[];
  /** Records over the partitions with a known lag: a lower bound unless `complete`. Absent when none is known. */
  readonly sumLag?: number;
  /** Largest lag of one partition, over the same partitions. */
  readonly maxLag?: number;
  /** `sumLag` divided by the group's threshold. */
  readonly ratio?: number;
  /** No partition's lag is unknown. Partitions without a commit have no lag and take nothing from this. */
  readonly complete: boolean;
  /** Partitions whose lag is known, or which are known to have none, divided by all; 1 when there are none. */
  readonly coverage: number;
}

/** Lag of one group; `threshold` in records, above 0. */
export function measureLag(group: GroupReading, threshold: number): GroupLag {
  const owners = ownersOf(group);
  const partitions = group.partitions.map((p) => partitionLag(p, owners.get(partitionKey(p))));
  const values = partitions.flatMap((p) => (p.lag.kind === 'known' ? [p.lag.value] : []));
  const unknowns = partitions.filter((p) => p.lag.kind === 'unknown').length;
  const shared = {
    groupId: group.groupId,
    partitions,
    complete: unknowns === 0,
    coverage: partitions.length === 0 ? 1 : (partitions.length - unknowns) / partitions.length,
  };
  if (values.length === 0) return shared;
  const sumLag = values.reduce((sum, value) => sum + value, 0);
  const maxLag = values.reduce((max, value) => Math.max(max, value), 0);
  return { ...shared, sumLag, maxLag, ratio: sumLag / threshold };
}

/**
 * Share of the cluster's partitions that was measured, 0 to 1.
 *
 * Undefined when a request failed that would have listed groups, or a group could not be read at all:
 * how many partitions that hides is not known.
 */
export function clusterCoverage(reading: ClusterReading, groups: readonly GroupLag[]): number | undefined {
  if (reading.unreadableGroups.length > 0) return undefined;
  if (reading.problems.some((problem) => problem.request === 'ListGroups')) return undefined;
  const expected = groups.reduce((sum, group) => sum + group.partitions.length, 0);
  const unknowns = groups.reduce((sum, g) => sum + g.partitions.filter((p) => p.lag.kind === 'unknown').length, 0);
  return expected === 0 ? 1 : (expected - unknowns) / expected;
}

function partitionLag(p: PartitionReading, owner: string | undefined): PartitionLag {
  const { lag, lost, commitBeyondEnd } = lagOf(p);
  return {
    topic: p.topic,
    partition: p.partition,
    lag,
    lost,
    committedOffset: p.committedOffset,
    logEndOffset: p.logEndOffset,
    commitBeyondEnd,
    ...(owner === undefined ? {} : { owner }),
  };
}

function lagOf(p: PartitionReading): Pick<PartitionLag, 'lag' | 'lost' | 'commitBeyondEnd'> {
  const { committedOffset, logStartOffset, logEndOffset } = p;
  if (committedOffset.kind === 'absent') return { lag: absent, lost: absent, commitBeyondEnd: false };
  const missing =
    reasonOf('committed offset', committedOffset) ??
    reasonOf('log end offset', logEndOffset) ??
    reasonOf('log start offset', logStartOffset);
  if (
    missing !== undefined ||
    committedOffset.kind !== 'known' ||
    logEndOffset.kind !== 'known' ||
    logStartOffset.kind !== 'known'
  ) {
    const reason = unknown(missing ?? 'offsets are incomplete');
    return { lag: reason, lost: reason, commitBeyondEnd: false };
  }
  const [committed, start, end] = [committedOffset.value, logStartOffset.value, logEndOffset.value];
  if (committed > end) {
    const reason = unknown(
      `committed offset ${committed} lies beyond the log end offset ${end}: topic recreated or truncated`,
    );
    return { lag: reason, lost: reason, commitBeyondEnd: true };
  }
  const lost = committed < start ? start - committed : 0n;
  return { lag: known(Number(end - (committed + lost))), lost: known(Number(lost)), commitBeyondEnd: false };
}

function reasonOf(what: string, reading: Reading<bigint>): string | undefined {
  if (reading.kind === 'known') return undefined;
  return `${what} ${reading.kind === 'absent' ? 'does not exist' : `unknown: ${reading.reason}`}`;
}

function ownersOf(group: GroupReading): Map<string, string> {
  const owners = new Map<string, string>();
  if (group.members.kind !== 'known') return owners;
  for (const member of group.members.value) {
    for (const tp of member.assignment) owners.set(partitionKey(tp), member.memberId);
  }
  return owners;
}
