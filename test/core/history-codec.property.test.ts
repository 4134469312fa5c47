import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GroupSample, LagHistory, PartitionSample, PollSample } from '../../src/core/history.ts';
import { decodeHistory, encodeHistory, jsonText } from '../../src/core/history-codec.ts';
import { byPartition, partitionKey } from '../../src/core/kafka.ts';

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
  logStartOffset: offset,
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
  members: fc.nat(),
  epoch: fc.nat(),
  partitions: fc
    .uniqueArray(partition, { maxLength: 5, selector: partitionKey })
    .map((partitions) => partitions.sort(byPartition)),
};
const group = fc.record(groupFields, { requiredKeys: ['groupId', 'partitions'] });
const sampleFields: Generators<PollSample> = {
  atMs: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
  topicIds: fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true }),
  groups: fc.uniqueArray(group, { maxLength: 3, selector: ({ groupId }) => groupId }),
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
          members: 2,
          epoch: 7,
          partitions: [
            { topic: 'orders', partition: 0, committedOffset: 3n, logEndOffset: 5n, logStartOffset: 1n },
            { topic: 'orders', partition: 1, uncommitted: true, logEndOffset: 5n },
            { topic: 'orders', partition: 2 },
          ],
        },
      ],
    },
  ],
};

/** Ids that two polls share, of topics by the names of what every object has. */
const topicIds = Object.fromEntries([
  ['__proto__', 'a'],
  ['constructor', 'b'],
]);
const NAMES_OF_OBJECTS: LagHistory = { samples: [1, 2].map((atMs) => ({ atMs, topicIds, groups: [] })) };

describe('history codec', () => {
  it('decodeHistory gives back every history that encodeHistory wrote', () => {
    fc.assert(
      fc.property(fc.record(historyFields), (history) => {
        expect(decoded(encodeHistory(plain(history)))).toStrictEqual(inOrder(plain(history)));
      }),
      { examples: [[EVERY_FIELD], [NAMES_OF_OBJECTS], [{ samples: [] }]] },
    );
  });

  it('decodeHistory gives back polls that follow one another, as they do', () => {
    const polls = fc.array(fc.array(fc.tuple(offset, offset, offset), { minLength: 3, maxLength: 3 }), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(polls, (rows) => {
        const samples = rows.map((row, i) => ({ atMs: i, groups: [groupOf(row), groupOf(row.slice(i % 3), 'h')] }));

        expect(decoded(encodeHistory({ samples }))).toStrictEqual({ samples });
      }),
    );
  });

  it('decodeHistory gives polls one record of the ids that they share', () => {
    const result = decodeHistory(encodeHistory(NAMES_OF_OBJECTS));
    const [first, second] = result.kind === 'history' ? result.history.samples : [];

    expect(Object.keys(first?.topicIds ?? {})).toEqual(['__proto__', 'constructor']);
    expect(second?.topicIds).toBe(first?.topicIds);
  });

  it('encodeHistory writes what does not move once', () => {
    const still = groupOf([[5n, 9n, 1n]]);
    const text = encodeHistory({ samples: [1, 2, 3].map((atMs) => ({ atMs, groups: [still] })) });

    expect(JSON.parse(text)).toMatchObject({
      times: [1, 2, 3],
      stretches: [{ groupId: 'g', first: 0, polls: 3, states: [['Stable', 3]], topics: [['t', [[0, [5], [9], [1]]]]] }],
    });
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
    ['{"format":1,"samples":[]}', 'its format is 1, and this version reads format 2'],
  ])('decodeHistory says what is wrong with %s', (stored, why) => {
    expect(decodeHistory(stored)).toEqual({ kind: 'lost', reason: `the stored history cannot be used: ${why}` });
  });

  it.each([[undefined], [() => 1]])('jsonText refuses %s, which would be stored as nothing', (value) => {
    expect(() => jsonText(value)).toThrow(new TypeError(`a value of type ${typeof value} cannot be stored as JSON`));
  });

  it.each([
    ['stretches.0.polls', { polls: 0 }],
    ['stretches.0.topics.0.1.0.1: is no column', { topics: [['t', [[0, 7, [], []]]]] }],
    ['group "g" is written beyond 1 polls', { first: 1 }],
    ['2 offsets of 1 polls', { topics: [['t', [[0, [1, 2], [], []]]]] }],
    ['"x" is no movement', { topics: [['t', [[0, ['x'], [], []]]]] }],
    ['0.5 is no movement', { topics: [['t', [[0, [0.5], [], []]]]] }],
    ['true is no movement', { topics: [['t', [[0, [true], [], []]]]] }],
    ['a log without an offset', { topics: [['t', [[0, [1], ['none'], []]]]] }],
    ['2 values of 1 polls', { states: [['Stable', 2]] }],
  ])('decodeHistory says what it does not understand: %s', (reason, change) => {
    const { stretches, ...rest } = JSON.parse(
      encodeHistory({ samples: [{ atMs: 1, groups: [groupOf([[1n, 2n, 0n]])] }] }),
    );
    const text = jsonText({ ...rest, stretches: [{ ...stretches[0], ...change }] });

    expect(decodeHistory(text)).toMatchObject({ kind: 'lost', reason: expect.stringContaining(reason) });
  });

  it('jsonText writes bigints as decimal strings', () => {
    expect(jsonText({ a: 2n ** 60n })).toBe('{"a":"1152921504606846976"}');
  });
});

const groupOf = (rows: readonly (readonly [bigint, bigint, bigint])[], groupId = 'g'): GroupSample => ({
  groupId,
  state: 'Stable',
  partitions: rows.map(([committedOffset, logEndOffset, logStartOffset], partition) => ({
    topic: 't',
    partition,
    committedOffset,
    logEndOffset,
    logStartOffset,
  })),
});

function decoded(text: string): LagHistory | string {
  const result = decodeHistory(text);
  return result.kind === 'history' ? inOrder(result.history) : result.reason;
}

/** The groups of a poll are in no order. */
const inOrder = ({ samples }: LagHistory): LagHistory => ({
  samples: samples.map((sample) => ({
    ...sample,
    groups: sample.groups.toSorted((a, b) => (a.groupId < b.groupId ? -1 : 1)),
  })),
});

/** fast-check makes records without a prototype on purpose now and then; toStrictEqual minds. */
function plain(history: LagHistory): LagHistory {
  return structuredClone(history);
}
