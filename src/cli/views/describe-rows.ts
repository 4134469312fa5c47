/** A reading as the rows that the official consumer-groups tool prints. */

import type {
  ClusterReading,
  GroupReading,
  Member,
  OtherGroup,
  RecordAge,
  UnreadableGroup,
} from '#core/kafka/model.ts';
import { partitionKey } from '#core/kafka/model.ts';
import type { Reading } from '#core/kafka/reading.ts';
import { absent, known, unknown } from '#core/kafka/reading.ts';
import { type Condition, conditionsOf } from '#core/lag/conditions.ts';
import { type IsolationLevel, measureLag } from '#core/lag/lag.ts';

/** One partition that the group committed or owns, with its owner if it has one. */
export interface DescribeRow {
  readonly topic: string;
  readonly partition: number;
  readonly currentOffset: Reading<bigint>;
  readonly logEndOffset: Reading<bigint>;
  readonly lag: Reading<number>;
  /** Records up to the last stable offset: less than `lag` behind an open transaction. */
  readonly stableLag: Reading<number>;
  /** Of the oldest unread record. */
  readonly age: Reading<RecordAge>;
  readonly consumerId: Reading<string>;
  readonly host: Reading<string>;
  readonly clientId: Reading<string>;
}

export interface DescribedGroup {
  readonly group: string;
  /** `consumer`, `streams`, `simple`; of a group without committed offsets, what its members say they are. */
  readonly kind: Reading<string>;
  /** Protocol of the members, as the broker lists it. */
  readonly type: Reading<string>;
  readonly state: Reading<string>;
  /** Absent under the classic protocol. */
  readonly epoch: Reading<number>;
  /** How many there are, those that own nothing included; absent where members are not asked for. */
  readonly members: Reading<number>;
  /** What is out of the ordinary, as far as one look tells. */
  readonly conditions: readonly Condition[];
  /** Lag of a group whose partitions have no row: of a share group. Absent for the others. */
  readonly lag: Reading<number>;
  /** In order of topic and partition. */
  readonly rows: readonly DescribeRow[];
}

/**
 * All groups of a reading in order of name. Unreadable ones have an unknown state and no row; those without committed
 * offsets have their kind and state, and no row.
 */
export function describeReading(
  reading: ClusterReading,
  levelOf: (groupId: string) => IsolationLevel,
): readonly DescribedGroup[] {
  const groups = [
    ...reading.groups.map((group) => describeGroup(group, reading, levelOf(group.groupId))),
    ...reading.unreadableGroups.map(describeUnreadable),
    ...reading.otherGroups.map(describeOther),
  ];
  return groups.sort((a, b) => (a.group < b.group ? -1 : a.group > b.group ? 1 : 0));
}

function describeUnreadable({ groupId, reason }: UnreadableGroup): DescribedGroup {
  const nothing = unknown(reason);
  const untold = { kind: nothing, type: nothing, state: nothing, epoch: nothing, members: nothing };
  return { group: groupId, ...untold, lag: absent, conditions: [], rows: [] };
}

const describeOther = ({ groupId, type, protocol, state, lag }: OtherGroup): DescribedGroup => ({
  group: groupId,
  kind: known(protocol),
  type: known(type),
  state,
  epoch: absent,
  members: absent,
  conditions: [],
  lag,
  rows: [],
});

/** Something of what was asked for is missing from the reading. */
export const isPartial = (reading: ClusterReading, groups: readonly DescribedGroup[]): boolean =>
  reading.problems.length > 0 ||
  groups.some(
    ({ state, rows }) =>
      state.kind === 'unknown' ||
      rows.some((row) => [row.currentOffset, row.lag, row.consumerId].some((r) => r.kind === 'unknown')),
  );

function describeGroup(group: GroupReading, reading: ClusterReading, isolation: IsolationLevel): DescribedGroup {
  const owners = new Map<string, Member>();
  const members = group.members.kind === 'known' ? group.members.value : [];
  for (const member of members) for (const tp of member.assignment) owners.set(partitionKey(tp), member);
  const rows = measureLag(group, { isolation }).partitions.map((p) => ({
    topic: p.topic,
    partition: p.partition,
    currentOffset: p.committedOffset,
    logEndOffset: p.logEndOffset,
    lag: p.lag,
    stableLag: p.stableLag,
    age: p.age,
    ...ownerCells(group.members.kind === 'unknown' ? group.members : owners.get(partitionKey(p))),
  }));
  const count = group.members.kind === 'known' ? known(members.length) : group.members;
  const { groupId, kind, type, state, epoch } = group;
  const conditions = conditionsOf(group, { reading });
  const facts = { kind: known(kind), type: known(type), state, epoch, members: count, lag: absent };
  return { group: groupId, ...facts, conditions, rows };
}

type Unknown = Extract<Reading<never>, { kind: 'unknown' }>;

function ownerCells(owner: Member | Unknown | undefined): Pick<DescribeRow, 'consumerId' | 'host' | 'clientId'> {
  if (owner === undefined) return { consumerId: absent, host: absent, clientId: absent };
  if ('kind' in owner) return { consumerId: owner, host: owner, clientId: owner };
  return { consumerId: known(owner.memberId), host: known(owner.host), clientId: known(owner.clientId) };
}
