/** Histories from whole polls and back. The product never needs a poll in full. */

import { groupSampleAt, type PollColumns, pollColumnsOf } from '#core/history/columns/poll-columns.ts';
import type { LagHistory, PollSample } from '#core/history/history.ts';
import { present } from '#core/text/json.ts';

/** The history of polls, oldest first, without ages. */
export function historyOf(polls: readonly PollSample[]): LagHistory {
  const samples: PollColumns[] = [];
  for (const poll of polls) {
    const partitions = poll.groups.reduce((sum, group) => sum + group.partitions.length, 0);
    samples.push(pollColumnsOf({ ...poll, partitions }, samples.at(-1)));
  }
  return { samples };
}

/** Every poll of a history in full. */
export const pollSamplesOf = ({ samples }: LagHistory): PollSample[] =>
  samples.map((poll) => ({
    atMs: poll.atMs,
    ...present({ topicIds: poll.topicIds }),
    groups: poll.groups.map((group) => groupSampleAt(poll, group)),
  }));
