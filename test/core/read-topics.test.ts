import { expect, it } from 'vitest';
import { timedSampleOf } from '../../src/core/history.ts';
import { known, unknown } from '../../src/core/kafka.ts';
import { countedPartitions } from '../../src/core/read-topics.ts';
import { clusterReadingOf, groupReadingOf, partitionOf } from '../support/readings.ts';

const group = groupReadingOf({ offsets: [[0, 9]] });
/** The group at a poll, with this commit on a topic that no member reads; null: it could not be read. */
const sampleAt = (atMs: number, committed: number | null) => {
  const old = { ...partitionOf(0, [committed ?? 0, 99]), topic: 'old' };
  const left = committed === null ? { ...old, committedOffset: unknown('x') } : old;
  const read = { ...group, partitions: [...group.partitions, left] };
  return timedSampleOf(clusterReadingOf(atMs, [read]), read);
};
const counts = (commits: readonly (number | null)[], members = group.members) => {
  const isCounted = countedPartitions(
    { members },
    commits.map((committed, i) => sampleAt(i * 60_000, committed)),
  );
  return [isCounted({ topic: 'orders', partition: 0 }), isCounted({ topic: 'old', partition: 0 })];
};

it.each([
  ['was left before the history began', [5, 5, 5], false],
  ['is seen for the first time', [5], false],
  ['was still read within the history: that may be a mistake made just now', [4, 5, 5], true],
  ['could not be read at some polls, and did not move', [5, null, 5], false],
])('a topic that no member is assigned while others are, and that %s: %j', (_, commits, isCounted) => {
  expect(counts(commits)).toEqual([true, isCounted]);
});

it.each([
  ['has no members', known([])],
  ['has members that are not known', unknown('denied')],
])('counts every topic of a group that %s', (_, members) => {
  expect(counts([5, 5], members)).toEqual([true, true]);
});
