import { describe, expect, it } from 'vitest';
import { appendReading, emptyHistory, MAX_PARTITION_SAMPLES } from '../../src/core/history.ts';
import { clusterReadingOf, groupReadingOf } from '../support/readings.ts';

const readingAt = (atMs: number, partitions = 1) =>
  clusterReadingOf(atMs, [groupReadingOf({ offsets: Array.from({ length: partitions }, () => [0, 1] as const) })]);
const timesOf = (readings: readonly number[], keep: number, partitions = 1) =>
  readings
    .reduce((history, atMs) => appendReading(history, readingAt(atMs, partitions), keep), emptyHistory)
    .samples.map((sample) => sample.atMs);

describe('appendReading', () => {
  it('keeps the newest', () => {
    expect(timesOf([1, 2, 3, 4], 3)).toEqual([2, 3, 4]);
  });

  it('drops what is not older than the reading: a clock that was set back makes no negative time', () => {
    expect(timesOf([1, 5, 3], 10)).toEqual([1, 3]);
  });

  it('keeps fewer polls of a cluster that is large, and two at the least', () => {
    const third = Math.floor(MAX_PARTITION_SAMPLES / 3);

    expect(timesOf([1, 2, 3, 4, 5], 5, third)).toEqual([3, 4, 5]);
    expect(timesOf([1, 2, 3], 5, MAX_PARTITION_SAMPLES)).toEqual([2, 3]);
  });

  it('tells a partition without a commit from one whose commit could not be read', () => {
    const { samples } = appendReading(emptyHistory, clusterReadingOf(1, [groupReadingOf({ offsets: [[null, 5]] })]), 5);

    expect(samples[0]?.groups[0]?.partitions[0]).toMatchObject({ uncommitted: true, logEndOffset: 5n });
  });
});
