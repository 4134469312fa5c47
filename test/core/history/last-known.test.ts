import { describe, expect, it } from 'vitest';
import { appendReading, emptyHistory, lastKnown, pollsByGroup, type TimedSample } from '#core/history/history.ts';
import { present } from '#core/text/json.ts';
import { clusterReadingOf, groupReadingOf } from '#test/support/groups/readings.ts';

describe('lastKnown', () => {
  /** Ends by topic, each of partition 0; undefined where a poll could not read it. */
  const sampleOf = (atMs: number, ends: Record<string, bigint | undefined>, topicIds?: Record<string, string>) => {
    const partitions = Object.entries(ends).map(([topic, end]) => ({
      topic,
      partition: 0,
      ...present({ logEndOffset: end }),
    }));
    return {
      atMs,
      groupId: 'billing',
      partitions,
      ...present({ topicIds }),
    } satisfies TimedSample;
  };
  const endsOf = (...samples: TimedSample[]) => lastKnown(samples)?.partitions.map((p) => p.logEndOffset);

  it('is nothing without samples, and the newest as it is where that lacks nothing', () => {
    const newest = sampleOf(2, { orders: 5n }, { orders: 'a' });

    expect(lastKnown([])).toBeUndefined();
    expect(lastKnown([sampleOf(1, { orders: 3n }, { orders: 'a' }), newest])).toEqual(newest);
  });

  it('has ends and ids that polls since could not read', () => {
    const told = lastKnown([
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

  it('keeps ids of a topic that was gone in between, and of others what the newest poll told', () => {
    const ids = { orders: 'b', refunds: 'r' };
    const samples = [{ orders: 'a', old: 'o' }, ids, ids].map((topicIds, i) => sampleOf(i, {}, topicIds));

    expect(lastKnown(samples)?.topicIds).toEqual({ old: 'o', orders: 'b', refunds: 'r' });
  });

  it('has no ids where brokers tell none', () => {
    expect(lastKnown([sampleOf(1, {}), sampleOf(2, {})])).toEqual(sampleOf(2, {}));
  });

  it('is of the last poll that could read the group, with the time of that poll', () => {
    const pollOf = (atMs: number, ...ids: string[]) =>
      clusterReadingOf(
        atMs,
        ids.map((groupId) => groupReadingOf({ groupId })),
      );
    const polls = [pollOf(1, 'billing', 'audit'), pollOf(2, 'billing'), pollOf(3, 'billing', 'audit', 'new')];
    const byGroup = pollsByGroup(polls.reduce((older, poll) => appendReading(older, poll, 9), emptyHistory));
    const before = [...byGroup.keys()].map((groupId) => [
      groupId,
      lastKnown(byGroup.get(groupId)?.samples.slice(0, -1) ?? [])?.atMs,
    ]);

    expect(Object.fromEntries(before)).toEqual({ billing: 2, audit: 1, new: undefined });
  });
});
