import { expect, it } from 'vitest';
import { commitsOffsets, groupKindOf } from '#core/kafka/group-kind.ts';
import { absent, known, unknown } from '#core/kafka/reading.ts';

it.each([
  ['consumer', known('range'), 'consumer'],
  ['consumer', known('stream'), 'streams'],
  ['consumer', absent, 'consumer'],
  ['streams', unknown('denied'), 'streams'],
  ['', absent, 'simple'],
])('a group of protocol %j with assignor %j is %s', (protocol, assignor, kind) => {
  expect(groupKindOf(protocol, assignor)).toBe(kind);
});

it.each([
  ['consumer', true],
  ['streams', true],
  ['', true],
  ['connect', false],
  ['share', false],
])('groups of protocol %j commit offsets: %s', (protocol, commits) => {
  expect(commitsOffsets(protocol)).toBe(commits);
});
