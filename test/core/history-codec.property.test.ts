import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GroupSample, LagHistory, PartitionSample, PollSample } from '../../src/core/history.ts';
import { decodeHistory, encodeHistory, jsonText } from '../../src/core/history-codec.ts';

/** A generator per field, none forgotten: a field that the codec drops fails the round trip. */
type Generators<T> = { readonly [K in keyof T]-?: fc.Arbitrary<Exclude<T[K], undefined>> };

const offset = fc.bigInt({ min: -1n, max: 2n ** 63n - 1n });
const text = fc.string({ unit: 'binary', maxLength: 20 });

const partitionFields: Generators<PartitionSample> = {
  topic: text,
  partition: fc.nat(),
  committedOffset: offset,
  uncommitted: fc.constant(true as const),
  logEndOffset: offset,
};
const { committedOffset, ...withoutCommit } = partitionFields;
const { uncommitted, ...neverUncommitted } = partitionFields;
const partition = fc.oneof(
  fc.record(withoutCommit, { requiredKeys: ['topic', 'partition'] }),
  fc.record(neverUncommitted, { requiredKeys: ['topic', 'partition'] }),
);

const groupFields: Generators<GroupSample> = {
  groupId: text,
  state: text,
  assignment: text,
  partitions: fc.array(partition, { maxLength: 5 }),
};
const sampleFields: Generators<PollSample> = {
  atMs: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
  topicIds: fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true }),
  groups: fc.array(fc.record(groupFields, { requiredKeys: ['groupId', 'partitions'] }), { maxLength: 3 }),
};
const historyFields: Generators<LagHistory> = {
  samples: fc.array(fc.record(sampleFields, { requiredKeys: ['atMs', 'groups'] }), { maxLength: 4 }),
};

const EVERY_FIELD: LagHistory = {
  samples: [
    {
      atMs: 1,
      topicIds: { orders: 'a' },
      groups: [
        {
          groupId: 'billing',
          state: 'Stable',
          assignment: 'x',
          partitions: [
            { topic: 'orders', partition: 0, committedOffset: 3n, logEndOffset: 5n },
            { topic: 'orders', partition: 1, uncommitted: true, logEndOffset: 5n },
            { topic: 'orders', partition: 2 },
          ],
        },
      ],
    },
  ],
};

describe('history codec', () => {
  it('decodeHistory gives back every history that encodeHistory wrote', () => {
    fc.assert(
      fc.property(fc.record(historyFields), (history) => {
        expect(decodeHistory(encodeHistory(plain(history)))).toStrictEqual({
          kind: 'history',
          history: plain(history),
        });
      }),
      { examples: [[EVERY_FIELD], [{ samples: [] }]] },
    );
  });

  it('decodeHistory never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (stored) => {
        expect(decodeHistory(stored)).toMatchObject({ kind: 'lost' });
      }),
    );
  });

  it.each([
    ['{', 'it is not JSON'],
    ['{}', 'it names no format'],
  ])('decodeHistory says what is wrong with %s', (stored, why) => {
    expect(decodeHistory(stored)).toEqual({ kind: 'lost', reason: `the stored history cannot be used: ${why}` });
  });

  it('decodeHistory names a format that it does not read', () => {
    expect(decodeHistory(jsonText({ format: 2, samples: [] }))).toEqual({
      kind: 'lost',
      reason: 'the stored history cannot be used: its format is 2, and this version reads format 1',
    });
  });

  it.each([[undefined], [() => 1]])('jsonText refuses %s, which would be stored as nothing', (value) => {
    expect(() => jsonText(value)).toThrow(new TypeError(`a value of type ${typeof value} cannot be stored as JSON`));
  });

  it('decodeHistory names the place of the first thing it does not understand', () => {
    const stored = jsonText({
      format: 1,
      samples: [{ atMs: 1, groups: [{ groupId: 'g', partitions: [['t', 0, '1']] }] }],
    });
    expect(decodeHistory(stored)).toMatchObject({ reason: expect.stringContaining('samples.0.groups.0.partitions.0') });
  });
});

/** fast-check makes records without a prototype on purpose now and then; toStrictEqual minds. */
function plain(history: LagHistory): LagHistory {
  return structuredClone(history);
}
