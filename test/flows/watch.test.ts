import { describe, expect, it } from 'vitest';
import { MemoryHistoryStore } from '#adapters/memory/history-store.ts';
import { emptyHistory } from '#core/history/history.ts';
import type { ClusterReading } from '#core/kafka/model.ts';
import { known, unknown } from '#core/kafka/reading.ts';
import type { HistoryStore } from '#core/ports.ts';
import { look, type WatchWorld } from '#flows/watch.ts';
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

describe('look', () => {
  it('remembers from look to look', async () => {
    const world = worldOf([readingAt(10_000), readingAt(20_000)]);
    await look(world);

    const { atMs, groups, coverage, problems } = await look(world);

    expect({ atMs, coverage, problems }).toEqual({ atMs: 20_000, coverage: known(1), problems: [] });
    expect(groups).toMatchObject([{ rates: known({ produceRate: 2, consumeRate: 1 }), polls: 2 }]);
  });

  it.each([
    ['cannot be read', { load: () => Promise.reject(new Error('disk on fire')) }, /could not be kept: disk on fire/],
    ['cannot be written', { save: () => Promise.reject(new Error('disk full')) }, /could not be kept: disk full/],
    ['is written by another', { save: async () => 'lost-race' as const }, /another process wrote/],
  ])('tells lag though the history %s, and says so', async (_, change, problem) => {
    const { groups, problems } = await look(worldOf([readingAt(10_000)], broken(change)));

    expect(groups).toMatchObject([{ lag: known(10), rates: { kind: 'unknown' } }]);
    expect(problems).toEqual([expect.stringMatching(problem)]);
  });

  it('tells from when on no poll is missing', async () => {
    const [before, after] = [10_000, 90_000_000];
    const world = worldOf([before, before + 10_000, after, after + 10_000].map((atMs) => readingAt(atMs)));

    const looks = [await look(world), await look(world), await look(world), await look(world)];

    expect(looks.map(({ watchedFromMs }) => watchedFromMs)).toEqual([before, before, after, after]);
  });

  it('leaves the history of another cluster as it was', async () => {
    const stored = { version: 0 };
    const [was, is] = [readingAt(10_000, { clusterId: 'A' }), readingAt(20_000, { clusterId: 'B' })];
    const world = worldOf([was, is], new MemoryHistoryStore(stored));
    await look(world);

    await expect(look(world)).rejects.toThrow(/history is of the Kafka cluster with id "A", .* are of "B"/);

    expect(stored.version).toBe(1);
  });

  it('begins a history of its own anew when the cluster is another by now', async () => {
    const [was, is] = [readingAt(10_000, { clusterId: 'A' }), readingAt(20_000, { clusterId: 'B' })];
    const world = { ...worldOf([was, is]), ownHistory: true };
    await look(world);

    const { groups, problems } = await look(world);

    expect(groups).toMatchObject([{ polls: 1 }]);
    expect(problems).toEqual([expect.stringMatching(/^history starts anew: .*"A".*"B"/)]);
  });

  it('starts anew when what is stored became unusable', async () => {
    const lost = { stored: { history: emptyHistory, lost: 'it is not JSON' }, version: 1 };
    const { problems } = await look(worldOf([readingAt(10_000)], new MemoryHistoryStore(lost)));

    expect(problems).toEqual([expect.stringMatching(/history starts anew: .*not JSON/)]);
  });

  it('names requests that failed and groups that could not be read, and knows no coverage then', async () => {
    const { coverage, problems } = await look(
      worldOf([
        readingAt(10_000, {
          problems: [{ broker: 'b1:9092', request: 'ListGroups', reason: 'timed out' }],
          unreadableGroups: [{ groupId: 'secret', reason: 'denied' }],
        }),
      ]),
    );

    expect(problems).toEqual(['ListGroups to b1:9092: timed out', 'group "secret": denied']);
    expect(coverage).toEqual(unknown('how many partitions are expected is not known'));
  });

  it('throws when nothing could be read', async () => {
    const world = worldOf([]);
    const offsets = { ...world.offsets, read: () => Promise.reject(new Error('no broker answered')) };

    await expect(look({ ...world, offsets })).rejects.toThrow('no broker answered');
  });
});
