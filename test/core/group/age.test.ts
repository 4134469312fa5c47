import { expect, it } from 'vitest';
import { groupAge } from '#core/group/age.ts';
import { lastKnownPartitions } from '#core/history/history.ts';
import type { PartitionReading } from '#core/kafka/model.ts';
import { absent, known, unknown } from '#core/kafka/reading.ts';
import { groupReadingOf, type Offsets, partitionOf } from '#test/support/groups/readings.ts';

const aged = (partition: number, offsets: Offsets, age: PartitionReading['age']) => ({
  ...partitionOf(partition, offsets),
  age,
});
const seconds = (s: number) => known({ atLeastMs: s * 1_000, atMostMs: s * 1_000, proven: true });
/** The group at the previous poll: as it is now, or with another end. */
const ageIn = (partitions: readonly PartitionReading[], end?: 'same' | bigint, isolation?: 'read_committed') =>
  groupAge(
    {
      ...groupReadingOf(),
      members: known([{ memberId: 'm', clientId: 'c', host: 'h', assignment: partitions }]),
      partitions,
    },
    {
      isolation: isolation ?? 'read_uncommitted',
      lastKnownOf: lastKnownPartitions(() =>
        end === undefined
          ? []
          : [
              {
                atMs: 0,
                groupId: 'billing',
                partitions: partitions.map((p) => ({
                  topic: p.topic,
                  partition: p.partition,
                  ...(p.committedOffset.kind === 'known' ? { committedOffset: p.committedOffset.value } : {}),
                  ...(p.logEndOffset.kind === 'known'
                    ? { logEndOffset: end === 'same' ? p.logEndOffset.value : end }
                    : {}),
                })),
              },
            ],
      ),
    },
  );

const MARKERS = unknown('orders/0: the unread offsets may begin with transaction markers');
const rough = known({ atLeastMs: 1_000, proven: false });
const wide = known({ atLeastMs: 1_000, atMostMs: 90_000, proven: false });

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
  ['unknown without an upper end', [aged(0, [0, 9], rough)], unknown('orders/0: its age is known only roughly')],
  ['unknown where the bracket is wide', [aged(0, [0, 9], wide)], unknown('orders/0: its age is known only roughly')],
])('is %s', (_, partitions, age) => {
  expect(ageIn(partitions)).toEqual(age);
});

it('omits offsets that may begin with markers, so that a fully read transactional topic does not age for ever', () => {
  const tail = aged(0, [14, 15], seconds(9_000));

  expect(ageIn([tail, aged(1, [3, 90], seconds(5))], 'same')).toEqual(known(5_000));
  expect(ageIn([tail], 'same')).toEqual(MARKERS);
  // Also at the first poll, and when a record follows the marker.
  expect(ageIn([tail])).toEqual(MARKERS);
  expect(ageIn([aged(0, [14, 16], seconds(9_000))], 15n)).toEqual(MARKERS);
  // More than a few offsets that were unread before are records.
  expect(ageIn([aged(0, [14, 30], seconds(9))], 29n)).toEqual(known(9_000));
});

it('assumes no markers when the members are unknown', () => {
  const group = { ...groupReadingOf(), members: unknown('undecodable'), partitions: [aged(0, [14, 15], seconds(9))] };

  expect(groupAge(group, { isolation: 'read_uncommitted', lastKnownOf: () => undefined })).toEqual(known(9_000));
});

it('covers only readable records for a read_committed group', () => {
  const held = { ...aged(0, [20, 90], seconds(700)), lastStableOffset: known(20n) };

  expect(ageIn([held], undefined, 'read_committed')).toEqual(known(0));
  expect(ageIn([held])).toEqual(known(700_000));
});
