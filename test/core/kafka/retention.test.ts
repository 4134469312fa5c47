import { expect, it } from 'vitest';
import { retentionIn } from '#core/kafka/retention.ts';

const DELETED = { 'cleanup.policy': 'delete', 'retention.ms': '604800000', 'retention.bytes': '-1' };
const WEEK = { kind: 'known', value: { ms: 604_800_000 } };
const unknownFor = (reason: string) => ({ kind: 'unknown', reason: expect.stringContaining(reason) });

it.each([
  ['a time', {}, WEEK],
  ['a time where it is compacted too', { 'cleanup.policy': 'compact,delete' }, WEEK],
  ['a time, however the policies are written', { 'cleanup.policy': 'compact, delete' }, WEEK],
  ['a time of nothing', { 'retention.ms': '0' }, { kind: 'known', value: { ms: 0 } }],
  ['a size', { 'retention.ms': '-1', 'retention.bytes': '1000' }, { kind: 'known', value: { bytes: 1_000 } }],
  ['both', { 'retention.bytes': '1000' }, { kind: 'known', value: { ms: 604_800_000, bytes: 1_000 } }],
  ['absent without a limit', { 'retention.ms': '-1' }, { kind: 'absent' }],
  ['absent with the largest of numbers for none', { 'retention.ms': '9223372036854775807' }, { kind: 'absent' }],
  ['absent where records are compacted alone', { 'cleanup.policy': 'compact' }, { kind: 'absent' }],
  ['absent where no policy takes records away', { 'cleanup.policy': '' }, { kind: 'absent' }],
  ['unknown for what is no number', { 'retention.ms': 'a "week"' }, unknownFor('"a \\"week\\"" for retention.ms')],
  ['unknown for nothing', { 'retention.bytes': '' }, unknownFor('"" for retention.bytes')],
])('is %s', (_, change: Record<string, string>, expected) => {
  expect(retentionIn(new Map(Object.entries({ ...DELETED, ...change })))).toEqual(expected);
});

it.each(Object.keys(DELETED))('is unknown when %s was not told', (missing) => {
  const told = Object.entries(DELETED).filter(([key]) => key !== missing);
  expect(retentionIn(new Map(told))).toEqual(unknownFor(`did not tell ${missing}`));
});
