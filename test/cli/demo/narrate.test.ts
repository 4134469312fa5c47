import { describe, expect, it } from 'vitest';
import { Narrator } from '#cli/demo/narrate.ts';
import type { ClusterReading } from '#core/kafka/model.ts';
import { clusterReadingOf, groupReadingOf, type Offsets } from '#test/support/groups/readings.ts';

const at = (seconds: number, offsets: readonly Offsets[], members = 2): ClusterReading =>
  clusterReadingOf(seconds * 1000, [groupReadingOf({ groupId: 'other' }), groupReadingOf({ offsets, members })]);

const narratorOf = (groupId = 'billing') => {
  const narrator = new Narrator({ groupId, windowMs: 15_000 });
  return (reading: ClusterReading) =>
    narrator.linesFor({ kind: 'polled', reading }).map(({ kind, text }) => `${kind}: ${text.trim()}`);
};
const cellsOf = (line: string | undefined) => (line ?? '').split(/ {2,}/);

describe('Narrator', () => {
  it('shows polls as rows of one table, with the lag by partition', () => {
    const linesOf = narratorOf();

    const first = linesOf(
      at(0, [
        [0, 40],
        [null, 40],
      ]),
    );
    const second = linesOf(
      at(10, [
        [10, 90],
        [null, 40],
      ]),
    );

    expect(cellsOf(first[0])).toEqual('poll: STATUS,RULE,LAG,AGE,PRODUCE/S,CONSUME/S,TIME-TO-DRAIN,MEMBERS'.split(','));
    expect(cellsOf(first[1])).toEqual([
      'poll: unknown',
      'too-little-history',
      '40',
      '?',
      '?',
      '?',
      '?',
      '2',
      'by partition [40 -], Stable',
    ]);
    expect(second).toHaveLength(1);
    expect(cellsOf(second[0]).slice(2)).toEqual(['80', '?', '5.0', '1.0', '-', '2', 'by partition [80 -], Stable']);
  });

  it('repeats no row while nothing changes', () => {
    const linesOf = narratorOf();
    const polls = [0, 3, 6, 9].map((seconds) => linesOf(at(seconds, [[5, 5]])).length);

    expect(polls).toEqual([2, 1, 0, 0]);
    expect(linesOf(at(12, [[5, 5]], 1))).toHaveLength(1);
  });

  it('reports that the group does not exist yet', () => {
    expect(narratorOf('later')(at(0, []))).toEqual(['poll: the group does not exist yet']);
  });
});
