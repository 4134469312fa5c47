import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isBelow, unreadDistance, unreadRecords } from '#core/kafka/offsets.ts';

describe('unreadRecords', () => {
  it.each([
    { what: 'the records from the commit to the end', commit: 4n, start: 1n, end: 10n, unread: 6 },
    { what: 'the records from a log start beyond the commit', commit: 4n, start: 7n, end: 10n, unread: 3 },
    { what: '0 when the commit is at the end', commit: 10n, start: 0n, end: 10n, unread: 0 },
    { what: '0 when the commit lies beyond the end', commit: 12n, start: 0n, end: 10n, unread: 0 },
    { what: 'an exact count beyond 2^53', commit: 2n ** 62n, start: 0n, end: 2n ** 62n + 1n, unread: 1 },
  ])('returns $what', ({ commit, start, end, unread }) => {
    expect(unreadRecords(commit, start, end)).toBe(unread);
  });

  it('equals unreadDistance on numbers', () => {
    const offset = fc.integer({ min: 0, max: 50 });
    fc.assert(
      fc.property(offset, offset, offset, (commit, start, end) => {
        expect(unreadDistance(commit, start, end)).toBe(unreadRecords(BigInt(commit), BigInt(start), BigInt(end)));
      }),
    );
  });

  it('has a twin on numbers that counts from the commit without a known log start', () => {
    expect(unreadDistance(4, Number.NaN, 10)).toBe(6);
  });
});

describe('isBelow', () => {
  it('compares two offsets that are known', () => {
    expect([isBelow(1n, 2n), isBelow(2n, 2n), isBelow(3n, 2n)]).toEqual([true, false, false]);
  });

  it('is false when an offset is not known', () => {
    expect([isBelow(undefined, 2n), isBelow(1n, undefined)]).toEqual([false, false]);
  });
});
