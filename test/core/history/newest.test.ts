import { describe, expect, it } from 'vitest';
import { appendReading, emptyHistory, groupIdsOf, newestOf } from '#core/history/history.ts';
import type { GroupReading } from '#core/kafka/model.ts';
import { known, knownValue, unknown } from '#core/kafka/reading.ts';
import { historyOf, pollSamplesOf } from '#test/support/groups/history.ts';
import { clusterReadingOf, groupReadingOf } from '#test/support/groups/readings.ts';

describe('the owners in a history', () => {
  const offsets = [0, 1, 2].map(() => [0, 5] as const);
  const ownersIn = (...groups: readonly GroupReading[]) => {
    const readings = groups.map((group, atMs) => clusterReadingOf(atMs, [group]));
    const history = readings.reduce((older, reading) => appendReading(older, reading, 9), emptyHistory);
    return pollSamplesOf(history).map((poll) =>
      poll.groups[0]?.partitions.map(({ owner, unowned }) => owner?.host ?? (unowned ? 'nobody' : 'unknown')),
    );
  };

  it('are members with client id and address, or nobody', () => {
    const reading = clusterReadingOf(1, [groupReadingOf({ offsets, members: 2 })]);
    const [poll] = pollSamplesOf(appendReading(emptyHistory, reading, 9));

    expect(poll?.groups[0]?.partitions.map(({ owner }) => owner)).toEqual(
      ['0', '1', '0'].map((task) => ({ clientId: `task-${task}`, host: `10.0.0.${Number(task) + 1}` })),
    );
    expect(ownersIn(groupReadingOf({ offsets, members: 0 }))).toEqual([['nobody', 'nobody', 'nobody']]);
  });

  it('are not known when the members are not, or when consumers assign partitions to themselves', () => {
    const group = groupReadingOf({ offsets, members: 0 });
    const unread = { ...groupReadingOf({ offsets }), members: unknown('denied') };

    expect(ownersIn(unread, { ...group, kind: 'simple' })).toEqual([1, 2].map(() => ['unknown', 'unknown', 'unknown']));
  });

  it('are kept for each poll', () => {
    const one = groupReadingOf({ offsets, members: 1 });
    const two = groupReadingOf({ offsets, members: 2 });

    expect(ownersIn(one, two, two, one)).toEqual([
      ['10.0.0.1', '10.0.0.1', '10.0.0.1'],
      ['10.0.0.1', '10.0.0.2', '10.0.0.1'],
      ['10.0.0.1', '10.0.0.2', '10.0.0.1'],
      ['10.0.0.1', '10.0.0.1', '10.0.0.1'],
    ]);
  });

  it('have the new address when only the address changed', () => {
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

  it('returns the group at the newest poll, with owners and ages that are rounded outwards', () => {
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

  it('returns nothing for a group that the newest poll did not read', () => {
    const history = [aged(1), clusterReadingOf(2, [])].reduce((h, each) => appendReading(h, each, 5), emptyHistory);

    expect(newestOf(history, 'billing')).toBeUndefined();
    expect(newestOf(emptyHistory, 'billing')).toBeUndefined();
    expect([groupIdsOf(history), groupIdsOf(emptyHistory)]).toEqual([[], []]);
  });

  it('returns an unknown age when the history has none', () => {
    const history = historyOf([{ atMs: 1, groups: [{ groupId: 'g', partitions: [{ topic: 't', partition: 0 }] }] }]);

    expect(newestOf(history, 'g')?.partitions[0]?.age).toMatchObject({ kind: 'unknown' });
  });
});
