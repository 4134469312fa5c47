/** A group as the rows that the official consumer-groups tool prints. */
import type { GroupView } from '#core/group/view.ts';
import { type ClusterReading, type Member, partitionKey, type RecordAge } from '#core/kafka/model.ts';
import { absent, known, type Reading } from '#core/kafka/reading.ts';

/** One partition that the group committed or owns, with its owner if it has one. */
export interface DescribeRow {
  readonly topic: string;
  readonly partition: number;
  readonly currentOffset: Reading<bigint>;
  readonly logEndOffset: Reading<bigint>;
  readonly lag: Reading<number>;
  /** Records up to the last stable offset: less than `lag` behind an open transaction. */
  readonly stableLag: Reading<number>;
  /** Age of the oldest unread record. */
  readonly age: Reading<RecordAge>;
  readonly consumerId: Reading<string>;
  readonly host: Reading<string>;
  readonly clientId: Reading<string>;
}

/**
 * The rows of a group, in order of topic and partition. None for a group that could not be read or
 * has no commits.
 */
export function describeRows({ members, partitions }: GroupView): readonly DescribeRow[] {
  const owners = new Map<string, Member>();
  for (const member of members.kind === 'known' ? members.value : []) {
    for (const tp of member.assignment) owners.set(partitionKey(tp), member);
  }
  return partitions.map((p) => ({
    topic: p.topic,
    partition: p.partition,
    currentOffset: p.committedOffset,
    logEndOffset: p.logEndOffset,
    lag: p.lag,
    stableLag: p.stableLag,
    age: p.age,
    ...ownerCells(members.kind === 'unknown' ? members : owners.get(partitionKey(p))),
  }));
}

type Unknown = Extract<Reading<never>, { kind: 'unknown' }>;

function ownerCells(owner: Member | Unknown | undefined): Pick<DescribeRow, 'consumerId' | 'host' | 'clientId'> {
  if (owner === undefined) return { consumerId: absent, host: absent, clientId: absent };
  if ('kind' in owner) return { consumerId: owner, host: owner, clientId: owner };
  return { consumerId: known(owner.memberId), host: known(owner.host), clientId: known(owner.clientId) };
}

/** Lag of a share group, whose partitions have no rows. Absent for other groups. */
export const wholeLag = ({ source, lag }: GroupView): Reading<number> => (source === 'no-commits' ? lag : absent);

/** Whether something is missing from the reading. */
export const isPartial = ({ problems }: Pick<ClusterReading, 'problems'>, groups: readonly GroupView[]): boolean =>
  problems.length > 0 ||
  groups.some(
    (group) =>
      group.state.kind === 'unknown' ||
      describeRows(group).some((row) =>
        [row.currentOffset, row.lag, row.consumerId].some(({ kind }) => kind === 'unknown'),
      ),
  );
