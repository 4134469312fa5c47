import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { known, unknown } from '#core/kafka/reading.ts';
import { clusterCoverage, hidesCommits, type IsolationLevel, measureLag } from '#core/lag/lag.ts';
import { clusterReadingOf, groupReadingOf, type Offsets, partitionOf } from '#test/support/groups/readings.ts';

const lagOf = (offsets: Offsets) => measureLag(groupReadingOf({ offsets: [offsets] })).partitions[0];

describe('measureLag', () => {
  it.each<[string, Offsets, number, number]>([
    ['end minus committed', [40, 100], 60, 0],
    ['0 when all is read', [100, 100], 0, 0],
    ['from the log start, with the rest as lost, when retention has overtaken the group', [2, 10, 6], 4, 4],
    ['0 when everything unread is lost', [2, 10, 10], 0, 8],
  ])('is %s', (_, offsets, lag, lost) => {
    expect(lagOf(offsets)).toMatchObject({ lag: known(lag), lost: known(lost), commitBeyondEnd: false });
  });

  it('is absent, not 0, without a commit, and remains complete', () => {
    const lag = measureLag(
      groupReadingOf({
        offsets: [
          [null, 100],
          [90, 100],
        ],
      }),
    );

    expect(lag.partitions[0]?.lag).toEqual({ kind: 'absent' });
    expect(lag).toMatchObject({ sumLag: 10, complete: true, coverage: 1 });
  });

  it('is unknown, not negative, when the commit lies beyond the end', () => {
    expect(lagOf([9, 4])).toMatchObject({ lag: { kind: 'unknown' }, commitBeyondEnd: true });
  });

  it('sums the other partitions as a lower bound when one failed', () => {
    const group = groupReadingOf({
      offsets: [
        [0, 500],
        [0, 500],
      ],
    });
    const broken = { ...partitionOf(1, [0, 500]), logEndOffset: unknown('leader not available') };
    const lag = measureLag({ ...group, partitions: [partitionOf(0, [0, 500]), broken] });

    expect(lag).toMatchObject({ sumLag: 500, complete: false, coverage: 0.5 });
    expect(lag.partitions[1]?.lag).toMatchObject({ kind: 'unknown', reason: expect.stringMatching(/leader/) });
  });

  it.each(['no-topic', 'no-leader', 'denied'] as const)(
    'counts an owned partition without a commit and with an unreadable log (%s) as expected but not measured',
    (fault) => {
      const group = groupReadingOf({
        offsets: [
          [90, 100],
          [null, 100],
        ],
      });
      const log = unknown('why');
      const owned = {
        ...partitionOf(1, [null, 100]),
        logStartOffset: log,
        logEndOffset: log,
        lastStableOffset: log,
        fault,
      };
      const lag = measureLag({ ...group, partitions: [partitionOf(0, [90, 100]), owned] });

      expect(lag).toMatchObject({ sumLag: 10, complete: true, coverage: 0.5 });
      expect(lag.partitions[1]).toMatchObject({ lag: { kind: 'absent' }, measured: false, owner: 'member-0' });
    },
  );

  it('measures to the end of the isolation level', () => {
    const read = { ...partitionOf(0, [90, 100]), lastStableOffset: known(95n) };
    const noEnd = { ...read, logEndOffset: unknown('not told') };
    const lagTo = (isolation: IsolationLevel, partition = read) =>
      measureLag({ ...groupReadingOf(), partitions: [partition] }, { isolation });

    expect(lagTo('read_uncommitted')).toMatchObject({ sumLag: 10, coverage: 1 });
    expect(lagTo('read_committed')).toMatchObject({ sumLag: 5, coverage: 1 });
    expect(lagTo('read_committed', noEnd)).toMatchObject({ sumLag: 5, coverage: 1 });
    expect(lagTo('read_uncommitted', noEnd)).toMatchObject({ complete: false, coverage: 0 });
  });

  it('has no coverage when the members are unknown, since they may own partitions without a commit', () => {
    const group = { ...groupReadingOf({ offsets: [[90, 100]] }), members: unknown('cannot be decoded') };
    const lag = measureLag(group);

    expect(lag).toMatchObject({ sumLag: 10, complete: true });
    expect(lag).not.toHaveProperty('coverage');
    expect(clusterCoverage(clusterReadingOf(0, [group]), [lag])).toBeUndefined();
  });

  it('is incomplete and without coverage when commits may be hidden', () => {
    const reading = clusterReadingOf(0, []);
    const problem = { broker: 'b1:9092', request: 'OffsetFetch', reason: 'denied', hidesCommits: true as const };
    const lag = measureLag(groupReadingOf({ offsets: [[0, 5]] }), { hidden: true });

    expect(lag).toMatchObject({ sumLag: 5, complete: false });
    expect(lag).not.toHaveProperty('coverage');
    expect([hidesCommits(reading), hidesCommits({ ...reading, problems: [problem] })]).toEqual([false, true]);
  });

  it('has no sum when nothing is known', () => {
    const lag = measureLag(groupReadingOf({ offsets: [[null, 100]] }));

    expect(lag).not.toHaveProperty('sumLag');
  });

  it('is never negative and falls as the commit rises', () => {
    const log = fc.record({ start: fc.nat(1000), length: fc.nat(1000), committed: fc.nat(2000), step: fc.nat(100) });
    fc.assert(
      fc.property(log, ({ start, length, committed, step }) => {
        const end = start + length;
        const at = (offset: number) => lagOf([offset, end, start])?.lag;
        const [now, later] = [at(committed), at(committed + step)];
        if (now?.kind === 'known') expect(now.value).toBeGreaterThanOrEqual(0);
        if (now?.kind === 'known' && later?.kind === 'known') expect(later.value).toBeLessThanOrEqual(now.value);
        if (committed > end) expect(now?.kind).toBe('unknown');
      }),
    );
  });
});

describe('clusterCoverage', () => {
  const group = groupReadingOf({
    offsets: [
      [0, 5],
      [0, 5],
    ],
  });
  const broken = {
    ...group,
    partitions: [partitionOf(0, [0, 5]), { ...partitionOf(1, [0, 5]), logEndOffset: unknown('x') }],
  };
  const measure = (g: typeof group) => measureLag(g);

  it('is measured divided by expected partitions', () => {
    const reading = clusterReadingOf(0, [group, broken]);

    expect(measure(broken)).toMatchObject({ expected: 2, measured: 1, coverage: 0.5 });
    expect(clusterCoverage(reading, [measure(group), measure(broken)])).toBe(0.75);
    expect(clusterCoverage(clusterReadingOf(0, []), [])).toBe(1);
  });

  it('is unknown when groups or partitions may be missing', () => {
    const problem = { broker: 'b1:9092', request: 'ListGroups', reason: 'timed out' };
    const reading = clusterReadingOf(0, [group]);

    expect(clusterCoverage({ ...reading, problems: [problem] }, [measure(group)])).toBeUndefined();
    const hidden = { ...problem, request: 'OffsetFetch' };
    expect(clusterCoverage({ ...reading, problems: [hidden] }, [measure(group)])).toBeUndefined();
    const unreadableGroups = [{ groupId: 'x', reason: 'no coordinator' }];
    expect(clusterCoverage({ ...reading, unreadableGroups }, [measure(group)])).toBeUndefined();
  });
});
