import { emptyHistory, type StoredHistory } from '#core/history/history.ts';
import { decodeHistory, encodeHistory } from '#core/history/stored/codec.ts';
import type { HistoryStore } from '#core/ports.ts';

/** The stored object. Stores that share one see each other's writes, as functions that share a bucket do. */
export interface HistoryObject {
  /** What is stored; absent when nothing is. */
  text?: string;
  /** Counts the writes. */
  version: number;
}

/** Twin of the history in S3: the same text behind the same conditional write, without the bucket. */
export class MemoryHistoryStore implements HistoryStore {
  readonly #object: HistoryObject;

  constructor(object: HistoryObject = { version: 0 }) {
    this.#object = object;
  }

  async load(): Promise<StoredHistory> {
    const { text, version } = this.#object;
    if (text === undefined) return { history: emptyHistory };
    const decoded = decodeHistory(text);
    return decoded.kind === 'history'
      ? { history: decoded.history, version: `${version}` }
      : { history: emptyHistory, version: `${version}`, lost: decoded.reason };
  }

  async save(next: StoredHistory): Promise<'saved' | 'lost-race'> {
    const current = this.#object.text === undefined ? undefined : `${this.#object.version}`;
    if (next.version !== current) return 'lost-race';
    this.#object.text = encodeHistory(next.history);
    this.#object.version += 1;
    return 'saved';
  }
}
