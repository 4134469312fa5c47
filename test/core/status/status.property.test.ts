import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ownership } from '#core/status/facts.ts';
import { STATUS_RULES } from '#core/status/rules.ts';
import { judge, MINUTE, polls, type SeenPoll, T0 } from '#test/support/groups/status.ts';

const ownership = fc.constantFrom<Ownership>('owned', 'unowned', 'abandoned', 'unknown');
/**
 * Everything that can happen, in any order: commits that go back, logs that shrink, polls that
 * fail.
 */
const anyPoll: fc.Arbitrary<Omit<SeenPoll, 'minute'>> = fc.record(
  {
    commit: fc.oneof(fc.nat({ max: 50 }), fc.constant('none' as const)),
    end: fc.nat({ max: 60 }),
    start: fc.nat({ max: 20 }),
    topicId: fc.constantFrom('a', 'b'),
  },
  { requiredKeys: [] },
);
/** Minutes of polls, from 6 seconds to 4 minutes apart. */
const times = fc
  .array(fc.double({ min: 0.1, max: 4, noNaN: true }), { minLength: 1, maxLength: 60 })
  .map((gaps) => gaps.map((_, i) => gaps.slice(0, i + 1).reduce((sum, gap) => sum + gap, 0)));
const anyPast = fc
  .tuple(times, fc.array(anyPoll, { minLength: 60, maxLength: 60 }))
  .map(([at, seen]) => at.map((minute, i): SeenPoll => ({ minute, ...seen[i] })));
const endAt = (minute: number) => 10_000 + Math.round(600 * minute);
const last = (past: readonly SeenPoll[]): SeenPoll => past.at(-1) ?? { minute: 0 };

describe('judgeGroup, whatever the past', () => {
  it('always returns a declared rule with its status and a start in the past', () => {
    fc.assert(
      fc.property(anyPast, ownership, (past, who) => {
        const { partition } = judge(past, who);

        expect(STATUS_RULES).toContainEqual(expect.objectContaining({ id: partition.rule, kind: partition.kind }));
        expect(partition.sinceMs).toBeGreaterThanOrEqual(T0);
        expect(partition.sinceMs).toBeLessThanOrEqual(T0 + last(past).minute * MINUTE);
        expect(Object.values(partition.evidence).every(Number.isFinite)).toBe(true);
      }),
    );
  });

  it('is never ok for an unreadable partition or a commit beyond the end', () => {
    fc.assert(
      fc.property(anyPast, ownership, (past, who) => {
        const { commit, end } = last(past);
        const isSound = typeof commit === 'number' && end !== undefined && commit <= end;
        const { partition, group } = judge(past, who);

        if (!isSound) expect(partition.kind).not.toBe('ok');
        if (!isSound) expect(group.kind).not.toBe('ok');
      }),
    );
  });

  it('is ok as soon as a poll finds everything read', () => {
    fc.assert(
      fc.property(anyPast, fc.constantFrom<Ownership>('owned', 'unowned', 'unknown'), (past, who) => {
        const next = { minute: last(past).minute + 1, commit: 99, end: 99 };

        expect(judge([...past, next], who).partition).toMatchObject({ kind: 'ok', rule: 'caught-up' });
      }),
    );
  });

  it('does not change when all times are shifted', () => {
    fc.assert(
      fc.property(anyPast, fc.integer({ min: 1, max: 100_000 }), ownership, (past, later, who) => {
        const shifted = past.map((poll) => ({ ...poll, minute: poll.minute + later }));
        const [before, after] = [judge(past, who).partition, judge(shifted, who).partition];

        expect({ kind: after.kind, rule: after.rule }).toEqual({ kind: before.kind, rule: before.rule });
        expect(Math.abs(after.sinceMs - before.sinceMs - later * MINUTE)).toBeLessThan(1);
      }),
    );
  });

  it('ignores polls from before the clock was set back', () => {
    fc.assert(
      fc.property(anyPast, anyPast, ownership, (before, after, who) => {
        const setBack = before.map((poll) => ({ ...poll, minute: poll.minute + 1_000 }));

        expect(judge([...setBack, ...after], who)).toEqual(judge(after, who));
      }),
    );
  });
});

describe('judgeGroup, whenever polls come', () => {
  it('never reports a problem for a group that reads records within half a minute', () => {
    const lag = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 60, maxLength: 60 });
    fc.assert(
      fc.property(times, lag, (at, lags) => {
        // Commits only move forward, so lag falls no faster than records are produced.
        let commit = 0;
        const past = at.map((minute, i): SeenPoll => {
          commit = Math.max(commit, endAt(minute) - (lags[i] ?? 0));
          return { minute, commit, end: endAt(minute) };
        });

        expect(['ok', 'unknown', 'warning']).toContain(judge(past).partition.kind);
        if (last(past).minute > 60) expect(judge(past).partition.kind).toBe('ok');
      }),
    );
  });

  it('reports a group as stopped 5 minutes after its last commit, not earlier', () => {
    fc.assert(
      fc.property(times, fc.double({ min: 0.2, max: 20, noNaN: true }), (at, restMinutes) => {
        const stopsAt = last(polls(at, () => ({}))).minute;
        const seen = (minute: number) => ({ commit: endAt(Math.min(minute, stopsAt)) - 50, end: endAt(minute) });
        const { partition } = judge(polls([...at, stopsAt + restMinutes], seen), 'unowned');

        if (at.length > 2 && restMinutes > 5.01) expect(partition.kind).toBe('stopped');
        if (restMinutes < 4.99) expect(partition.kind).not.toBe('stopped');
      }),
    );
  });

  it('reports a group that reads half of the records within 9 minutes and 3 polls', () => {
    fc.assert(
      fc.property(times, (at) => {
        const start = 10;
        const seen = (minute: number) => ({
          commit: endAt(minute) - 50 - 300 * Math.max(0, minute - start),
          end: endAt(minute),
        });
        const past = polls([...Array.from({ length: 10 }, (_, i) => i), ...at.map((minute) => start + minute)], seen);
        const { kind } = judge(past).partition;

        if (at.length > 5 && last(past).minute > start + 9) expect(kind).toBe('warning');
        expect(kind).not.toBe('stopped');
      }),
    );
  });
});
