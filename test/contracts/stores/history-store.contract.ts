/** What every HistoryStore does, in memory and in S3 alike. */

import { describe, expect, it } from 'vitest';
import { emptyHistory, type LagHistory, type StoredHistory } from '#core/history/history.ts';
import { encodeHistory } from '#core/history/stored/codec.ts';
import type { HistoryStore } from '#core/ports.ts';
import { present } from '#core/text/json.ts';
import { historyOf, pollSamplesOf } from '#test/support/groups/history.ts';

/** One stored object, as several functions see it. */
export interface HistoryWorld {
  /** A store over the object; each call as a function that starts cold. */
  open(): HistoryStore;
  /** Puts a text where the history is stored. */
  plant(text: string): Promise<void>;
  /** Deletes the stored object. */
  remove(): Promise<void>;
}

const historyAt = (atMs: number): LagHistory =>
  historyOf([
    {
      atMs,
      groups: [
        {
          groupId: 'g',
          partitions: [
            {
              topic: 't',
              partition: 0,
              committedOffset: 9_007_199_254_740_993n,
              logEndOffset: 9_223_372_036_854_775_807n,
              logStartOffset: 0n,
            },
          ],
        },
      ],
    },
  ]);

/** What a history says, whatever it is made of. */
const contentOf = ({ history, ...stored }: StoredHistory) => ({ ...stored, polls: pollSamplesOf(history) });
const polls = (atMs: number) => pollSamplesOf(historyAt(atMs));

/** Runs the contract; each call of `make` gives a world in which nothing is stored. */
export function historyStoreContract(name: string, make: () => Promise<HistoryWorld>): void {
  describe(`HistoryStore: ${name}`, () => {
    readContract(make);
    writeContract(make);
  });
}

function readContract(make: () => Promise<HistoryWorld>): void {
  it('load gives an empty history when nothing is stored', async () => {
    const store = (await make()).open();

    const stored = await store.load();

    expect(stored).toStrictEqual({ history: emptyHistory });
  });

  it('load returns what was saved, to another store and again to the same', async () => {
    const world = await make();
    const first = world.open();
    await first.save({ history: historyAt(1) });

    const stored = await world.open().load();

    expect(contentOf(stored)).toStrictEqual({ polls: polls(1), version: expect.any(String) });
    expect(contentOf(await first.load())).toStrictEqual(contentOf(stored));
    expect(contentOf(await first.load())).toStrictEqual(contentOf(stored));
  });

  it.each([
    ['no JSON', '{'],
    ['an empty object', ''],
    ['JSON of something else', '[1]'],
    ['a newer format', '{"format":4,"times":[]}'],
    ['an older format', '{"format":2,"times":[],"topicIds":[],"stretches":[]}'],
    ['a history with an offset that is none', encodeHistory(historyAt(1)).replace('"9007199254740993"', '"x"')],
  ])('load says why %s is lost, and lets it be written over', async (_what, text) => {
    const world = await make();
    await world.plant(text);
    const store = world.open();

    const { history, lost, version } = await store.load();

    expect(history).toStrictEqual(emptyHistory);
    expect(lost).toMatch(/cannot be used/);
    expect(await store.save({ history: historyAt(1), ...present({ version }) })).toBe('saved');
    expect(contentOf(await store.load())).toMatchObject({ polls: polls(1) });
  });

  it('load finds that the object is gone, though it has seen it before', async () => {
    const world = await make();
    const store = world.open();
    await store.save({ history: historyAt(1) });

    await world.remove();

    expect(await store.load()).toStrictEqual({ history: emptyHistory });
    expect(await store.save({ history: historyAt(2) })).toBe('saved');
  });
}

function writeContract(make: () => Promise<HistoryWorld>): void {
  it('save lets one of two first writers win', async () => {
    const world = await make();

    const results = await Promise.all(
      [world.open(), world.open()].map((s, i) => s.save({ history: historyAt(i + 1) })),
    );

    expect(results.toSorted()).toEqual(['lost-race', 'saved']);
    const { history } = await world.open().load();
    expect(pollSamplesOf(history)).toStrictEqual(polls(results.indexOf('saved') + 1));
  });

  it('save loses when another poll wrote since the load, and writes nothing', async () => {
    const world = await make();
    await world.open().save({ history: historyAt(1) });
    const [mine, other] = [world.open(), world.open()];
    const [seen, otherSeen] = [await mine.load(), await other.load()];
    await other.save({ ...otherSeen, history: historyAt(2) });

    expect(await mine.save({ ...seen, history: historyAt(3) })).toBe('lost-race');
    expect(contentOf(await mine.load())).toMatchObject({ polls: polls(2) });
  });

  it('save loses when the version that was loaded is gone', async () => {
    const world = await make();
    const store = world.open();
    await store.save({ history: historyAt(1) });
    const seen = await store.load();
    await world.remove();

    expect(await store.save({ ...seen, history: historyAt(2) })).toBe('lost-race');
  });

  it('save goes on from load to load', async () => {
    const store = (await make()).open();
    for (const atMs of [1, 2, 3]) {
      expect(await store.save({ ...(await store.load()), history: historyAt(atMs) })).toBe('saved');
    }
    expect(contentOf(await store.load())).toMatchObject({ polls: polls(3) });
  });
}
