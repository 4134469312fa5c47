import { expect, it } from 'vitest';
import { retentionIn } from '#core/kafka/retention.ts';

const DELETED = { 'cleanup.policy': 'delete', 'retention.ms': '604800000', 'retention.bytes': '-1' };
const WEEK = { kind: 'known', value: { ms: 604_800_000 } };
const unknownFor = (reason: string) => ({ kind: 'unknown', reason: expect.stringContaining(reason) });

it.each([
  ['a time', {}, WEEK],
  ['a time when the topic is compacted too', { 'cleanup.policy': 'compact,delete' }, WEEK],
  ['a time when a space follows the comma of policies', { 'cleanup.policy': 'compact, delete' }, WEEK],
  ['a time of 0', { 'retention.ms': '0' }, { kind: 'known', value: { ms: 0 } }],
  ['a size', { 'retention.ms': '-1', 'retention.bytes': '1000' }, { kind: 'known', value: { bytes: 1_000 } }],
  ['both', { 'retention.bytes': '1000' }, { kind: 'known', value: { ms: 604_800_000, bytes: 1_000 } }],
  ['absent without a limit', { 'retention.ms': '-1' }, { kind: 'absent' }],
  ['absent for the largest number', { 'retention.ms': '9223372036854775807' }, { kind: 'absent' }],
  ['absent when the topic is only compacted', { 'cleanup.policy': 'compact' }, { kind: 'absent' }],
  ['absent without a policy', { 'cleanup.policy': '' }, { kind: 'absent' }],
  [
    'unknown for a text that is not a number',
    { 'retention.ms': 'a "week"' },
    unknownFor('"a \\"week\\"" as retention.ms'),
  ],
  ['unknown for an empty text', { 'retention.bytes': '' }, unknownFor('"" as retention.bytes')],
])('retentionIn is %s', (_, change: Record<string, string>, expected) => {
  expect(retentionIn(new Map(Object.entries({ ...DELETED, ...change })))).toEqual(expected);
});

it.each(Object.keys(DELETED))('retentionIn is unknown when the broker did not return %s', (missing) => {
  const config = Object.entries(DELETED).filter(([key]) => key !== missing);
  expect(retentionIn(new Map(config))).toEqual(unknownFor(`did not return ${missing}`));
});
