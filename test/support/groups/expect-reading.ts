/** Expectations about readings of the groups in `proxied-kafka.ts`. */
import { expect } from 'vitest';
import type { ClusterReading, GroupReading, PartitionReading } from '#core/kafka/model.ts';
import { clusterCoverage, measureLag } from '#core/lag/lag.ts';
import { COMMITTED, END, GROUPS, PARTITIONS } from '#test/support/kafka/proxied-kafka.ts';

const LAG = Number(END - COMMITTED);

const offsetsOf = ({ committedOffset, logStartOffset, logEndOffset }: PartitionReading): string =>
  [committedOffset, logStartOffset, logEndOffset].map((r) => (r.kind === 'known' ? r.value : r.kind)).join(' ');

/** Expects that nothing is missing. */
export function expectWhole(reading: ClusterReading): void {
  expect(reading.problems).toEqual([]);
  expect(reading.unreadableGroups).toEqual([]);
  expect(reading.groups.map(({ groupId }) => groupId)).toEqual(GROUPS.toSorted());
  for (const { partitions } of reading.groups) {
    expect(partitions.map(offsetsOf)).toEqual(Array(PARTITIONS).fill(`${COMMITTED} 0 ${END}`));
  }
}

/**
 * Expects that the lost partitions of each group are unknown with this reason, that all others are
 * known, and that no incomplete sum looks complete.
 */
export function expectPartLost(reading: ClusterReading, isLost: (partition: number) => boolean, reason: string): void {
  expect(reading.groups.length).toBeGreaterThan(0);
  for (const group of reading.groups) expectPartOfGroup(group, isLost, reason);
  const lags = reading.groups.map((group) => measureLag(group));
  expect(clusterCoverage(reading, lags) ?? 0).toBeLessThan(1);
}

function expectPartOfGroup(group: GroupReading, isLost: (partition: number) => boolean, reason: string): void {
  const lag = measureLag(group);
  const known = lag.partitions.filter(({ partition }) => !isLost(partition));
  const lost = lag.partitions.filter(({ partition }) => isLost(partition));
  for (const partition of known) expect(partition.lag).toEqual({ kind: 'known', value: LAG });
  for (const partition of lost) {
    expect(partition).toMatchObject({ measured: false, lag: { kind: 'unknown' }, age: { kind: 'unknown' } });
    expect(partition.lag).toMatchObject({ reason: expect.stringContaining(reason) });
  }
  expect(lag).toMatchObject({ complete: false, sumLag: known.length * LAG });
  // Without the members it is not known what else the group was assigned.
  expect(lag.coverage ?? known.length / PARTITIONS).toBe(known.length / PARTITIONS);
}
