/** A history in memory: for commands that keep none, for the local stand, and for tests. */
import { emptyHistory, type StoredHistory } from '#core/history/history.ts';
import type { HistoryStore } from '#core/ports.ts';

/**
 * The stored object. Stores that share one see each other's writes, as functions that share a
 * bucket do.
 */
export interface HistoryObject {
  /** What is stored; absent when nothing is. */
  stored?: Omit<StoredHistory, 'version'>;
  /** Counts the writes. */
  version: number;
}

/** A history behind the same conditional write as the object in S3. */
export class MemoryHistoryStore implements HistoryStore {
  readonly #object: HistoryObject;

  constructor(object: HistoryObject = { version: 0 }) {
    this.#object = object;
  }

  async load(): Promise<StoredHistory> {
    const { stored, version } = this.#object;
    return stored === undefined ? { history: emptyHistory } : { ...stored, version: `${version}` };
  }

  async save({ history, version }: StoredHistory): Promise<'saved' | 'lost-race'> {
    const object = this.#object;
    const current = object.stored === undefined ? undefined : `${object.version}`;
    if (version !== current) return 'lost-race';
    object.stored = { history };
    object.version += 1;
    return 'saved';
  }
}
