import { describe, expect, it } from 'vitest';
import { appendReading, emptyHistory, groupIdsOf, historyOf, newestOf, pollSamplesOf } from '#core/history/history.ts';
import type { GroupReading } from '#core/kafka/model.ts';
import { known, knownValue, unknown } from '#core/kafka/reading.ts';
import { clusterReadingOf, groupReadingOf } from '#test/support/groups/readings.ts';

const readingAt = (atMs: number, partitions = 1) =>
  clusterReadingOf(atMs, [groupReadingOf({ offsets: Array.from({ length: partitions }, () => [0, 1] as const) })]);
const _timesOf = (readings: readonly number[], keep: number, partitions = 1) =>
  readings
    .reduce((history, atMs) => appendReading(history, readingAt(atMs, partitions), keep), emptyHistory)
    .samples.map((sample) => sample.atMs);

describe('owners', () => {
  const offsets = [0, 1, 2].map(() => [0, 5] as const);
  const ownersIn = (...groups: readonly GroupReading[]) => {
    const readings = groups.map((group, atMs) => clusterReadingOf(atMs, [group]));
    const history = readings.reduce((older, reading) => appendReading(older, reading, 9), emptyHistory);
    return pollSamplesOf(history).map((poll) =>
      poll.groups[0]?.partitions.map(({ owner, unowned }) => owner?.host ?? (unowned ? 'nobody' : 'unknown')),
    );
  };

  it('are the members by client id and address, or nobody', () => {
    const { groups } = { groups: [groupReadingOf({ offsets, members: 2 })] };
    const [poll] = pollSamplesOf(appendReading(emptyHistory, clusterReadingOf(1, groups), 9));

    expect(poll?.groups[0]?.partitions.map(({ owner }) => owner)).toEqual(
      ['0', '1', '0'].map((task) => ({ clientId: `task-${task}`, host: `10.0.0.${Number(task) + 1}` })),
    );
    expect(ownersIn(groupReadingOf({ offsets, members: 0 }))).toEqual([['nobody', 'nobody', 'nobody']]);
  });

  it('are not known where members are not, nor where consumers assign partitions to themselves', () => {
    const group = groupReadingOf({ offsets, members: 0 });
    const unread = { ...groupReadingOf({ offsets }), members: unknown('denied') };

    expect(ownersIn(unread, { ...group, kind: 'simple' })).toEqual([1, 2].map(() => ['unknown', 'unknown', 'unknown']));
  });

  it('are those of each poll', () => {
    const [one, two] = [1, 2].map((members) => groupReadingOf({ offsets, members })) as [GroupReading, GroupReading];

    expect(ownersIn(one, two, two, one)).toEqual([
      ['10.0.0.1', '10.0.0.1', '10.0.0.1'],
      ['10.0.0.1', '10.0.0.2', '10.0.0.1'],
      ['10.0.0.1', '10.0.0.2', '10.0.0.1'],
      ['10.0.0.1', '10.0.0.1', '10.0.0.1'],
    ]);
  });

  it('are who they are at an address that changed, though the assignment did not', () => {
    const group = groupReadingOf({ offsets: [[0, 5]] });
    const members = knownValue(group.members)?.map((member) => ({ ...member, host: '10.9.9.9' })) ?? [];

    expect(ownersIn(group, { ...group, members: known(members) })).toEqual([['10.0.0.1'], ['10.9.9.9']]);
  });
});

describe('newestOf', () => {
  const age = known({ atLeastMs: 1_000.6, atMostMs: 1_100.2, proven: true });
  const aged = (atMs: number) => {
    const group = groupReadingOf({ offsets: [[0, 5]] });
    return clusterReadingOf(atMs, [{ ...group, partitions: group.partitions.map((p) => ({ ...p, age })) }]);
  };

  it('is the group at the newest poll, with owners and ages whose brackets were rounded outwards', () => {
    const history = [aged(1), aged(2)].reduce((older, reading) => appendReading(older, reading, 5), emptyHistory);

    expect(newestOf(history, 'billing')).toMatchObject({
      atMs: 2,
      partitions: [
        {
          logEndOffset: 5n,
          owner: { clientId: 'task-0' },
          age: known({ atLeastMs: 1_000, atMostMs: 1_101, proven: true }),
        },
      ],
    });
    expect(groupIdsOf(history)).toEqual(['billing']);
  });

  it('is nothing of a group that the newest poll did not read', () => {
    const history = [aged(1), clusterReadingOf(2, [])].reduce((h, each) => appendReading(h, each, 5), emptyHistory);

    expect(newestOf(history, 'billing')).toBeUndefined();
    expect(newestOf(emptyHistory, 'billing')).toBeUndefined();
    expect([groupIdsOf(history), groupIdsOf(emptyHistory)]).toEqual([[], []]);
  });

  it('says that an age is not known where none was kept', () => {
    const history = historyOf([{ atMs: 1, groups: [{ groupId: 'g', partitions: [{ topic: 't', partition: 0 }] }] }]);

    expect(newestOf(history, 'g')?.partitions[0]?.age).toMatchObject({ kind: 'unknown' });
  });
});
