import { describe, expect, it } from 'vitest';
import { groupPollsOf, timedSampleOf } from '#core/history/history.ts';
import { known, unknown } from '#core/kafka/reading.ts';
import { countedPartitions, leftAlone } from '#core/lag/abandoned-topics.ts';
import { clusterReadingOf, groupReadingOf, partitionOf } from '#test/support/groups/readings.ts';

const group = groupReadingOf({ offsets: [[0, 9]] });
/**
 * The group at a poll, with this commit on a topic that no member reads; null: it could not be
 * read.
 */
const sampleAt = (atMs: number, committed: number | null) => {
  const old = { ...partitionOf(0, [committed ?? 0, 99]), topic: 'old' };
  const left = committed === null ? { ...old, committedOffset: unknown('x') } : old;
  const read = { ...group, partitions: [...group.partitions, left] };
  return timedSampleOf(clusterReadingOf(atMs, [read]), read);
};
const counts = (commits: readonly (number | null)[], members = group.members) => {
  const isCounted = countedPartitions(
    { members },
    groupPollsOf(commits.map((committed, i) => sampleAt(i * 60_000, committed))),
  );
  return [isCounted({ topic: 'orders', partition: 0 }), isCounted({ topic: 'old', partition: 0 })];
};

it.each([
  ['was left before the history began', [5, 5, 5], false],
  ['is seen for the first time', [5], false],
  ['was still read within the history: this may be a recent mistake', [4, 5, 5], true],
  ['could not be read at some polls and did not move', [5, null, 5], false],
])('whether a topic counts that no member is assigned and that %s: %j', (_, commits, isCounted) => {
  expect(counts(commits)).toEqual([true, isCounted]);
});

it.each([
  ['has no members', known([])],
  ['has unknown members', unknown('denied')],
])('counts every topic of a group that %s', (_, members) => {
  expect(counts([5, 5], members)).toEqual([true, true]);
});

interface Past {
  /** Commits on the topic that the group reads, and on the abandoned one, half an hour apart. */
  readonly read?: readonly number[];
  readonly left?: readonly number[];
  readonly leftEnd?: number;
  readonly minutesApart?: number;
  readonly members?: number;
}

function leftIn({ read = [1, 2], left = [5, 5], leftEnd = 9, minutesApart = 30, members = 1 }: Past): string[] {
  const samples = read.map((commit, i) => {
    const seen = groupReadingOf({ offsets: [[commit, 99]], members });
    const old = { ...partitionOf(0, [left[i] ?? null, leftEnd]), topic: 'old' };
    const both = { ...seen, partitions: [...seen.partitions, old] };
    return timedSampleOf(clusterReadingOf(i * minutesApart * 60_000, [both]), both);
  });
  return [...leftAlone(groupPollsOf(samples))];
}

it.each<[string, Past, string[]]>([
  ['that had unread records half an hour ago and no commit since, while others had', {}, ['old']],
  ['but none whose commits moved', { left: [5, 6] }, []],
  ['but none that was fully read, since it may be idle', { leftEnd: 5 }, []],
  ['but none without a commit', { left: [] }, []],
  ['but none while no commit moves at all, since the group has stopped', { read: [1, 1] }, []],
  ['but none within the first half hour', { minutesApart: 29 }, []],
  [
    'but none of a group that never had a member, since its consumer may have stopped with one topic',
    { members: 0 },
    [],
  ],
])('leaves alone a topic %s', (_, past, topics) => {
  expect(leftIn(past)).toEqual(topics);
});

it('finds no unread topic without a past', () => {
  expect([...leftAlone(groupPollsOf([]))]).toEqual([]);
});

it('does not count an unread topic while no member owns a partition, as in a rebalance', () => {
  const samples = [0, 30].map((minute) => {
    const seen = { ...group, partitions: [partitionOf(0, [minute, 99]), { ...partitionOf(0, [5, 9]), topic: 'old' }] };
    return timedSampleOf(clusterReadingOf(minute * 60_000, [seen]), seen);
  });
  const members = known([{ memberId: 'm', clientId: 'c', host: 'h', assignment: [] }]);
  const isCounted = countedPartitions({ members }, groupPollsOf(samples));

  expect(['orders', 'old'].map((topic) => isCounted({ topic, partition: 0 }))).toEqual([true, false]);
});

describe('over a break in the log of a topic', () => {
  /** Polls half an hour apart; before the last of them, `old` was truncated. */
  const truncated = (left: readonly [number, number, number], orders: readonly [number, number, number]) =>
    groupPollsOf(
      left.map((commit, i) => {
        const old = { ...partitionOf(0, [commit, i < 2 ? 99 : 50]), topic: 'old' };
        const seen = { ...group, partitions: [partitionOf(0, [orders[i] ?? null, 99]), old] };
        return timedSampleOf(clusterReadingOf(i * 1_800_000, [seen]), seen);
      }),
    );

  it('counts a topic that was read before the break', () => {
    const isCounted = countedPartitions(group, truncated([4, 5, 5], [1, 2, 3]));

    expect(isCounted({ topic: 'old', partition: 0 })).toBe(true);
  });

  it('finds a topic that was unread before the break, and not one that was read', () => {
    expect([...leftAlone(truncated([5, 5, 5], [1, 2, 3]))]).toEqual(['old']);
    expect([...leftAlone(truncated([4, 5, 5], [1, 2, 3]))]).toEqual([]);
  });
});
