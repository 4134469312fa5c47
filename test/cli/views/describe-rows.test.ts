import { expect, test } from 'vitest';
import { describeRows, isPartial, wholeLag } from '#cli/views/describe-rows.ts';
import { viewReading } from '#core/group/view-reading.ts';
import { byGroupId, type ClusterReading, type OtherGroup } from '#core/kafka/model.ts';
import { absent, known, unknown } from '#core/kafka/reading.ts';
import { clusterReadingOf, groupReadingOf } from '#test/support/groups/readings.ts';

const READ = groupReadingOf({ groupId: 'billing', offsets: [[2, 5]] });
const other = (traits: Partial<OtherGroup>): OtherGroup => ({
  groupId: 'workers',
  type: 'classic',
  protocol: 'connect',
  state: known('Stable'),
  lag: absent,
  ...traits,
});
const queue = (lag: OtherGroup['lag']) => other({ groupId: 'a queue', type: 'share', protocol: 'share', lag });
const reading = (traits: Partial<ClusterReading>): ClusterReading => ({
  ...clusterReadingOf(1_000, [READ]),
  ...traits,
});
const context = { polls: new Map(), isolationOf: () => 'read_uncommitted' as const, windowMs: 300_000 };
const described = (traits: Partial<ClusterReading>) => viewReading(reading(traits), context).toSorted(byGroupId);
const partial = (traits: Partial<ClusterReading>) => isPartial(reading(traits), described(traits));

test('groups of all sorts are in order of name, and those without committed offsets have no row', () => {
  const groups = described({
    unreadableGroups: [{ groupId: 'secret', reason: 'denied' }],
    otherGroups: [other({}), queue(known(6))],
  });

  expect(groups.map((view) => [view.groupId, view.kind, view.type, wholeLag(view), describeRows(view).length])).toEqual(
    [
      ['a queue', known('share'), known('share'), known(6), 0],
      ['billing', known('consumer'), known('classic'), absent, 1],
      ['secret', unknown('denied'), unknown('denied'), absent, 0],
      ['workers', known('connect'), known('classic'), absent, 0],
    ],
  );
  expect(groups.map(({ memberCount }) => memberCount)).toEqual([absent, known(1), unknown('denied'), absent]);
});

test('a description is partial without a state, but not without the lag of a share group on an old Kafka', () => {
  expect(partial({ otherGroups: [other({}), queue(unknown('needs Kafka 4.2'))] })).toBe(false);
  expect(partial({ otherGroups: [other({ state: unknown('needs Kafka 2.6') })] })).toBe(true);
  expect(partial({ unreadableGroups: [{ groupId: 'secret', reason: 'denied' }] })).toBe(true);
  expect(partial({ problems: [{ broker: 'b1:9092', request: 'ListGroups', reason: 'timed out' }] })).toBe(true);
});
