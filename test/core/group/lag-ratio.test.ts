import { describe, expect, it } from 'vitest';
import { lagRatio, type RatioContext } from '#core/group/lag-ratio.ts';
import type { PartitionReading, RecordAge } from '#core/kafka/model.ts';
import { absent, known, knownValue, type Reading, unknown } from '#core/kafka/reading.ts';
import { measureLag } from '#core/lag/lag.ts';
import { groupReadingOf, type Offsets, partitionOf } from '#test/support/groups/readings.ts';

const THRESHOLDS = { lag: 100, ageSeconds: 60, dataLossHorizonSeconds: 3_600 };
const exact = (seconds: number): Reading<RecordAge> =>
  known({ atLeastMs: seconds * 1000, atMostMs: seconds * 1000, proven: true });
const between = (atLeast: number, atMost?: number): Reading<RecordAge> =>
  known({
    atLeastMs: atLeast * 1000,
    ...(atMost === undefined ? {} : { atMostMs: atMost * 1000 }),
    proven: false,
  });
const aged = (partition: number, offsets: Offsets, age: PartitionReading['age']) => ({
  ...partitionOf(partition, offsets),
  age,
});
const unreadable = (partition: number) => ({
  ...aged(partition, [0, 9], unknown('no leader')),
  logEndOffset: unknown('no leader'),
});

function ratioOf(partitions: readonly PartitionReading[], change: Partial<RatioContext> = {}) {
  const group = { ...groupReadingOf(), partitions };
  return knownValue(
    lagRatio(group, {
      partitions: measureLag(group).partitions,
      hidden: false,
      thresholds: THRESHOLDS,
      isolation: 'read_uncommitted',
      timeToDataLoss: absent,
      lastKnownOf: () => undefined,
      ...change,
    }),
  );
}

describe('lagRatio is the worst of', () => {
  const loss = (seconds: number) => ({ timeToDataLoss: known({ seconds, samples: 60 }) });
  it.each<[string, readonly PartitionReading[], Partial<RatioContext>, ReturnType<typeof ratioOf>]>([
    ['nothing when all is read', [aged(0, [9, 9], absent)], {}, { value: 0, by: 'lag', complete: true }],
    [
      'the lag of all partitions ÷ its threshold',
      [aged(0, [0, 50], exact(6)), aged(1, [0, 100], exact(3))],
      {},
      { value: 1.5, by: 'lag', complete: true },
    ],
    [
      'the oldest age ÷ its threshold: few but old records',
      [aged(0, [0, 1], exact(180)), aged(1, [0, 9], exact(1))],
      {},
      { value: 3, by: 'age', complete: true },
    ],
    [
      'the data loss horizon ÷ the time to data loss',
      [aged(0, [0, 9], exact(1))],
      loss(1_800),
      { value: 2, by: 'loss', complete: true },
    ],
    [
      'a number even when records are lost already',
      [aged(0, [0, 9], exact(1))],
      loss(0),
      { value: 3_600, by: 'loss', complete: true },
    ],
    [
      'age alone where lag has no threshold',
      [aged(0, [0, 9_000], exact(6))],
      { thresholds: { ageSeconds: 60 } },
      { value: 0.1, by: 'age', complete: true },
    ],
    [
      '0 where only data loss has a threshold and none is ahead',
      [aged(0, [0, 9_000], exact(6))],
      { thresholds: { dataLossHorizonSeconds: 3_600 } },
      { value: 0, by: 'loss', complete: true },
    ],
    [
      'lag alone where age and data loss have no threshold',
      [aged(0, [0, 9], exact(999))],
      { ...loss(1), thresholds: { lag: 100 } },
      { value: 0.09, by: 'lag', complete: true },
    ],
  ])('%s', (_, partitions, change, ratio) => {
    expect(ratioOf(partitions, change)).toEqual(ratio);
  });
});

describe('lagRatio is a lower bound', () => {
  it.each<[string, readonly PartitionReading[], Partial<RatioContext>]>([
    ['while the lag of a partition is unknown', [aged(0, [0, 20], exact(1)), unreadable(1)], {}],
    ['while an age is unknown', [aged(0, [0, 20], unknown('timestamps contradict each other'))], {}],
    ['while an age may be above its threshold', [aged(0, [0, 20], between(10, 600))], {}],
    ['while an age has no upper end', [aged(0, [0, 20], between(10))], {}],
    ['while commits may be hidden', [aged(0, [0, 20], exact(1))], { hidden: true }],
  ])('%s', (_, partitions, change) => {
    expect(ratioOf(partitions, change)).toMatchObject({ value: expect.closeTo(0.2, 1), complete: false });
  });

  it.each<[string, readonly PartitionReading[], Partial<RatioContext>]>([
    ['a roughly known age is below its threshold anyway', [aged(0, [0, 20], between(1, 50))], {}],
    ['an unknown age has no threshold', [aged(0, [0, 20], unknown('x'))], { thresholds: { lag: 100 } }],
    ['the time to data loss is unknown', [aged(0, [0, 20], exact(1))], { timeToDataLoss: unknown('an hour') }],
    ['nothing was committed on a partition', [aged(0, [0, 20], exact(1)), aged(1, [null, 9], absent)], {}],
  ])('no more than it has to: it is whole though %s', (_, partitions, change) => {
    expect(ratioOf(partitions, change)).toEqual({ value: 0.2, by: 'lag', complete: true });
  });

  it('even if the known part is already too much', () => {
    expect(ratioOf([aged(0, [0, 20], between(300)), unreadable(1)])).toEqual({ value: 5, by: 'age', complete: false });
  });
});

describe('lagRatio is undefined', () => {
  it.each<[string, readonly PartitionReading[]]>([
    ['without a commit', [aged(0, [null, 9], absent)]],
    ['when no lag is known', [unreadable(0)]],
    ['without a partition', []],
  ])('%s', (_, partitions) => {
    expect(ratioOf(partitions)).toBeUndefined();
  });

  it('where only data loss has a threshold and its time is unknown', () => {
    const context = { thresholds: { dataLossHorizonSeconds: 3_600 }, timeToDataLoss: unknown('an hour') };

    expect(ratioOf([aged(0, [0, 9], exact(1))], context)).toBeUndefined();
  });

  it('without thresholds', () => {
    expect(ratioOf([aged(0, [0, 9], exact(1))], { thresholds: {} })).toBeUndefined();
  });

  it('unless a known age is above its threshold', () => {
    const partition = { ...unreadable(0), age: exact(90) };

    expect(ratioOf([partition])).toEqual({ value: 1.5, by: 'age', complete: false });
  });
});
