/** Builders of readings. */

import type { ClusterReading, GroupReading, Member, PartitionReading } from '#core/kafka/model.ts';
import { absent, known, unknown } from '#core/kafka/reading.ts';

/** Offsets of one partition. `null` stands for no commit; without a start the log starts at 0. */
export type Offsets = readonly [committed: number | null, end: number, start?: number];

export const partitionOf = (partition: number, [committed, end, start = 0]: Offsets): PartitionReading => ({
  topic: 'orders',
  partition,
  committedOffset: committed === null ? absent : known(BigInt(committed)),
  logStartOffset: known(BigInt(start)),
  logEndOffset: known(BigInt(end)),
  lastStableOffset: known(BigInt(end)),
  age: unknown('was not asked'),
});

export interface GroupTraits {
  readonly groupId?: string;
  readonly offsets?: readonly Offsets[];
  readonly members?: number;
  readonly state?: GroupReading['state'];
  readonly kind?: GroupReading['kind'];
}

/** A group that reads topic `orders`. Its members own the partitions round robin. */
export function groupReadingOf({
  groupId = 'billing',
  offsets = [],
  members = 1,
  state,
  kind = 'consumer',
}: GroupTraits = {}): GroupReading {
  const owned = Array.from(
    { length: members },
    (_, i): Member => ({
      memberId: `member-${i}`,
      clientId: `task-${i}`,
      host: `10.0.0.${i + 1}`,
      assignment: offsets.flatMap((_, p) => (p % members === i ? [{ topic: 'orders', partition: p }] : [])),
    }),
  );
  return {
    groupId,
    type: 'classic',
    kind,
    state: state ?? known(members > 0 ? 'Stable' : 'Empty'),
    assignor: members > 0 ? known('RoundRobinAssigner') : absent,
    epoch: absent,
    members: known(owned),
    partitions: offsets.map((row, partition) => partitionOf(partition, row)),
  };
}

export const clusterReadingOf = (atMs: number, groups: readonly GroupReading[]): ClusterReading => ({
  atMs,
  groups,
  unreadableGroups: [],
  otherGroups: [],
  problems: [],
  topics: new Map(),
  openTransactions: absent,
  requests: 7,
});
