import { describe, expect, it } from 'vitest';
import { MemoryHistoryStore } from '#adapters/memory/history-store.ts';
import { emptyHistory } from '#core/history/history.ts';
import type { ClusterReading } from '#core/kafka/model.ts';
import { known, unknown } from '#core/kafka/reading.ts';
import type { HistoryStore } from '#core/ports.ts';
import { type WatchWorld, watchOnce } from '#flows/watch.ts';
import { clusterReadingOf, groupReadingOf } from '#test/support/groups/readings.ts';

const readingAt = (atMs: number, traits: Partial<ClusterReading> = {}): ClusterReading => ({
  ...clusterReadingOf(atMs, [groupReadingOf({ offsets: [[atMs / 1000, 2 * (atMs / 1000)]] })]),
  ...traits,
});

const worldOf = (readings: readonly ClusterReading[], history: HistoryStore = new MemoryHistoryStore()): WatchWorld => {
  const left = [...readings];
  return {
    offsets: { read: async () => left.shift() as ClusterReading, close: async () => {} },
    history,
    ownHistory: false,
    request: {},
    isolationOf: () => 'read_uncommitted',
    windowMs: 300_000,
    historySamples: 60,
  };
};

const broken = (change: Partial<HistoryStore>): HistoryStore =>
  Object.assign(new MemoryHistoryStore(), change) as HistoryStore;

describe('watchOnce', () => {
  it('measures by the polls before', async () => {
    const world = worldOf([readingAt(10_000), readingAt(20_000)]);
    await watchOnce(world);

    const { atMs, groups, coverage, problems } = await watchOnce(world);

    expect({ atMs, coverage, problems }).toEqual({ atMs: 20_000, coverage: known(1), problems: [] });
    expect(groups).toMatchObject([{ past: { rates: known({ produceRate: 2, consumeRate: 1 }) }, polls: 2 }]);
  });

  it.each([
    {
      title: 'cannot be read',
      change: { load: () => Promise.reject(new Error('disk on fire')) },
      id: 'history-unread',
    },
    {
      title: 'cannot be written',
      change: { save: () => Promise.reject(new Error('disk full')) },
      id: 'history-unsaved',
    },
    { title: 'was written by another', change: { save: async () => 'lost-race' as const }, id: 'history-lost-race' },
  ])('reports lag, and a problem, when the history $title', async ({ change, id }) => {
    const { groups, problems } = await watchOnce(worldOf([readingAt(10_000)], broken(change)));

    expect(groups).toMatchObject([{ lag: known(10), past: { rates: { kind: 'unknown' } } }]);
    expect(problems).toMatchObject([{ id }]);
  });

  it('reports the time from which no poll is missing', async () => {
    const [before, after] = [10_000, 90_000_000];
    const world = worldOf([before, before + 10_000, after, after + 10_000].map((atMs) => readingAt(atMs)));

    const seen = [await watchOnce(world), await watchOnce(world), await watchOnce(world), await watchOnce(world)];

    expect(seen.map(({ watchedFromMs }) => watchedFromMs)).toEqual([before, before, after, after]);
  });

  it('leaves the history of another cluster as it was', async () => {
    const stored = { version: 0 };
    const [was, is] = [readingAt(10_000, { clusterId: 'A' }), readingAt(20_000, { clusterId: 'B' })];
    const world = worldOf([was, is], new MemoryHistoryStore(stored));
    await watchOnce(world);

    await expect(watchOnce(world)).rejects.toThrow(
      /history belongs to the Kafka cluster with id "A"; .* belong to "B"/,
    );

    expect(stored.version).toBe(1);
  });

  it('starts its own history over when the brokers are of another cluster', async () => {
    const [was, is] = [readingAt(10_000, { clusterId: 'A' }), readingAt(20_000, { clusterId: 'B' })];
    const world = { ...worldOf([was, is]), ownHistory: true };
    await watchOnce(world);

    const { groups, problems } = await watchOnce(world);

    expect(groups).toMatchObject([{ polls: 1 }]);
    expect(problems).toMatchObject([{ id: 'history-of-other-cluster', text: expect.stringMatching(/"A".*"B"/) }]);
  });

  it('starts over when the stored history is unusable', async () => {
    const lost = { stored: { history: emptyHistory, lost: 'it is not JSON' }, version: 1 };
    const { problems } = await watchOnce(worldOf([readingAt(10_000)], new MemoryHistoryStore(lost)));

    expect(problems).toMatchObject([{ id: 'history-lost', text: expect.stringContaining('not JSON') }]);
  });

  it('names requests that failed and groups that could not be read, and knows no coverage then', async () => {
    const { coverage, problems } = await watchOnce(
      worldOf([
        readingAt(10_000, {
          problems: [{ broker: 'b1:9092', request: 'ListGroups', reason: 'timed out' }],
          unreadableGroups: [{ groupId: 'secret', reason: 'denied' }],
        }),
      ]),
    );

    expect(problems).toEqual([
      { id: 'request-failed', text: 'ListGroups failed at b1:9092: timed out' },
      { id: 'group-unreadable', text: 'group "secret" could not be read: denied' },
    ]);
    expect(coverage).toEqual(unknown('how many partitions are expected is not known'));
  });

  it('counts coverage to the end that each group reads to', async () => {
    const group = groupReadingOf({ groupId: 'billing', offsets: [[0, 10]] });
    const noEnds = group.partitions.map((p) => ({
      ...p,
      logEndOffset: unknown('not known'),
      lastStableOffset: known(10n),
    }));
    const reading = { ...clusterReadingOf(10_000, [{ ...group, partitions: noEnds }]) };
    const committed = { ...worldOf([reading]), isolationOf: () => 'read_committed' as const };

    expect((await watchOnce(committed)).coverage).toEqual(known(1));
    expect((await watchOnce(worldOf([reading]))).coverage).toEqual(known(0));
  });

  it('throws when nothing could be read', async () => {
    const world = worldOf([]);
    const offsets = { ...world.offsets, read: () => Promise.reject(new Error('no broker answered')) };

    await expect(watchOnce({ ...world, offsets })).rejects.toThrow('no broker answered');
  });
});
