import { describe, expect, it } from 'vitest';
import type { GroupView } from '#core/group/view.ts';
import { viewReading, worstFirst } from '#core/group/view-reading.ts';
import { appendReading, emptyHistory, pollsByGroup } from '#core/history/history.ts';
import type { ClusterReading, GroupReading } from '#core/kafka/model.ts';
import { absent, known, type Reading, unknown } from '#core/kafka/reading.ts';
import { clusterReadingOf, type GroupTraits, groupReadingOf, type Offsets } from '#test/support/groups/readings.ts';
import { flat } from '#test/support/groups/viewed.ts';

const MINUTE = 60_000;
const T0 = Date.UTC(2026, 0, 5, 3);

/** Polls one minute apart, the newest last. */
function views(readings: readonly ClusterReading[]): readonly GroupView[] {
  const history = readings.reduce((past, reading) => appendReading(past, reading, 60), emptyHistory);
  const context = { polls: pollsByGroup(history), isolationOf: () => 'read_uncommitted' as const };
  return viewReading(readings.at(-1) as ClusterReading, { ...context, windowMs: 5 * MINUTE }).toSorted(worstFirst);
}

const at = (minute: number, groups: readonly GroupReading[], traits: Partial<ClusterReading> = {}): ClusterReading => ({
  ...clusterReadingOf(T0 + minute * MINUTE, groups),
  ...traits,
});

const minutes = (last: number, offsets: (minute: number) => readonly Offsets[], traits: GroupTraits = {}) =>
  Array.from({ length: last + 1 }, (_, minute) =>
    at(minute, [groupReadingOf({ offsets: offsets(minute), ...traits })]),
  );

const firstView = (readings: readonly ClusterReading[]) => flat(views(readings)[0] as GroupView);

/** The one group of a reading, with changes. */
const changed = (change: Partial<GroupReading>, offsets: readonly Offsets[] = [[40, 100]]): ClusterReading =>
  at(0, [{ ...groupReadingOf({ offsets }), ...change }]);

const partlyUnknown = (): ClusterReading => {
  const group = groupReadingOf({
    offsets: [
      [40, 100],
      [0, 9],
    ],
  });
  const [first, second] = group.partitions;
  if (first === undefined || second === undefined) throw new Error('two partitions were asked for');
  return at(0, [{ ...group, partitions: [first, { ...second, logEndOffset: unknown('no leader') }] }]);
};

const hidden = { problems: [{ broker: 'b:1', request: 'OffsetFetch', reason: 'denied', hidesCommits: true as const }] };
const isUnknown = (reason: RegExp) => ({ kind: 'unknown', reason: expect.stringMatching(reason) });

interface Case {
  readonly title: string;
  readonly readings: readonly ClusterReading[];
  readonly expected: object;
}

const CASES: readonly Case[] = [
  {
    title: 'first poll: lag is known at once; values that need a past are unknown, never 0',
    readings: minutes(0, () => [[40, 100]]),
    expected: {
      lag: known(60),
      lagAtLeast: known(60),
      worst: known({ topic: 'orders', partition: 0, lag: 60 }),
      status: known({ kind: 'unknown', rule: 'too-little-history' }),
      rates: isUnknown(/fewer than two polls/),
      timeToDrain: isUnknown(/fewer than two polls/),
      timeToDataLoss: isUnknown(/fewer than two polls/),
      rebalances: isUnknown(/fewer than two polls/),
      memberCount: known(1),
      coverage: known(1),
      polls: 1,
    },
  },
  {
    title: 'first poll of a group that read everything: ok without a past, and its lag is 0 because it was measured',
    readings: minutes(0, () => [[100, 100]]),
    expected: { lag: known(0), status: known({ kind: 'ok', rule: 'caught-up' }), rates: isUnknown(/two polls/) },
  },
  {
    title: 'second poll: rates over two polls',
    readings: minutes(1, (m) => [[600 * m, 1200 * m]]),
    expected: {
      rates: known({
        produceRate: 20,
        consumeRate: 10,
        lagGrowthRate: 10,
        fromMs: T0,
        samples: 2,
      }),
      rebalances: known({ count: 0, samples: 2 }),
      timeToDrain: absent,
    },
  },
  {
    title:
      'falls behind for ten minutes: a warning since the low it grew from, and no time to drain, since lag does not fall',
    readings: minutes(10, (m) => [[600 * m, 1200 * m + 10]]),
    expected: { status: known({ kind: 'warning', rule: 'falling-behind' }), timeToDrain: absent, polls: 11 },
  },
  {
    title: 'lag falls: time to drain is lag divided by how fast it falls',
    readings: minutes(4, (m) => [[1200 * m, 6000 + 600 * m]]),
    expected: { lag: known(3600), timeToDrain: known({ seconds: 360, samples: 5 }) },
  },
  {
    title: 'no member, and the commit stands still: an error since the last commit that moved',
    readings: minutes(11, (m) => [[100, 200 + 60 * m]], { members: 0 }),
    expected: { status: known({ kind: 'error', rule: 'stopped', sinceMs: T0 }), memberCount: known(0) },
  },
  {
    title: 'never committed: no lag and no age, which is neither 0 nor unknown',
    readings: minutes(1, () => [[null, 100]]),
    expected: { lag: absent, lagAtLeast: absent, worst: absent, ageMs: absent, rates: isUnknown(/two polls/) },
  },
  {
    title: 'one partition without a leader: lag is unknown, with the other partition as a lower bound',
    readings: [partlyUnknown()],
    expected: {
      lag: isUnknown(/no leader/),
      lagAtLeast: known(60),
      worst: known({ topic: 'orders', partition: 0, lag: 60 }),
      coverage: known(0.5),
    },
  },
  {
    title: 'no partition can be measured: no lower bound, with the reason',
    readings: [changed({}, [[100, 40]])],
    expected: { lag: isUnknown(/lies beyond/), lagAtLeast: absent, worst: isUnknown(/lies beyond/) },
  },
  {
    title: 'commits may be hidden: what was read is a lower bound',
    readings: [at(0, [groupReadingOf({ offsets: [[40, 100]] })], hidden)],
    expected: { lag: isUnknown(/may be missing/), lagAtLeast: known(60), coverage: isUnknown(/may be missing/) },
  },
  {
    title: 'members unknown: their number and the coverage are unknown; lag is known',
    readings: [changed({ members: unknown('denied') })],
    expected: { memberCount: isUnknown(/denied/), coverage: isUnknown(/members/), lag: known(60) },
  },
  {
    title: 'a partition that was not followed: partial rates are not the rates of the whole',
    readings: [
      at(0, [groupReadingOf({ offsets: [[1, 2]] })]),
      at(1, [
        groupReadingOf({
          offsets: [
            [1, 2],
            [1, 2],
          ],
        }),
      ]),
    ],
    expected: { rates: isUnknown(/1 partitions could not be followed/) },
  },
  {
    title: 'members left between two polls: a rebalance among the compared polls',
    readings: [at(0, [groupReadingOf({ offsets: [[1, 2]], members: 2 })]), ...minutes(1, () => [[1, 2]]).slice(1)],
    expected: { rebalances: known({ count: 1, samples: 2 }) },
  },
  {
    title: 'a group that could not be read: everything is unknown with the reason',
    readings: [at(0, [], { unreadableGroups: [{ groupId: 'secret', reason: 'denied' }] })],
    expected: {
      groupId: 'secret',
      status: known({ kind: 'unknown', rule: 'unreadable' }),
      lag: unknown('denied'),
      rates: unknown('denied'),
      ageMs: unknown('denied'),
      polls: 0,
    },
  },
  {
    title: 'a group that was read before: the number of its known polls',
    readings: [
      ...minutes(1, () => [[1, 2]]),
      at(2, [], { unreadableGroups: [{ groupId: 'billing', reason: 'denied' }] }),
    ],
    expected: { groupId: 'billing', lag: unknown('denied'), polls: 2 },
  },
  {
    title: 'a share group: the lag that its coordinator reports, and nothing that needs commits',
    readings: [
      at(0, [], {
        otherGroups: [{ groupId: 'queue', type: 'share', protocol: 'share', state: known('Stable'), lag: known(7) }],
      }),
    ],
    expected: {
      groupId: 'queue',
      kind: known('share'),
      status: absent,
      lag: known(7),
      rates: absent,
      memberCount: absent,
    },
  },
];

describe('viewReading', () => {
  it('leaves open what a group reads that could not be read', () => {
    const [view] = views([at(0, [], { unreadableGroups: [{ groupId: 'secret', reason: 'denied' }] })]);

    expect(view?.isRead({ topic: 'orders', partition: 0 })).toBe(true);
    expect(view?.partitions).toEqual([]);
  });

  it.each(CASES)('$title', ({ readings, expected }) => {
    expect(firstView(readings)).toMatchObject(expected);
  });

  it('uses only samples up to the reading, and none for an unknown group', () => {
    const reading = changed({});

    const [group] = viewReading(reading, {
      polls: new Map(),
      isolationOf: () => 'read_committed',
      windowMs: MINUTE,
    });

    expect(group && flat(group)).toMatchObject({ polls: 0, lag: known(60), rates: isUnknown(/two polls/) });
  });

  it('orders by worst status, then oldest record, then most lag, then name', () => {
    const aged = (groupId: string, ageMs: Reading<number>, offsets: readonly Offsets[]): GroupReading => {
      const group = groupReadingOf({ groupId, offsets });
      const age =
        ageMs.kind === 'known' ? known({ atLeastMs: ageMs.value, atMostMs: ageMs.value, proven: true }) : ageMs;
      return { ...group, partitions: group.partitions.map((p) => ({ ...p, age })) };
    };
    const far: Offsets = [10, 1_000];
    const groups = [
      aged('b caught up', absent, [[5, 5]]),
      aged('a caught up', absent, [[5, 5]]),
      aged('c caught up', absent, [[5, 5]]),
      aged('never committed', absent, [[null, 5]]),
      aged('young', known(2_000), [far]),
      aged('old', known(9_000), [far]),
      aged('age unknown', unknown('timed out'), [far]),
      aged('age unknown, more lag', unknown('timed out'), [[10, 2_000]]),
    ];
    const other = { groupId: 'queue', type: 'share', protocol: 'share', state: known('Stable'), lag: absent };

    const sorted = views([at(0, groups, { otherGroups: [other] })]);

    expect(sorted.map(({ groupId }) => groupId)).toEqual([
      'age unknown, more lag',
      'age unknown',
      'old',
      'young',
      'never committed',
      'a caught up',
      'b caught up',
      'c caught up',
      'queue',
    ]);
  });
});
