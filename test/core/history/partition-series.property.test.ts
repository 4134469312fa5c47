import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { breakBetween, type LogPosition, positionAfter } from '#core/history/breaks.ts';
import { groupPollsOf, type PartitionSample, type TimedSample, topicIdIn } from '#core/history/history.ts';
import type { PartitionSeries } from '#core/history/partition-series.ts';
import { present } from '#core/text/json.ts';

const LARGE = 2n ** 62n;
/** The range of offsets. Numbers hold those below 2^53; beyond it a series has distances. */
const base = fc.constantFrom(0n, 2n ** 53n - 25n, LARGE);
type Cells = Omit<PartitionSample, 'topic' | 'partition'>;
const partitionFrom = (low: bigint): fc.Arbitrary<Cells> => {
  const offset = fc.bigInt({ min: low, max: low + 50n });
  const cells = { committedOffset: offset, logEndOffset: offset, logStartOffset: offset, uncommitted: fc.boolean() };
  return fc.record(cells, { requiredKeys: ['uncommitted'] }).map(({ uncommitted, committedOffset, ...log }) => ({
    ...log,
    ...(uncommitted ? { uncommitted } : present({ committedOffset })),
  }));
};
const id = fc.constantFrom('a', 'b', undefined);
/** A poll of some of three partitions of two topics, which may have been recreated. */
const pollFrom = (low: bigint) =>
  fc.record({
    step: fc.integer({ min: -1, max: 9 }),
    partitions: fc.tuple(...[0, 1, 2].map(() => fc.option(partitionFrom(low)))),
    ids: fc.tuple(id, id),
  });
const pollsIn = base.chain((low) => fc.array(pollFrom(low), { maxLength: 8 }));
const samplesIn = pollsIn.map((polls) => {
  let atMs = 0;
  return polls.map(({ step, partitions, ids }): TimedSample => {
    atMs += step;
    return {
      groupId: 'billing',
      atMs,
      topicIds: present({ orders: ids[0], refunds: ids[1] }),
      partitions: partitions.flatMap((p, i) =>
        p === null ? [] : [{ topic: i < 2 ? 'orders' : 'refunds', partition: i % 2, ...p }],
      ),
    };
  });
});

/** A series by columns. */
function columnsOf(series: PartitionSeries) {
  const column = (at: (index: number) => number) => Array.from({ length: series.length }, (_, i) => at(i));
  return {
    times: column((i) => series.timeAt(i)),
    commits: column((i) => series.commitAt(i)),
    ends: column((i) => series.endAt(i)),
    starts: column((i) => series.startAt(i)),
  };
}

const isAt = (a: PartitionSample) => (b: PartitionSample) => a.topic === b.topic && a.partition === b.partition;

/** The samples of a partition since its last break, by the rule in `breaks.ts`. */
function sinceBreak(samples: readonly TimedSample[], newest: PartitionSample) {
  const step = samples.findLastIndex(({ atMs }, i) => i > 0 && atMs <= (samples[i - 1]?.atMs ?? 0));
  let kept: { atMs: number; at: PartitionSample }[] = [];
  let before: LogPosition = {};
  for (const sample of samples.slice(Math.max(0, step))) {
    const at = sample.partitions.find(isAt(newest));
    if (at === undefined) continue;
    const now = { ...at, topicId: topicIdIn(sample, at.topic) };
    const found = breakBetween(before, now);
    if (found === 'recreated-topic' || found === 'log-truncated') kept = [];
    kept.push({ atMs: sample.atMs, at });
    before = positionAfter(before, now);
  }
  return kept;
}

/** Distances of all offsets from the first one. Cells without an offset stay as they are. */
function distances(columns: readonly (readonly (bigint | number)[])[]): number[] {
  const all = columns.flat();
  const origin = all.find((each) => typeof each === 'bigint' || Number.isFinite(each));
  return all.map((each) =>
    typeof each === 'bigint'
      ? Number(each - (origin as bigint))
      : Number.isFinite(each)
        ? each - (origin as number)
        : each,
  );
}

const cellOf = (value: bigint | undefined, uncommitted?: true): bigint | number =>
  uncommitted === true ? Number.NEGATIVE_INFINITY : (value ?? Number.NaN);

describe('the series of partitions', () => {
  it('keep the samples since the clock was set back, the topic was recreated or the log was truncated', () => {
    fc.assert(
      fc.property(samplesIn, (samples) => {
        const { series, samples: seen } = groupPollsOf(samples);
        const newest = samples.at(-1)?.partitions ?? [];

        expect(seen).toEqual(samples);
        expect(series).toHaveLength(newest.length);
        for (const [i, each] of series.entries()) {
          const { topic, partition: number } = each;
          const { times, commits, ends, starts } = columnsOf(each);
          const now = newest[i] as PartitionSample;
          const kept = sinceBreak(samples, now);
          const cells = kept.map((each) => each.at);
          expect({ topic, partition: number }).toEqual({ topic: now.topic, partition: now.partition });
          expect(times).toEqual(kept.map(({ atMs }) => atMs));
          expect(distances([commits, ends, starts])).toEqual(
            distances([
              cells.map(({ committedOffset, uncommitted }) => cellOf(committedOffset, uncommitted)),
              cells.map(({ logEndOffset }) => cellOf(logEndOffset)),
              cells.map(({ logStartOffset }) => cellOf(logStartOffset)),
            ]),
          );
        }
      }),
      { numRuns: 500 },
    );
  });

  it('have exact distances beyond 2^53', () => {
    const at = (atMs: number, committed: bigint): TimedSample => ({
      groupId: 'billing',
      atMs,
      partitions: [{ topic: 'orders', partition: 0, committedOffset: committed, logEndOffset: LARGE + 3n }],
    });
    const [only] = groupPollsOf([at(1, LARGE + 1n), at(2, LARGE + 2n)]).series;
    const { commits, ends } = columnsOf(only as PartitionSeries);

    expect([...commits, ...ends].map((each) => each - (commits[0] as number))).toEqual([0, 1, 2, 2]);
  });
});
