import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  appendReading,
  emptyHistory,
  historyShortage,
  type LagHistory,
  MAX_HISTORY_BYTES,
  otherCluster,
  pollsByGroup,
  pollsOf,
  pollsThatFit,
  timedSampleOf,
} from '#core/history/history.ts';
import type { ClusterReading } from '#core/kafka/model.ts';
import { known, unknown } from '#core/kafka/reading.ts';
import { present } from '#core/text/json.ts';
import { pollSamplesOf } from '#test/support/groups/history.ts';
import { clusterReadingOf, groupReadingOf } from '#test/support/groups/readings.ts';

const readingAt = (atMs: number, partitions = 1) =>
  clusterReadingOf(atMs, [groupReadingOf({ offsets: Array.from({ length: partitions }, () => [0, 1] as const) })]);
const timesOf = (readings: readonly number[], keep: number, partitions = 1) =>
  readings
    .reduce((history, atMs) => appendReading(history, readingAt(atMs, partitions), keep), emptyHistory)
    .samples.map((sample) => sample.atMs);

describe('appendReading', () => {
  it('keeps the newest polls', () => {
    expect(timesOf([1, 2, 3, 4], 3)).toEqual([2, 3, 4]);
  });

  it('drops polls that are not older than the reading, because the clock was set back', () => {
    expect(timesOf([1, 5, 3], 10)).toEqual([1, 3]);
  });

  it.each([
    { was: 'A', is: 'A', kept: { times: [1, 2], clusterId: 'A' } },
    { was: 'A', is: undefined, kept: { times: [1, 2], clusterId: 'A' } },
    { was: undefined, is: 'B', kept: { times: [1, 2], clusterId: 'B' } },
    { was: 'A', is: 'B', kept: { times: [2], clusterId: 'B' } },
    { was: undefined, is: undefined, kept: { times: [1, 2] } },
  ])('keeps the polls of one cluster when the ids are $was, then $is', ({ was, is, kept }) => {
    const reading = (atMs: number, clusterId: string | undefined) => ({
      ...readingAt(atMs),
      ...present({ clusterId }),
    });

    const before = appendReading(emptyHistory, reading(1, was), 10);
    const { samples, ...rest } = appendReading(before, reading(2, is), 10);

    expect({ times: samples.map(({ atMs }) => atMs), ...rest }).toEqual(kept);
    expect(otherCluster(before, reading(2, is)) !== undefined).toBe(kept.times.length === 1);
  });

  it('keeps the ten newest polls and a thinned hour within the limit', () => {
    const minutes = Array.from({ length: 300 }, (_, i) => i * 60_000);
    const ages = (keep: number) => timesOf(minutes, keep).map((atMs) => 299 - atMs / 60_000);

    expect(ages(20)).toEqual([66, 59, 51, 44, 36, 29, 21, 14, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    expect(ages(60).length).toBeLessThanOrEqual(60);
    expect(ages(8)).toEqual([89, 59, 29, 3, 2, 1, 0]);
  });

  it('keeps the limit at any times of polls, and reaches back an hour once an hour has passed', () => {
    const gaps = fc.array(fc.integer({ min: 1, max: 900_000 }), { minLength: 1, maxLength: 150 });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 2, max: 40 }), (steps, keep) => {
        let atMs = 1_800_000_000_000;
        const times = timesOf(
          steps.map((step) => (atMs += step)),
          keep,
        );

        expect(times.length).toBeLessThanOrEqual(keep);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        expect(times.at(-1)).toBe(atMs);
        const hasSeenAnHour = steps.reduce((sum, step) => sum + step, 0) - (steps[0] ?? 0) >= 3_600_000;
        if (hasSeenAnHour && keep >= 6) expect(atMs - (times[0] ?? atMs)).toBeGreaterThanOrEqual(3_600_000);
      }),
      { numRuns: 50 },
    );
  });

  it('keeps fewer polls of a large cluster, at least two, and historyShortage says so', () => {
    const megabyte = 1024 ** 2;

    expect([20 * megabyte, MAX_HISTORY_BYTES + 1, 1, 0].map((bytes) => pollsThatFit(5, bytes))).toEqual([3, 2, 5, 5]);
    // Each partition has a commit, an end and a start of 8 bytes each.
    expect(historyShortage(readingAt(1, 20_000), 200)).toBe(
      'history keeps 139 of 200 polls: a poll of 20000 partitions takes 0.5 MB of at most 64.0 MB, so rates and statuses use fewer polls; set historySamples to 139, or filter groups and topics',
    );
    expect(historyShortage(readingAt(1, 20_000), 139)).toBeUndefined();
    expect(historyShortage(readingAt(1, 10), 5)).toBeUndefined();
  });

  it('keeps the offsets of a log once for all groups that read it', () => {
    const groups = ['a', 'b', 'c'].map((groupId) =>
      groupReadingOf({
        groupId,
        offsets: [
          [0, 5],
          [1, 7],
        ],
      }),
    );
    const [poll] = appendReading(emptyHistory, clusterReadingOf(1, groups), 5).samples;

    expect(poll?.ends.length).toBe(2);
    expect(poll?.commits.length).toBe(6);
  });

  it('keeps the log end that each group saw, also when groups differ', () => {
    const ends = [
      [5, 5, 6],
      [8, 7, 8],
      [9, 9, 9],
    ];
    const readings = ends.map((ofGroups, atMs) =>
      clusterReadingOf(
        atMs,
        ofGroups.map((end, i) => groupReadingOf({ groupId: `g${i}`, offsets: [[0, end]] })),
      ),
    );
    const history = readings.reduce((older, reading) => appendReading(older, reading, 5), emptyHistory);

    expect(
      pollSamplesOf(history).map(({ groups }) => groups.map(({ partitions }) => Number(partitions[0]?.logEndOffset))),
    ).toEqual(ends);
  });

  it('shares unchanged groups and the table between polls', () => {
    const [first, second] = [1, 2].reduce((h, atMs) => appendReading(h, readingAt(atMs, 3), 5), emptyHistory).samples;

    expect(second?.groups[0]).toBe(first?.groups[0]);
    expect(second?.table).toBe(first?.table);
  });

  it('shares topic ids between polls while they stay the same', () => {
    const withId = (atMs: number, id: string) => ({
      ...readingAt(atMs),
      topics: new Map([['orders', { id, partitions: 1 }]]),
    });
    const { samples } = ['a', 'a', 'b'].reduce<LagHistory>(
      (history, id, i) => appendReading(history, withId(i, id), 5),
      emptyHistory,
    );

    expect(samples.map(({ topicIds }) => topicIds)).toEqual([{ orders: 'a' }, { orders: 'a' }, { orders: 'b' }]);
    expect(samples[1]?.topicIds).toBe(samples[0]?.topicIds);
  });

  it('shares no topic ids with a poll that has others or more', () => {
    const withIds = (atMs: number, ...ids: readonly string[]) => ({
      ...readingAt(atMs),
      topics: new Map(ids.map((name) => [name, { id: 'a', partitions: 1 }])),
    });
    const { samples } = [['x', 'y'], ['x'], ['__proto__'], ['y']].reduce<LagHistory>(
      (history, ids, i) => appendReading(history, withIds(i, ...ids), 5),
      emptyHistory,
    );

    expect(samples.map(({ topicIds }) => Object.keys(topicIds ?? {}))).toEqual([
      ['x', 'y'],
      ['x'],
      ['__proto__'],
      ['y'],
    ]);
  });

  it('keeps no topic ids when the brokers return none', () => {
    const withoutId = { ...readingAt(1), topics: new Map([['orders', { partitions: 1 }]]) };

    expect(appendReading(emptyHistory, withoutId, 5).samples[0]).not.toHaveProperty('topicIds');
  });

  it('keeps the count of members and the epoch when they are known', () => {
    const group = { ...groupReadingOf({ members: 2 }), epoch: known(7) };

    expect(timedSampleOf(clusterReadingOf(1, [group]), group)).toMatchObject({ members: 2, epoch: 7, state: 'Stable' });
    expect(timedSampleOf(clusterReadingOf(1, []), { ...group, members: unknown('denied') })).not.toHaveProperty(
      'members',
    );
  });

  it('keeps the topic ids that the brokers returned', () => {
    const topics = new Map([
      ['orders', { id: 'a', partitions: 1 }],
      ['refunds', { partitions: 1 }],
    ]);
    const ids = (reading: ClusterReading) => appendReading(emptyHistory, reading, 5).samples[0]?.topicIds;

    expect(ids({ ...readingAt(1), topics })).toEqual({ orders: 'a' });
    expect(ids(readingAt(1))).toBeUndefined();
  });

  it('leaves out the fields that could not be read', () => {
    const denied = unknown('denied');
    const group = { ...groupReadingOf({ offsets: [[0, 5]] }), state: denied, members: denied };
    const offsets = { committedOffset: denied, logEndOffset: denied, logStartOffset: denied };
    const partitions = group.partitions.map((p) => ({ ...p, ...offsets }));
    const [poll] = pollSamplesOf(appendReading(emptyHistory, clusterReadingOf(1, [{ ...group, partitions }]), 5));

    expect(poll?.groups).toEqual([{ groupId: 'billing', partitions: [{ topic: 'orders', partition: 0 }] }]);
  });

  it('keeps a partition without a commit apart from one whose commit could not be read', () => {
    const group = groupReadingOf({ offsets: [[null, 5]], members: 0 });
    const [poll] = pollSamplesOf(appendReading(emptyHistory, clusterReadingOf(1, [group]), 5));

    expect(poll?.groups[0]?.partitions[0]).toEqual({
      topic: 'orders',
      partition: 0,
      uncommitted: true,
      logEndOffset: 5n,
      logStartOffset: 0n,
      unowned: true,
    });
  });
});

describe('pollsByGroup', () => {
  it('returns the polls that read a group', () => {
    const polls = [1, 2].map((atMs) => clusterReadingOf(atMs, [groupReadingOf({ groupId: `g${atMs}` })]));
    const history = polls.reduce((older, poll) => appendReading(older, poll, 9), emptyHistory);
    const byGroup = pollsByGroup(history);

    expect([...byGroup.keys()]).toEqual(['g1', 'g2']);
    for (const groupId of ['g1', 'g2']) {
      expect(byGroup.get(groupId)?.samples).toEqual(pollsOf(history, groupId).samples);
    }
    expect(byGroup.get('g2')?.times).toEqual([2]);
    expect(
      byGroup
        .get('g2')
        ?.newest(2)
        .map(({ atMs }) => atMs),
    ).toEqual([2]);
    expect([byGroup.get('g3'), pollsOf(history, 'g3').samples]).toEqual([undefined, []]);
  });
});
