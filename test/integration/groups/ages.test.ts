/** Ages on a real broker, of every kind of data, against the records themselves. */
import { afterAll, expect, test } from 'vitest';
import { createBatchReader } from '#adapters/kafka/batch-reader.ts';
import { systemClock } from '#adapters/system/clock.ts';
import { KINDS } from '#bench/age/kinds.ts';
import { measureKind } from '#bench/age/measure.ts';
import { BROKER_SETTINGS, prepare } from '#bench/age/stand.ts';
import { known } from '#core/kafka/reading.ts';
import type { OffsetsReader } from '#core/ports.ts';
import { useKafka } from '#test/support/kafka/kafka.ts';

const BUDGET = { rounds: 17, precisePartitions: 200 };

const kafka = useKafka({ settings: BROKER_SETTINGS });
const readers: OffsetsReader[] = [];
afterAll(() => Promise.all(readers.map((reader) => reader.close())));

/** One that knows nothing from before: a monitor that was just started. */
function newReader(): OffsetsReader {
  const { bootstrap: bootstrapBrokers } = kafka();
  const reader = createBatchReader({ bootstrapBrokers, auth: 'plaintext', timeoutMs: 20_000, clock: systemClock });
  readers.push(reader);
  return reader;
}

test.each(KINDS)(
  '$name: $promise',
  async (kind) => {
    const stand = await prepare(kafka().bootstrap, kind);
    const reader = newReader();
    const first = await measureKind(reader, stand, BUDGET);

    expect(first).toMatchObject({ groups: kind.commits.length, promiseKept: true });
    expect(first.rounds).toBeLessThanOrEqual(BUDGET.rounds + 2);
    // Commits that did not move need next to nothing the second time, unless compaction may change
    // what was found.
    const isCompacted = kind.config['cleanup.policy'] === 'compact';
    if (kind.promise === 'exact' && kind.stamps !== undefined && !isCompacted) {
      expect((await measureKind(reader, stand, BUDGET)).rounds).toBeLessThanOrEqual(2);
    }
  },
  180_000,
);

test('is absent when all is read', async () => {
  const [kind] = KINDS;
  if (kind === undefined) throw new Error('there is no kind of data');
  const stand = await prepare(kafka().bootstrap, { ...kind, name: 'read', commits: [1] });
  const { groups } = await newReader().read({ groupIds: [...stand.groups.keys()], ages: BUDGET });

  expect(groups[0]?.partitions[0]?.age).toEqual({ kind: 'absent' });
  expect(groups[0]?.partitions[0]?.committedOffset).toEqual(known(4_000n));
});
