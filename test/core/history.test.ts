import { describe, expect, it } from 'vitest';
import {
  appendReading,
  emptyHistory,
  groupsBefore,
  lastTold,
  MAX_PARTITION_SAMPLES,
  type TimedSample,
} from '../../src/core/history.ts';
import { type ClusterReading, unknown } from '../../src/core/kafka.ts';
import { clusterReadingOf, groupReadingOf } from '../support/readings.ts';

const readingAt = (atMs: number, partitions = 1) =>
  clusterReadingOf(atMs, [groupReadingOf({ offsets: Array.from({ length: partitions }, () => [0, 1] as const) })]);
const timesOf = (readings: readonly number[], keep: number, partitions = 1) =>
  readings
    .reduce((history, atMs) => appendReading(history, readingAt(atMs, partitions), keep), emptyHistory)
    .samples.map((sample) => sample.atMs);

describe('appendReading', () => {
  it('keeps the newest', () => {
    expect(timesOf([1, 2, 3, 4], 3)).toEqual([2, 3, 4]);
  });

  it('drops what is not older than the reading: a clock that was set back makes no negative time', () => {
    expect(timesOf([1, 5, 3], 10)).toEqual([1, 3]);
  });

  it('keeps fewer polls of a cluster that is large, and two at the least', () => {
    const third = Math.floor(MAX_PARTITION_SAMPLES / 3);

    expect(timesOf([1, 2, 3, 4, 5], 5, third)).toEqual([3, 4, 5]);
    expect(timesOf([1, 2, 3], 5, MAX_PARTITION_SAMPLES)).toEqual([2, 3]);
  });

  it('keeps the ids of topics where they were told', () => {
    const topics = new Map([
      ['orders', { id: 'a', partitions: 1 }],
      ['refunds', { partitions: 1 }],
    ]);
    const ids = (reading: ClusterReading) => appendReading(emptyHistory, reading, 5).samples[0]?.topicIds;

    expect(ids({ ...readingAt(1), topics })).toEqual({ orders: 'a' });
    expect(ids(readingAt(1))).toBeUndefined();
  });

  it('keeps nothing in the place of what could not be read', () => {
    const denied = unknown('denied');
    const group = { ...groupReadingOf({ offsets: [[0, 5]] }), state: denied, members: denied };
    const partitions = group.partitions.map((p) => ({ ...p, committedOffset: denied, logEndOffset: denied }));
    const { samples } = appendReading(emptyHistory, clusterReadingOf(1, [{ ...group, partitions }]), 5);

    expect(samples[0]?.groups).toEqual([{ groupId: 'billing', partitions: [{ topic: 'orders', partition: 0 }] }]);
  });

  it('tells a partition without a commit from one whose commit could not be read', () => {
    const { samples } = appendReading(emptyHistory, clusterReadingOf(1, [groupReadingOf({ offsets: [[null, 5]] })]), 5);

    expect(samples[0]?.groups[0]?.partitions[0]).toMatchObject({ uncommitted: true, logEndOffset: 5n });
  });
});

describe('lastTold', () => {
  /** Ends by topic, each of partition 0; undefined where a poll could not read it. */
  const sampleOf = (atMs: number, ends: Record<string, bigint | undefined>, topicIds?: Record<string, string>) => {
    const partitions = Object.entries(ends).map(([topic, end]) => ({
      topic,
      partition: 0,
      ...(end === undefined ? {} : { logEndOffset: end }),
    }));
    return {
      atMs,
      groupId: 'billing',
      partitions,
      ...(topicIds === undefined ? {} : { topicIds }),
    } satisfies TimedSample;
  };
  const endsOf = (...samples: TimedSample[]) => lastTold(samples)?.partitions.map((p) => p.logEndOffset);

  it('is nothing without samples, and the newest as it is where that lacks nothing', () => {
    const newest = sampleOf(2, { orders: 5n }, { orders: 'a' });

    expect(lastTold([])).toBeUndefined();
    expect(lastTold([sampleOf(1, { orders: 3n }, { orders: 'a' }), newest])).toEqual(newest);
  });

  it('has ends and ids that polls since could not read', () => {
    const told = lastTold([
      sampleOf(1, { orders: 3n, old: 1n }, { orders: 'a' }),
      sampleOf(2, { orders: undefined }),
      sampleOf(3, { orders: undefined, added: undefined }),
    ]);

    expect(told).toEqual({ ...sampleOf(3, { orders: 3n, added: undefined }), topicIds: { orders: 'a' } });
  });

  it('has no end of a topic before it was made again', () => {
    const before = sampleOf(1, { orders: 9n }, { orders: 'a' });

    expect(endsOf(before, sampleOf(2, { orders: undefined }, { orders: 'b' }))).toEqual([undefined]);
    expect(endsOf(before, sampleOf(2, { orders: undefined }, { orders: 'a' }))).toEqual([9n]);
  });

  it('has the ends of topics that no broker gives an id', () => {
    expect(endsOf(sampleOf(1, { orders: 9n }), sampleOf(2, { orders: undefined }))).toEqual([9n]);
  });

  it('has the ends of a topic by the name of something that every object has', () => {
    const before = sampleOf(1, { constructor: 9n });

    expect(endsOf(before, sampleOf(2, { constructor: undefined }, { orders: 'a' }))).toEqual([9n]);
  });
});

describe('groupsBefore', () => {
  it('are each as the last poll before the newest found it, with the time of that poll', () => {
    const pollOf = (atMs: number, ...ids: string[]) =>
      clusterReadingOf(
        atMs,
        ids.map((groupId) => groupReadingOf({ groupId })),
      );
    const polls = [pollOf(1, 'billing', 'audit'), pollOf(2, 'billing'), pollOf(3, 'billing', 'audit', 'new')];
    const before = groupsBefore(polls.reduce((older, poll) => appendReading(older, poll, 9), emptyHistory));

    expect([...before].map(([groupId, { atMs }]) => [groupId, atMs]).sort()).toEqual([
      ['audit', 1],
      ['billing', 2],
    ]);
    expect(groupsBefore(emptyHistory).size).toBe(0);
  });
});
