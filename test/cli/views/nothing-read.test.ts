import { expect, test } from 'vitest';
import type { FilterFlags } from '#cli/options/filters.ts';
import { nameHint } from '#cli/views/name-hint.ts';
import { nothingRead, nothingReadText, recording } from '#cli/views/nothing-read.ts';
import type { ClusterReading } from '#core/kafka/model.ts';
import { clusterReadingOf, groupReadingOf } from '#test/support/groups/readings.ts';

const readingOf = (changes: Partial<ClusterReading> = {}): ClusterReading => ({
  ...clusterReadingOf(0, []),
  ...changes,
});
const flagsOf = (flags: Partial<FilterFlags> = {}): FilterFlags => ({ internalTopics: false, ...flags });
const withTopic = groupReadingOf({ offsets: [[1, 2]] });
const withoutTopic = groupReadingOf();

test.each([
  [{ groups: ['order', 'a'] }, [], 'no group matches --groups "order" "a"'],
  [{ excludeGroups: ['*'] }, [], 'no group matches --exclude-groups "*"'],
  [{ groups: ['a'], excludeGroups: ['*'] }, [], 'no group matches --groups "a" and --exclude-groups "*"'],
  [{ topics: ['nope'] }, [withoutTopic], 'no topic that the groups read matches --topics "nope"'],
  [{ excludeTopics: ['o*'] }, [withoutTopic], 'no topic that the groups read matches --exclude-topics "o*"'],
])('nothingRead names the options of %j that match nothing', (flags, groups, text) => {
  expect(nothingRead(readingOf({ groups }), flagsOf(flags))).toMatchObject({ text });
});

const OTHER = {
  groupId: 'c',
  type: 'classic',
  protocol: 'connect',
  state: { kind: 'absent' },
  lag: { kind: 'absent' },
} as const;
const PROBLEM = { broker: 'b:9092', request: 'ListGroups', reason: 'timed out' };
const ALL = { groups: ['a'], topics: ['b'] };

test.each([
  ['something was read', ALL, { groups: [withTopic, withoutTopic] }],
  ['a group of another kind was listed', ALL, { otherGroups: [OTHER] }],
  ['a group could not be read', ALL, { unreadableGroups: [{ groupId: 'a', reason: 'denied' }] }],
  ['a request failed', ALL, { problems: [PROBLEM] }],
  ['the cluster has no group', {}, {}],
  ['groups have no topic by themselves', { groups: ['a'] }, { groups: [withoutTopic] }],
])('nothingRead returns undefined when %s', (_, flags, reading) => {
  expect(nothingRead(readingOf(reading), flagsOf(flags))).toBeUndefined();
});

test('nothingReadText suggests a similar group or topic', () => {
  const names = { groups: ['orders-mails'], topics: ['orders'] };
  const [group, topic] = [
    nothingRead(readingOf(), flagsOf({ groups: ['order'] })),
    nothingRead(readingOf({ groups: [withoutTopic] }), flagsOf({ topics: ['order'] })),
  ];

  expect(group && nothingReadText(group, names)).toMatch(/; did you mean "orders-mails"\?$/);
  expect(topic && nothingReadText(topic, names)).toMatch(/; did you mean "orders"\?$/);
});

test('nameHint lists existing names when none is similar, and counts the others', () => {
  expect(nameHint(['x'], [])).toBe('');
  expect(nameHint(['x'], ['ab'])).toBe('; there is "ab"');
  expect(nameHint(['x'], ['a1', 'a2', 'a3', 'a4', 'a5', 'a6'])).toBe(
    '; there are "a1", "a2", "a3", "a4", "a5" and 1 more',
  );
  expect(nameHint(['billin', 'order'], ['billing', 'orders', 'x'])).toBe('; did you mean "billing" or "orders"?');
});

test('a recording reader describes its last reading', async () => {
  const readings = [readingOf(), readingOf({ groups: [withTopic] })];
  const reader = { read: async () => readings.shift() as ClusterReading, close: async () => {} };
  const recorded = recording(reader, flagsOf({ groups: ['a'] }));

  await recorded.read();
  expect(recorded.nothing()).toMatchObject({ what: 'group' });
  await recorded.read();
  expect(recorded.nothing()).toBeUndefined();
});
