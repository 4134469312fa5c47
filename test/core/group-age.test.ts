import { expect, it } from 'vitest';
import { groupAge } from '../../src/core/group-age.ts';
import { absent, known, type PartitionReading, unknown } from '../../src/core/kafka.ts';
import { groupReadingOf, type Offsets, partitionOf } from '../support/readings.ts';

const aged = (partition: number, offsets: Offsets, age: PartitionReading['age']) => ({
  ...partitionOf(partition, offsets),
  age,
});
const seconds = (s: number) => known({ atLeastMs: s * 1_000, proven: true });
const ageIn = (partitions: readonly PartitionReading[], still = false) =>
  groupAge(
    { ...groupReadingOf({ offsets: [[0, 0]] }), partitions },
    still
      ? {
          atMs: 0,
          groupId: 'billing',
          partitions: partitions.map((p) => ({
            topic: p.topic,
            partition: p.partition,
            ...(p.committedOffset.kind === 'known' ? { committedOffset: p.committedOffset.value } : {}),
            ...(p.logEndOffset.kind === 'known' ? { logEndOffset: p.logEndOffset.value } : {}),
          })),
        }
      : undefined,
  );

it.each([
  ['that of the oldest partition', [aged(0, [0, 9], seconds(5)), aged(1, [0, 9], seconds(8))], known(8_000)],
  ['0 when nothing is unread', [aged(0, [9, 9], absent)], known(0)],
  ['absent when nothing was ever committed', [aged(0, [null, 9], absent)], absent],
  [
    'unknown when one partition is',
    [aged(0, [0, 9], seconds(5)), aged(1, [0, 9], unknown('no leader'))],
    unknown('orders/1: no leader'),
  ],
  [
    'without the partitions that have no commit',
    [aged(0, [null, 9], absent), aged(1, [0, 9], seconds(5))],
    known(5_000),
  ],
])('is %s', (_, partitions, age) => {
  expect(ageIn(partitions)).toEqual(age);
});

it('leaves out what may be nothing but markers, so that a fully read transactional topic does not age for ever', () => {
  const partitions = [aged(0, [14, 15], seconds(9_000)), aged(1, [3, 90], seconds(5))];

  expect(ageIn(partitions, false)).toEqual(known(9_000_000));
  expect(ageIn(partitions, true)).toEqual(known(5_000));
});
