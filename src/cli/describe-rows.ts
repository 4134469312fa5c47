/** A reading as the rows that the official consumer-groups tool prints. */
import { type Condition, conditionsOf } from '../core/conditions.ts';
import type { ClusterReading, GroupReading, Member, Reading, RecordAge, UnreadableGroup } from '../core/kafka.ts';
import { absent, known, partitionKey, unknown } from '../core/kafka.ts';
import { type IsolationLevel, measureLag } from '../core/lag.ts';

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
  readonly state: Reading<string>;
  /** How many there are, those that own nothing included. */
  readonly members: Reading<number>;
  /** What is out of the ordinary, as far as one look tells. */
  readonly conditions: readonly Condition[];
  /** In order of topic and partition. */
  readonly rows: readonly DescribeRow[];
}

/** All groups of a reading in order of name, unreadable ones included: their state is unknown, and they have no row. */
export function describeReading(
  reading: ClusterReading,
  levelOf: (groupId: string) => IsolationLevel,
): readonly DescribedGroup[] {
  const unreadable = ({ groupId, reason }: UnreadableGroup) => ({
    group: groupId,
    state: unknown(reason),
    members: unknown(reason),
    conditions: [],
    rows: [],
  });
  const groups = [
    ...reading.groups.map((group) => describeGroup(group, reading, levelOf(group.groupId))),
    ...reading.unreadableGroups.map(unreadable),
  ];
  return groups.sort((a, b) => (a.group < b.group ? -1 : a.group > b.group ? 1 : 0));
}

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
  // The threshold sizes a ratio that is not shown.
  const rows = measureLag(group, { threshold: 1, isolation }).partitions.map((p) => ({
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
  return {
    group: group.groupId,
    state: group.state,
    members: count,
    conditions: conditionsOf(group, { reading }),
    rows,
  };
}

type Unknown = Extract<Reading<never>, { kind: 'unknown' }>;

function ownerCells(owner: Member | Unknown | undefined): Pick<DescribeRow, 'consumerId' | 'host' | 'clientId'> {
  if (owner === undefined) return { consumerId: absent, host: absent, clientId: absent };
  if ('kind' in owner) return { consumerId: owner, host: owner, clientId: owner };
  return { consumerId: known(owner.memberId), host: known(owner.host), clientId: known(owner.clientId) };
}
