import { describe, expect, it } from 'vitest';
import { appendReading, emptyHistory, lastKnown, pollsByGroup, type TimedSample } from '#core/history/history.ts';
import { present } from '#core/text/json.ts';
import { clusterReadingOf, groupReadingOf } from '#test/support/groups/readings.ts';

describe('lastKnown', () => {
  /** Log ends of partition 0 by topic; undefined when the poll could not read it. */
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

  it('is undefined without samples, and the newest sample when that lacks nothing', () => {
    const newest = sampleOf(2, { orders: 5n }, { orders: 'a' });

    expect(lastKnown([])).toBeUndefined();
    expect(lastKnown([sampleOf(1, { orders: 3n }, { orders: 'a' }), newest])).toEqual(newest);
  });

  it('has the ends and the ids that later polls could not read', () => {
    const known = lastKnown([
      sampleOf(1, { orders: 3n, old: 1n }, { orders: 'a' }),
      sampleOf(2, { orders: undefined }),
      sampleOf(3, { orders: undefined, added: undefined }),
    ]);

    expect(known).toEqual({ ...sampleOf(3, { orders: 3n, added: undefined }), topicIds: { orders: 'a' } });
  });

  it('has no end from before the topic was recreated', () => {
    const before = sampleOf(1, { orders: 9n }, { orders: 'a' });

    expect(endsOf(before, sampleOf(2, { orders: undefined }, { orders: 'b' }))).toEqual([undefined]);
    expect(endsOf(before, sampleOf(2, { orders: undefined }, { orders: 'a' }))).toEqual([9n]);
  });

  it('has the ends of topics without ids', () => {
    expect(endsOf(sampleOf(1, { orders: 9n }), sampleOf(2, { orders: undefined }))).toEqual([9n]);
  });

  it('has the ends of a topic with the name of an inherited property', () => {
    const before = sampleOf(1, { constructor: 9n });

    expect(endsOf(before, sampleOf(2, { constructor: undefined }, { orders: 'a' }))).toEqual([9n]);
  });

  it('keeps the id of a topic that is gone and the newest ids of the others', () => {
    const ids = { orders: 'b', refunds: 'r' };
    const samples = [{ orders: 'a', old: 'o' }, ids, ids].map((topicIds, i) => sampleOf(i, {}, topicIds));

    expect(lastKnown(samples)?.topicIds).toEqual({ old: 'o', orders: 'b', refunds: 'r' });
  });

  it('has no topic ids when the brokers return none', () => {
    expect(lastKnown([sampleOf(1, {}), sampleOf(2, {})])).toEqual(sampleOf(2, {}));
  });

  it('has the time of the last poll that read the group', () => {
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
