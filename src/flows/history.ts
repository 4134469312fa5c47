/**
 * The history of a cluster, recalled and saved around a reading. A history that cannot be used
 * costs rates, statuses and forecasts, never lag, and each such case is a problem of the result.
 */
import { messageOf } from '#core/errors.ts';
import {
  appendReading,
  emptyHistory,
  historyShortage,
  type LagHistory,
  otherCluster,
  type StoredHistory,
} from '#core/history/history.ts';
import type { ClusterReading } from '#core/kafka/model.ts';
import type { HistoryStore } from '#core/ports.ts';
import { present } from '#core/text/json.ts';
import type { Problem } from '#core/text/problem.ts';

/** What the store returned, or why it returned nothing. */
export type LoadedHistory = { readonly stored: StoredHistory } | { readonly problem: Problem };

/** A history that a reading may be compared with. */
export interface RecalledHistory {
  readonly history: LagHistory;
  /** Of the stored object; absent when nothing is stored yet. */
  readonly version?: string;
  /** The store could not be read: saving would overwrite what it holds. */
  readonly loadFailed: boolean;
  readonly problems: readonly Problem[];
}

/** Never rejects, so that it can run beside the reading. */
export async function loadHistory(store: HistoryStore): Promise<LoadedHistory> {
  try {
    return { stored: await store.load() };
  } catch (error) {
    const text = `the history could not be read, so rates are missing: ${messageOf(error)}`;
    return { problem: { id: 'history-unread', text } };
  }
}

/** The stored history as far as it is about the cluster of the reading; else an empty one. */
export function usableHistory(loaded: LoadedHistory, reading: ClusterReading): RecalledHistory {
  if ('problem' in loaded) return { history: emptyHistory, loadFailed: true, problems: [loaded.problem] };
  const { history, version, lost } = loaded.stored;
  const other = otherCluster(history, reading);
  const problems: Problem[] = [];
  if (lost !== undefined) problems.push({ id: 'history-lost', text: `the history starts over: ${lost}` });
  if (other !== undefined) {
    problems.push({ id: 'history-of-other-cluster', text: `the stored history is not used: ${other}` });
  }
  const usable = other === undefined ? history : emptyHistory;
  return { history: usable, loadFailed: false, problems, ...present({ version }) };
}

/** The usable history with the reading added, `keep` polls at most. */
export function withReading(loaded: LoadedHistory, reading: ClusterReading, keep: number): RecalledHistory {
  const usable = usableHistory(loaded, reading);
  const shortage = usable.loadFailed ? undefined : historyShortage(reading, keep);
  const problems: Problem[] = shortage === undefined ? [] : [{ id: 'history-too-short', text: shortage }];
  return {
    ...usable,
    history: appendReading(usable.history, reading, keep),
    problems: [...usable.problems, ...problems],
  };
}

/** Saves the history, unless it could not be loaded. Returns what went wrong. */
export async function saveHistory(
  store: HistoryStore,
  { history, version, loadFailed }: RecalledHistory,
): Promise<readonly Problem[]> {
  if (loadFailed) return [];
  try {
    const saved = await store.save({ history, ...present({ version }) });
    if (saved === 'saved') return [];
    return [{ id: 'history-lost-race', text: 'another process wrote the history first; this reading is not kept' }];
  } catch (error) {
    return [{ id: 'history-unsaved', text: `the history could not be written: ${messageOf(error)}` }];
  }
}
