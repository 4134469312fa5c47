/** A plausible history of the hour before a reading. */
import { appendReading, emptyHistory, type LagHistory } from '#core/history/history.ts';
import type { ClusterReading, PartitionReading } from '#core/kafka/model.ts';
import { known } from '#core/kafka/reading.ts';

/** Polls one minute apart, over more than an hour, so that the history has its full size. */
const POLLS = 70;

/**
 * A history that ends a minute before the reading. Each minute, every log grew by a record and
 * every group read one.
 */
export function historyBefore(reading: ClusterReading, keep: number): LagHistory {
  let history = emptyHistory;
  for (let minutes = POLLS; minutes > 0; minutes--) {
    const groups = reading.groups.map((group) => ({
      ...group,
      partitions: group.partitions.map((p) => earlier(p, minutes)),
    }));
    history = appendReading(history, { ...reading, atMs: reading.atMs - minutes * 60_000, groups }, keep);
  }
  return history;
}

function earlier(p: PartitionReading, minutes: number): PartitionReading {
  const { committedOffset: commit, logEndOffset: end } = p;
  if (commit.kind !== 'known' || end.kind !== 'known') return p;
  const [committed, ended] = [Number(commit.value) - minutes, Number(end.value) - minutes];
  return {
    ...p,
    committedOffset: known(BigInt(Math.max(0, committed))),
    logEndOffset: known(BigInt(Math.max(0, ended))),
  };
}
