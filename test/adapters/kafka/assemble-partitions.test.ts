import { describe, expect, it } from 'vitest';
import { assembleGroups, partitionsOf } from '#adapters/kafka/assemble.ts';
import { failure, success } from '#adapters/kafka/protocol/failures.ts';
import type { Description } from '#adapters/kafka/read/describe-groups.ts';
import type { GroupAnswer } from '#adapters/kafka/read/read-groups.ts';
import { partitionKey, type TopicPartition } from '#core/kafka/model.ts';
import { absent, known } from '#core/kafka/reading.ts';

const tp = (topic: string, partition: number): TopicPartition => ({ topic, partition });
const member = (memberId: string, assignment: readonly TopicPartition[]) => ({
  memberId,
  clientId: memberId,
  host: '10.0.0.1',
  assignment,
});
const describedWith = (...members: ReturnType<typeof member>[]): Description => ({
  state: known('Stable'),
  assignor: known('range'),
  epoch: known(1),
  members: known(members),
});
const answer = (groupId: string, commits: readonly TopicPartition[], description: Description): GroupAnswer => ({
  group: { groupId, coordinator: { host: 'b1', port: 9092 }, type: 'classic', protocol: 'consumer' },
  commits: success(commits.map((partition) => ({ ...partition, offset: known(4n) }))),
  description: success(description),
});
const log = { start: success(0n), end: success(9n), stable: success(8n) };
const everything = () => true;
const scopeOf = (...partitions: TopicPartition[]) => ({
  offsets: new Map(partitions.map((p) => [partitionKey(p), log])),
  isRead: everything,
});

describe('partitionsOf', () => {
  it('names each partition once that any group committed or owns', () => {
    const answers = [
      answer('a', [tp('t', 0), tp('u', 0)], describedWith()),
      answer('b', [tp('t', 0)], describedWith(member('m', [tp('t', 1), tp('t', 0)]))),
    ];

    expect(partitionsOf(answers, everything).map(partitionKey).sort()).toEqual(['t/0', 't/1', 'u/0']);
  });
});

describe('assembleGroups', () => {
  it('joins the commits of each group to the log that groups share, in order', () => {
    const answers = [
      answer('b', [tp('t', 10), tp('t', 2)], describedWith()),
      answer('a', [tp('t', 2)], describedWith()),
    ];

    const { groups } = assembleGroups(answers, scopeOf(tp('t', 2), tp('t', 10)));

    expect(groups.map((group) => [group.groupId, group.partitions.map(partitionKey)])).toEqual([
      ['a', ['t/2']],
      ['b', ['t/2', 't/10']],
    ]);
    expect(groups[0]?.partitions[0]).toMatchObject({
      committedOffset: known(4n),
      logStartOffset: known(0n),
      logEndOffset: known(9n),
      lastStableOffset: known(8n),
    });
  });

  it('lists a partition once when two members claim it, with an absent commit where there is none', () => {
    const owners = describedWith(member('m', [tp('t', 0), tp('t', 1)]), member('n', [tp('t', 1)]));

    const { groups } = assembleGroups([answer('a', [tp('t', 0)], owners)], scopeOf(tp('t', 0), tp('t', 1)));

    expect(groups[0]?.partitions.map(({ partition, committedOffset }) => [partition, committedOffset])).toEqual([
      [0, known(4n)],
      [1, absent],
    ]);
  });

  it('returns to each group why a log is unknown, with its fault', () => {
    const gone = { ...failure('deleted', false), fault: 'no-topic' as const };
    const answers = ['a', 'b'].map((groupId) => answer(groupId, [tp('t', 0)], describedWith()));

    const { groups } = assembleGroups(answers, {
      offsets: new Map([['t/0', { start: gone, end: gone, stable: gone }]]),
      isRead: everything,
    });

    for (const group of groups) {
      expect(group.partitions).toMatchObject([
        { fault: 'no-topic', logEndOffset: { kind: 'unknown', reason: 'deleted' } },
      ]);
    }
  });

  it('leaves commit and age unknown where an ACL hides the topic that a member owns', () => {
    const denied = { ...failure('denied', false), fault: 'denied' as const };
    const { groups } = assembleGroups([answer('a', [], describedWith(member('m', [tp('t', 0)])))], {
      offsets: new Map([['t/0', { start: denied, end: denied, stable: denied }]]),
      isRead: everything,
      ages: () => absent,
    });

    const unknown = { kind: 'unknown', reason: 'denied' };
    expect(groups[0]?.partitions).toMatchObject([{ committedOffset: unknown, age: unknown }]);
  });

  it('returns a group without commits as unreadable', () => {
    const refused = { ...answer('a', [], describedWith()), commits: failure('denied', false) };

    expect(assembleGroups([refused], scopeOf())).toEqual({
      groups: [],
      unreadable: [{ groupId: 'a', reason: 'committed offsets: denied' }],
    });
  });

  it('leaves out topics that are not read, and matches each name once', () => {
    const matched: string[] = [];
    const isRead = (topic: string) => matched.push(topic) > 0 && topic !== 'hidden';
    const owners = describedWith(member('m', [tp('hidden', 1)]));
    const answers = ['a', 'b'].map((groupId) => answer(groupId, [tp('t', 0), tp('hidden', 0)], owners));

    const { groups } = assembleGroups(answers, { ...scopeOf(tp('t', 0)), isRead });

    expect(groups.map((group) => group.partitions.map(partitionKey))).toEqual([['t/0'], ['t/0']]);
    expect(matched.sort()).toEqual(['hidden', 't']);
  });
});
