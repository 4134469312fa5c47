import { describe, expect, it } from 'vitest';
import { breakBetween, type LogPosition, positionAfter } from '#core/history/breaks.ts';

describe('breakBetween', () => {
  const before: LogPosition = { topicId: 'a', logEndOffset: 10n, committedOffset: 5n };

  it.each<{ what: string; now: LogPosition; found: string | undefined }>([
    {
      what: 'nothing when offsets move on',
      now: { topicId: 'a', logEndOffset: 11n, committedOffset: 6n },
      found: undefined,
    },
    { what: 'nothing when nothing moves', now: before, found: undefined },
    { what: 'nothing when a poll could read nothing', now: {}, found: undefined },
    { what: 'another topic id', now: { topicId: 'b', logEndOffset: 11n }, found: 'recreated-topic' },
    {
      what: 'another topic id before an earlier end',
      now: { topicId: 'b', logEndOffset: 1n },
      found: 'recreated-topic',
    },
    { what: 'an earlier end', now: { logEndOffset: 9n, committedOffset: 4n }, found: 'log-truncated' },
    { what: 'an earlier commit', now: { logEndOffset: 12n, committedOffset: 4n }, found: 'rewound' },
  ])('finds $what', ({ now, found }) => {
    expect(breakBetween(before, now)).toBe(found);
  });

  it('finds nothing after a poll that could read nothing', () => {
    expect(breakBetween({}, before)).toBeUndefined();
  });
});

describe('positionAfter', () => {
  it('keeps what a later poll could not read', () => {
    const before = { topicId: 'a', logEndOffset: 10n, committedOffset: 5n };

    expect(positionAfter(before, { logEndOffset: 11n })).toEqual({ ...before, logEndOffset: 11n });
    expect(positionAfter(before, { topicId: 'a', committedOffset: 6n })).toEqual({ ...before, committedOffset: 6n });
  });

  it('keeps nothing of another topic', () => {
    expect(positionAfter({ topicId: 'a', logEndOffset: 10n }, { topicId: 'b' })).toEqual({ topicId: 'b' });
  });
});
