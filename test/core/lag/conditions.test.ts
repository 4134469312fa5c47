import { describe, expect, it } from 'vitest';
import type { TimedSample } from '#core/history/history.ts';
import type { ClusterReading, GroupReading, PartitionReading } from '#core/kafka/model.ts';
import { absent, known, unknown } from '#core/kafka/reading.ts';
import { CONDITIONS, conditionSchema, conditionsOf, conditionText } from '#core/lag/conditions.ts';
import { present } from '#core/text/json.ts';
import { clusterReadingOf, groupReadingOf, type Offsets, partitionOf } from '#test/support/groups/readings.ts';

const AT = 1_800_000_000_000;

interface Scene {
  readonly partitions?: readonly PartitionReading[];
  readonly members?: GroupReading['members'];
  readonly kind?: GroupReading['kind'];
  readonly reading?: Partial<ClusterReading>;
  /** [committed, end] by partition at the previous poll. */
  readonly before?: readonly Offsets[];
  readonly topicIdBefore?: string;
}

function conditionsIn({ partitions = [], members, kind = 'consumer', reading = {}, before, topicIdBefore }: Scene) {
  const group: GroupReading = {
    ...groupReadingOf({ offsets: [[0, 0]] }),
    kind,
    partitions,
    ...(members ? { members } : {}),
  };
  const sample: TimedSample | undefined = before && {
    atMs: AT - 60_000,
    groupId: group.groupId,
    ...(topicIdBefore === undefined ? {} : { topicIds: { orders: topicIdBefore } }),
    partitions: before.map(([committed, end], partition) => ({
      topic: 'orders',
      partition,
      ...(committed === null ? {} : { committedOffset: BigInt(committed) }),
      logEndOffset: BigInt(end),
    })),
  };
  const whole = { ...clusterReadingOf(AT, [group]), ...reading };
  return conditionsOf(group, { reading: whole, ...(sample ? { before: sample } : {}) });
}

const unreadable = (fault: PartitionReading['fault']) => ({
  ...partitionOf(0, [5, 9]),
  logStartOffset: unknown('x'),
  logEndOffset: unknown('x'),
  lastStableOffset: unknown('x'),
  ...present({ fault }),
});
const heldBack = { ...partitionOf(0, [5, 9]), lastStableOffset: known(5n) };
const topics = (id: string, partitions = 1) => new Map([['orders', { id, partitions }]]);
const transaction = {
  transactionalId: 'pay',
  producerId: 1n,
  startedAtMs: AT - 90_000,
  partitions: [{ topic: 'orders', partition: 0 }],
};
const elsewhere = { ...transaction, partitions: [{ topic: 'orders', partition: 7 }] };

describe('conditionsOf', () => {
  it.each<[string, Scene, readonly object[]]>([
    ['nothing for a healthy group', { partitions: [partitionOf(0, [5, 9])] }, []],
    [
      'a group with commits and no member',
      { partitions: [partitionOf(0, [5, 9])], members: known([]) },
      [{ id: 'no-members' }],
    ],
    [
      'nothing for a group that only commits',
      { partitions: [partitionOf(0, [5, 9])], members: known([]), kind: 'simple' },
      [],
    ],
    [
      'nothing for a group whose members are unknown',
      { partitions: [partitionOf(0, [5, 9])], members: unknown('x') },
      [],
    ],
    [
      'nothing for an empty group without a commit',
      { partitions: [partitionOf(0, [null, 9])], members: known([]) },
      [],
    ],
    [
      'a commit beyond the end',
      { partitions: [partitionOf(0, [9, 4])] },
      [{ id: 'commit-beyond-end', topic: 'orders', partitions: [0] }],
    ],
    [
      'a recreated topic',
      {
        partitions: [partitionOf(0, [3, 4])],
        reading: { topics: topics('new') },
        before: [[3, 9]],
        topicIdBefore: 'old',
      },
      [{ id: 'recreated-topic', topic: 'orders' }],
    ],
    [
      'a truncated log, where the topic is the same',
      {
        partitions: [partitionOf(0, [3, 4])],
        reading: { topics: topics('same') },
        before: [[3, 9]],
        topicIdBefore: 'same',
      },
      [{ id: 'log-truncated', topic: 'orders', partitions: [0] }],
    ],
    [
      'a truncated log, where topics have no ids',
      { partitions: [partitionOf(0, [3, 4])], before: [[3, 9]] },
      [{ id: 'log-truncated', topic: 'orders', partitions: [0] }],
    ],
    [
      'nothing for a log that grew',
      { partitions: [partitionOf(0, [3, 12])], before: [[3, 9]], topicIdBefore: 'a' },
      [],
    ],
    [
      'a deleted topic with commits left',
      { partitions: [unreadable('no-topic')] },
      [{ id: 'deleted-topic', topic: 'orders' }],
    ],
    [
      'a commit on a partition that does not exist',
      { partitions: [unreadable('no-partition')] },
      [{ id: 'no-partition', topic: 'orders', partitions: [0] }],
    ],
    ['a topic that is denied', { partitions: [unreadable('denied')] }, [{ id: 'denied', topic: 'orders' }]],
    [
      'a partition without a leader',
      { partitions: [unreadable('no-leader')] },
      [{ id: 'no-leader', topic: 'orders', partitions: [0] }],
    ],
    ['nothing for a fault without a name', { partitions: [unreadable(undefined)] }, []],
    [
      'partitions without a commit, while others have one: owned, and known by the topic alone',
      { partitions: [partitionOf(0, [5, 9]), partitionOf(1, [null, 9])], reading: { topics: topics('a', 4) } },
      [{ id: 'uncommitted', topic: 'orders', partitions: [1, 2, 3] }],
    ],
    [
      'nothing for a commit that could not be read',
      { partitions: [partitionOf(0, [5, 9]), { ...partitionOf(1, [1, 2]), committedOffset: unknown('x') }] },
      [],
    ],
    [
      'a topic that no member is assigned',
      {
        partitions: [partitionOf(0, [5, 9])],
        members: known([
          { memberId: 'm', clientId: 'c', host: 'h', assignment: [{ topic: 'payments', partition: 0 }] },
        ]),
      },
      [{ id: 'abandoned-topic', topic: 'orders' }],
    ],
    [
      'records that retention deleted',
      { partitions: [partitionOf(0, [2, 10, 6])] },
      [{ id: 'records-lost', topic: 'orders', partitions: [0] }],
    ],
    [
      'an open transaction with its holder',
      { partitions: [heldBack], reading: { openTransactions: known([elsewhere, transaction]) } },
      [{ id: 'open-transaction', topic: 'orders', partitions: [0], detail: 'held by "pay" for 90 s' }],
    ],
    [
      'an open transaction whose holder could not be described',
      {
        partitions: [heldBack],
        reading: { openTransactions: known([{ ...transaction, startedAtMs: undefined as never }]) },
      },
      [expect.objectContaining({ detail: 'held by "pay"' })],
    ],
    [
      'an open transaction whose holder is not visible',
      { partitions: [heldBack], reading: { openTransactions: known([elsewhere]) } },
      [
        expect.objectContaining({
          detail: expect.stringMatching(/not visible: it has ended, its coordinator .* or the permission/),
        }),
      ],
    ],
    [
      'an open transaction whose holders could not be read',
      { partitions: [heldBack], reading: { openTransactions: unknown('needs Kafka 3.0') } },
      [expect.objectContaining({ detail: 'its holder is not visible: needs Kafka 3.0' })],
    ],
    [
      'a tail that may be markers alone',
      { partitions: [partitionOf(0, [14, 15])], before: [[14, 15]] },
      [{ id: 'possibly-only-markers', topic: 'orders', partitions: [0] }],
    ],
    ['no markers where the commit moved', { partitions: [partitionOf(0, [14, 15])], before: [[13, 15]] }, []],
    ['no markers where the end moved', { partitions: [partitionOf(0, [14, 15])], before: [[14, 14]] }, []],
    ['no markers where much is unread', { partitions: [partitionOf(0, [1, 15])], before: [[1, 15]] }, []],
    ['no markers where nothing is unread', { partitions: [partitionOf(0, [15, 15])], before: [[15, 15]] }, []],
    [
      'no markers without members',
      { partitions: [partitionOf(0, [14, 15])], before: [[14, 15]], members: known([]) },
      [{ id: 'no-members' }],
    ],
    [
      'no markers where the members read other topics',
      {
        partitions: [partitionOf(0, [14, 15])],
        before: [[14, 15]],
        members: known([
          { memberId: 'm', clientId: 'c', host: 'h', assignment: [{ topic: 'payments', partition: 0 }] },
        ]),
      },
      [{ id: 'abandoned-topic', topic: 'orders' }],
    ],
    [
      'no markers behind an open transaction, whose records are unread',
      { partitions: [{ ...partitionOf(0, [14, 17]), lastStableOffset: known(15n) }], before: [[14, 17]] },
      [expect.objectContaining({ id: 'open-transaction' })],
    ],
    ['no markers at the first poll', { partitions: [partitionOf(0, [14, 15])] }, []],
  ])('reports %s', (_, scene, conditions) => {
    expect(conditionsIn(scene)).toEqual(conditions);
  });

  it('reports each condition once for all of its partitions', () => {
    const partitions = [partitionOf(0, [9, 4]), partitionOf(1, [1, 4]), partitionOf(2, [9, 4])];
    expect(conditionsIn({ partitions })).toEqual([{ id: 'commit-beyond-end', topic: 'orders', partitions: [0, 2] }]);
  });
});

describe('a condition', () => {
  it.each(Object.keys(CONDITIONS))('%s can be stored and read back', (id) => {
    const condition = { id, topic: 'orders', partitions: [1], detail: 'x' };
    expect(conditionSchema.parse(JSON.parse(JSON.stringify(condition)))).toEqual(condition);
  });

  it('is a line of text that counts the partitions beyond ten', () => {
    expect(conditionText({ id: 'no-members' })).toBe('no-members: the group has commits but no members: nothing reads');
    expect(conditionText({ id: 'denied', topic: 'or"ders' })).toContain('denied: topic "or\\"ders": an ACL');
    expect(conditionText({ id: 'no-leader', topic: 'orders', partitions: [3, 7] })).toMatch(/, partition 3, 7: /);
    const partitions = Array.from({ length: 12 }, (_, p) => p);
    const text = conditionText({ id: 'no-leader', topic: 'orders', partitions, detail: 'why' });
    expect(text).toMatch(/^no-leader: topic "orders", partition 0, 1, .*, 9 and 2 more: .*; why$/);
  });

  it('takes nothing from a partition without a commit', () => {
    expect(conditionsIn({ partitions: [{ ...partitionOf(0, [null, 4]), committedOffset: absent }] })).toEqual([]);
  });
});
