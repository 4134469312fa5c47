import { describe, expect, it } from 'vitest';
import { type RememberedGroup, rememberGroup } from '#core/group/remembered.ts';
import { appendReading, emptyHistory, type LagHistory } from '#core/history/history.ts';
import { absent, known, unknown } from '#core/kafka/reading.ts';
import { clusterReadingOf, type GroupTraits, groupReadingOf, type Offsets } from '#test/support/groups/readings.ts';
import { flat } from '#test/support/groups/viewed.ts';

const MINUTE = 60_000;
const T0 = Date.UTC(2026, 0, 5, 3);

const historyOf = (
  last: number,
  offsets: (minute: number) => readonly Offsets[],
  traits: GroupTraits = {},
): LagHistory =>
  Array.from({ length: last + 1 }, (_, minute) => minute).reduce<LagHistory>(
    (history, minute) =>
      appendReading(
        history,
        clusterReadingOf(T0 + minute * MINUTE, [groupReadingOf({ offsets: offsets(minute), ...traits })]),
        60,
      ),
    emptyHistory,
  );

const remembered = (history: LagHistory, isChosen = (_: { readonly partition: number }) => true): RememberedGroup => {
  const found = rememberGroup(history, 'billing', { windowMs: 5 * MINUTE, isChosen });
  if (found === undefined) throw new Error('the group is not remembered');
  return found;
};

const isUnknown = (reason: RegExp) => ({ kind: 'unknown', reason: expect.stringMatching(reason) });

describe('rememberGroup', () => {
  it('shows lag, rates, status and time to drain at the newest poll; values that a history does not keep are unknown', () => {
    const { view, series } = remembered(historyOf(4, (m) => [[1200 * m, 6000 + 600 * m]]));

    expect(view.atMs).toBe(T0 + 4 * MINUTE);
    expect(series.points).toHaveLength(5);
    expect(flat(view)).toMatchObject({
      groupId: 'billing',
      lag: known(3600),
      worst: known({ topic: 'orders', partition: 0, lag: 3600 }),
      rates: known({ produceRate: 10, consumeRate: 20, samples: 5 }),
      timeToDrain: known({ seconds: 360, samples: 5 }),
      state: known('Stable'),
      memberCount: known(1),
      kind: isUnknown(/does not keep/),
      coverage: isUnknown(/does not keep/),
      polls: 5,
    });
  });

  it.each([
    ['there is no member: stopped', 0, 'stopped'],
    ['a member owns it: stalled', 2, 'stalled'],
  ])('judges a standing commit when %s', (_, members, rule) => {
    const { view } = remembered(historyOf(11, (m) => [[100, 200 + 60 * m]], { members }));

    expect(view.status).toMatchObject(known({ kind: 'error', rule, sinceMs: T0 }));
  });

  it('is not stopped where consumers assign partitions to themselves, as with a reading', () => {
    const { view } = remembered(historyOf(11, (m) => [[100, 200 + 60 * m]], { kind: 'simple', members: 0 }));

    expect(view.status).toMatchObject(known({ kind: 'error', rule: 'stalled', sinceMs: T0 }));
  });

  it('shows the age at the newest poll; older ages are not kept', () => {
    const group = groupReadingOf({ offsets: [[10, 200]] });
    const age = known({ atLeastMs: 9_000, atMostMs: 9_000, proven: true });
    const aged = { ...group, partitions: group.partitions.map((p) => ({ ...p, age })) };
    const history = appendReading(emptyHistory, clusterReadingOf(T0, [aged]), 60);

    expect(remembered(history).view.ageMs).toEqual(known(9_000));
    expect(remembered(appendReading(history, clusterReadingOf(T0 + MINUTE, []), 60)).view.ageMs).toEqual(
      isUnknown(/newest poll only/),
    );
  });

  it('reports a topic as abandoned when the members read other topics only', () => {
    const group = groupReadingOf({ offsets: [[1, 9]] });
    const [partition] = group.partitions;
    if (partition === undefined) throw new Error('one partition was asked for');
    const left = { ...partition, topic: 'left' };
    const history = appendReading(
      emptyHistory,
      clusterReadingOf(T0, [{ ...group, partitions: [left, partition] }]),
      60,
    );
    const context = { windowMs: MINUTE, isChosen: ({ topic }: { readonly topic: string }) => topic === 'left' };

    expect(rememberGroup(history, 'billing', context)?.view.status).toMatchObject(
      known({ partitions: { abandoned: 1 } }),
    );
  });

  it('shows the newest poll that read the group, with a gap for later polls', () => {
    const { view, series } = remembered(
      appendReading(
        historyOf(1, () => [[1, 2]]),
        clusterReadingOf(T0 + 2 * MINUTE, []),
        60,
      ),
    );

    expect(view.atMs).toBe(T0 + MINUTE);
    expect(view.polls).toBe(2);
    expect(series.points.map(({ lag }) => lag.kind)).toEqual(['known', 'known', 'unknown']);
  });

  it('counts rebalances over all polls and reports what could not be read', () => {
    const group = groupReadingOf({ offsets: [[1, 2]], members: 2 });
    const untold = { ...group, state: unknown('denied'), members: unknown('denied') };
    const history = appendReading(
      historyOf(0, () => [[1, 2]]),
      clusterReadingOf(T0 + MINUTE, [group]),
      60,
    );

    const { view, rebalances } = remembered(appendReading(history, clusterReadingOf(T0 + 9 * MINUTE, [untold]), 60));

    expect(rebalances).toEqual({ count: 1, samples: 3 });
    expect(flat(view)).toMatchObject({
      state: isUnknown(/could not be read/),
      memberCount: isUnknown(/could not be read/),
    });
  });

  it('covers only the chosen partitions', () => {
    const history = historyOf(1, () => [
      [1, 2],
      [1, 9],
      [null, 9],
    ]);

    expect(remembered(history, ({ partition }) => partition === 1).view.lag).toEqual(known(8));
    expect(remembered(history, ({ partition }) => partition === 2).view).toMatchObject({
      lag: absent,
      ageMs: absent,
    });
  });

  it('is undefined for a group or partitions that no poll read', () => {
    const context = { windowMs: MINUTE, isChosen: () => true };

    expect(rememberGroup(emptyHistory, 'billing', context)).toBeUndefined();
    expect(
      rememberGroup(
        historyOf(0, () => [[1, 2]]),
        'billing',
        { ...context, isChosen: () => false },
      ),
    ).toBeUndefined();
  });
});
