import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  appendReading,
  emptyHistory,
  type GroupSample,
  newestOf,
  type PartitionOwner,
  type PartitionSample,
  type PollSample,
} from '#core/history/history.ts';
import { decodeHistory, encodeHistory } from '#core/history/stored/codec.ts';
import { byPartition, type ClusterReading, partitionKey, type RecordAge } from '#core/kafka/model.ts';
import { absent, known, type Reading, unknown } from '#core/kafka/reading.ts';
import { jsonText } from '#core/text/json.ts';
import { historyOf, pollSamplesOf } from '#test/support/groups/history.ts';
import { clusterReadingOf, groupReadingOf, partitionOf } from '#test/support/groups/readings.ts';

/** One generator for each field: a field that the codec drops fails the round trip. */
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
  owner: fc.record({ clientId: text, host: text } satisfies Generators<PartitionOwner>),
  unowned: fc.constant(true as const),
};
/** The commit is known, none or unread; the owner is known, nobody or unread. */
const partition = fc.record(partitionFields, { requiredKeys: ['topic', 'partition'] }).map(
  ({ committedOffset, owner, ...rest }): PartitionSample => ({
    ...rest,
    ...(rest.uncommitted === true || committedOffset === undefined ? {} : { committedOffset }),
    ...(rest.unowned === true || owner === undefined ? {} : { owner }),
  }),
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
const anyPolls = fc.array(fc.record(sampleFields, { requiredKeys: ['atMs', 'groups'] }), { maxLength: 4 });

const wholeMs = fc.nat({ max: 1_000_000_000 });
const anyAge: fc.Arbitrary<Reading<RecordAge>> = fc.oneof(
  fc.constant(absent),
  fc.constantFrom('denied', 'was not asked', '').map(unknown),
  fc
    .tuple(wholeMs, fc.option(wholeMs), fc.boolean())
    .map(([atLeastMs, width, proven]) =>
      known({ atLeastMs, ...(width === null ? {} : { atMostMs: atLeastMs + width }), proven }),
    ),
);

const EVERY_FIELD: PollSample[] = [
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
          { topic: 'orders', partition: 1, uncommitted: true, logEndOffset: 5n, unowned: true },
          { topic: 'orders', partition: 2, owner: { clientId: 'c', host: 'h' } },
        ],
      },
    ],
  },
];

/** Ids that two polls share, of topics with the names of inherited properties. */
const topicIds = Object.fromEntries([
  ['__proto__', 'a'],
  ['constructor', 'b'],
]);
const NAMES_OF_OBJECTS: PollSample[] = [1, 2].map((atMs) => ({ atMs, topicIds, groups: [] }));

describe('the history codec', () => {
  it('decodeHistory restores every history from encodeHistory', () => {
    fc.assert(
      fc.property(anyPolls, (polls) => {
        expect(decoded(encodeHistory(historyOf(polls)))).toStrictEqual(inOrder(plain(polls)));
      }),
      { examples: [[EVERY_FIELD], [NAMES_OF_OBJECTS], [[]]] },
    );
  });

  it('decodeHistory restores polls in which offsets move', () => {
    const polls = fc.array(fc.array(fc.tuple(offset, offset, offset), { minLength: 3, maxLength: 3 }), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(polls, (rows) => {
        const samples = rows.map((row, i) => ({ atMs: i, groups: [groupOf(row), groupOf(row.slice(i % 3), 'h')] }));

        expect(decoded(encodeHistory(historyOf(samples)))).toStrictEqual(samples);
      }),
    );
  });

  it('decodeHistory restores the cluster id, and none when the text has none', () => {
    const history = historyOf(EVERY_FIELD);

    expect(decodeHistory(encodeHistory({ ...history, clusterId: 'L-1' }))).toMatchObject({
      history: { clusterId: 'L-1' },
    });
    expect(encodeHistory(history)).not.toContain('clusterId');
    expect(decodeHistory(encodeHistory(history))).not.toHaveProperty('history.clusterId');
  });

  it('decodeHistory shares topic ids between polls', () => {
    const result = decodeHistory(encodeHistory(historyOf(NAMES_OF_OBJECTS)));
    const [first, second] = result.kind === 'history' ? result.history.samples : [];

    expect(Object.keys(first?.topicIds ?? {})).toEqual(['__proto__', 'constructor']);
    expect(second?.topicIds).toBe(first?.topicIds);
  });

  it('encodeHistory writes once what does not change, and the movements of offsets', () => {
    const at = (committed: bigint) => groupOf([[committed, 9n, 1n]]);
    const text = encodeHistory(historyOf([5n, 5n, 7n].map((committed, atMs) => ({ atMs, groups: [at(committed)] }))));
    const [head, ...polls] = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));

    expect(head).toMatchObject({
      times: [0, 1, 2],
      logs: [['t', [0]]],
      stretches: [{ groupId: 'g', first: 0, polls: 3, states: [['Stable', 3]], logs: [[0, 1]] }],
    });
    expect(polls).toEqual([
      { commits: [5], ends: [9], starts: [1] },
      { commits: [0], ends: [0], starts: [0] },
      { commits: [2], ends: [0], starts: [0] },
    ]);
  });

  it('encodeHistory leaves out logs that no group reads any more', () => {
    const [first, second] = ['old', 'new'].map((topic, atMs) =>
      clusterReadingOf(atMs, [{ ...groupReadingOf(), partitions: [{ ...partitionOf(0, [1, 2]), topic }] }]),
    ) as [ClusterReading, ClusterReading];
    const history = [first, second, { ...second, atMs: 2 }].reduce(
      (h, each) => appendReading(h, each, 2),
      emptyHistory,
    );

    expect(encodeHistory(history)).not.toContain('"old"');
  });

  it('decodeHistory restores the ages of the newest poll, and the next poll drops them', () => {
    const ages = fc.array(anyAge, { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(ages, (all) => {
        const partitions = all.map((age, i) => ({ ...partitionOf(i, [1, 2]), age }));
        const reading = clusterReadingOf(1, [{ ...groupReadingOf({ members: 0 }), partitions }]);
        const stored = appendReading(emptyHistory, reading, 5);
        const result = decodeHistory(encodeHistory(stored));
        if (result.kind !== 'history') throw new Error(result.reason);

        for (const history of [stored, result.history]) {
          const next = appendReading(history, { ...reading, atMs: 2, groups: [] }, 5);

          expect(newestOf(history, 'billing')?.partitions.map(({ age }) => age)).toStrictEqual(all);
          expect(next.samples[0]).not.toHaveProperty('ages');
        }
      }),
    );
  });

  it('decodeHistory returns `lost` for any other text and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (stored) => {
        expect(decodeHistory(stored)).toMatchObject({ kind: 'lost' });
      }),
    );
  });

  it.each([
    ['{', 'it is not JSON'],
    ['{}', 'it has no format number'],
    ['{"format":2,"times":[]}', 'its format is 2; this version reads format 3'],
    ['{"format":3}', 'times: Invalid input: expected array, received undefined'],
  ])('decodeHistory says what is wrong with the text %s', (stored, why) => {
    expect(decodeHistory(stored)).toEqual({ kind: 'lost', reason: `the stored history cannot be used: ${why}` });
  });

  it.each([
    ['stretches.0.polls', { polls: 0 }],
    ['group "g" has more polls than the history, which has 1', { first: 1 }],
    ['2 values for 1 polls', { states: [['Stable', 2]] }],
    ['log 1 of 1', { logs: [[0, 2]] }],
    ['2 owners for 1 partitions', { owners: [[{ table: [], of: [-1, -1] }, 1]] }],
    ['owner 0 of 0', { owners: [[{ table: [], of: [0] }, 1]] }],
  ])('decodeHistory rejects a wrong run of a group: %s', (reason, change) => {
    const [head = '', ...polls] = ONE_POLL.split('\n');
    const { stretches, ...rest } = JSON.parse(head);
    const text = [jsonText({ ...rest, stretches: [{ ...stretches[0], ...change }] }), ...polls].join('\n');

    expect(decodeHistory(text)).toMatchObject({ kind: 'lost', reason: expect.stringContaining(reason) });
  });

  it.each([
    ['commits: is not a column', { commits: 7 }],
    ['2 commits for 1 partitions', { commits: [1, 2] }],
    ['undefined is not the movement', { commits: [] }],
    ['2 offsets for 1 logs', { ends: [1, 2] }],
    ['"x" is not the movement', { commits: ['x'] }],
    ['0.5 is not the movement', { commits: [0.5] }],
    ['true is not the movement', { commits: [true] }],
    ['a log without an offset', { ends: ['none'] }],
    ['0 ages for 1 partitions', { ages: { lower: [], upper: [], reasons: [] } }],
    ['"0" is not an age', { ages: { lower: ['0'], upper: [], reasons: [] } }],
    ['true is not an age', { ages: { lower: [true], upper: [], reasons: [] } }],
    ['undefined is not the width of an age', { ages: { lower: [5], upper: [], reasons: [] } }],
  ])('decodeHistory rejects a wrong poll: %s', (reason, change) => {
    const [head, poll = ''] = ONE_POLL.split('\n');
    const text = [head, jsonText({ ...JSON.parse(poll), ...change }), ''].join('\n');

    expect(decodeHistory(text)).toMatchObject({ kind: 'lost', reason: expect.stringContaining(reason) });
  });

  it('decodeHistory rejects a text with too few polls', () => {
    expect(decodeHistory(ONE_POLL.slice(0, -2))).toMatchObject({
      reason: expect.stringContaining('0 lines for 1 polls'),
    });
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

/** The text of one poll of one partition. */
const ONE_POLL = encodeHistory(historyOf([{ atMs: 1, groups: [groupOf([[1n, 2n, 0n]])] }]));

function decoded(text: string): PollSample[] | string {
  const result = decodeHistory(text);
  return result.kind === 'history' ? inOrder(pollSamplesOf(result.history)) : result.reason;
}

/** Sorts the groups of each poll: their order does not matter. */
const inOrder = (samples: readonly PollSample[]): PollSample[] =>
  samples.map((sample) => ({
    ...sample,
    groups: sample.groups.toSorted((a, b) => (a.groupId < b.groupId ? -1 : 1)),
  }));

/** Restores prototypes: fast-check sometimes makes records without one. */
function plain(polls: readonly PollSample[]): PollSample[] {
  return structuredClone([...polls]);
}
