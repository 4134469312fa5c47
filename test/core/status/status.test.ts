import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { groupPollsOf, type TimedSample } from '#core/history/history.ts';
import type { GroupKind, GroupReading } from '#core/kafka/model.ts';
import { known } from '#core/kafka/reading.ts';
import { STATUS_RULES } from '#core/status/rules.ts';
import { countStatuses, judgeGroup, unreadableStatus } from '#core/status/status.ts';
import { STATUS_SCENARIOS } from '#test/scenarios/status/status.scenarios.ts';
import {
  judge,
  MEMBERS,
  MINUTE,
  minutes,
  type SeenPoll,
  sampleOf,
  T0,
  WINDOW_MS,
} from '#test/support/groups/status.ts';
import { ROOT } from '#test/support/root.ts';

describe('judgeGroup, partition by partition', () => {
  it.each(STATUS_SCENARIOS)('$title', ({ polls, ownership, status, rule, since, evidence = {} }) => {
    const { partition } = judge(polls, ownership);

    expect({ kind: partition.kind, rule: partition.rule }).toEqual({ kind: status, rule });
    expect(partition.evidence).toMatchObject(evidence);
    if (since !== undefined) expect((partition.sinceMs - T0) / MINUTE).toBeCloseTo(since);
  });

  it('does not report a constant lag as growing, however polls and records divide', () => {
    const warned = Array.from({ length: 60 }, (_, i) => 100 + i).filter((unread) => {
      const seen = minutes(9, (m) => ({ commit: 0, end: m < 3 ? 0 : unread }));
      const late = seen.map((poll) => ({ ...poll, minute: poll.minute + ((poll.minute * 7919) % 997) / MINUTE }));
      return judge(late).partition.rule !== 'keeping-up';
    });

    expect(warned).toEqual([]);
  });

  it('has a scenario for every rule, with the status that it declares', () => {
    const reached = new Map(STATUS_SCENARIOS.map(({ rule, status }) => [rule, status]));

    expect(Object.fromEntries(reached)).toEqual(Object.fromEntries(STATUS_RULES.map(({ id, kind }) => [id, kind])));
  });

  it('is documented in docs/status.md, rule by rule, in order', () => {
    const page = readFileSync(join(ROOT, 'docs/status.md'), 'utf8');
    const rows = STATUS_RULES.map(({ id, kind, meaning }, i) => `| ${i + 1} | \`${id}\` | ${kind} | ${meaning} |`);

    expect(page.match(/^\| \d+ \|.*$/gm)).toEqual(rows);
  });
});

/**
 * The status of a group whose partitions of topic `orders` were polled like this, all owned by one
 * member.
 */
function judgeAll(partitions: readonly (readonly SeenPoll[])[]) {
  const samples = (partitions[0] ?? []).map((_, i): TimedSample => {
    const seen = partitions.map((polls) => sampleOf(polls[i] as SeenPoll));
    const all = seen.flatMap((sample, partition) => sample.partitions.map((p) => ({ ...p, partition })));
    return { ...(seen[0] as TimedSample), partitions: all };
  });
  const assignment = partitions.map((_, partition) => ({ topic: 'orders', partition }));
  const members = { kind: 'known' as const, value: [{ memberId: 'm', clientId: 'c', host: 'h', assignment }] };
  return judgeGroup({
    polls: groupPollsOf(samples),
    group: { kind: 'consumer', members, partitions: [] },
    windowMs: WINDOW_MS,
  });
}

const FINE = minutes(20, (m) => ({ commit: m * 10, end: m * 10 }));
const BUSY = minutes(20, (m) => ({ commit: m * 10 - 1, end: m * 10 }));
const STALLED = minutes(20, (m) => ({ commit: Math.min(m, 9), end: 100 + m }));
const STALLED_LATER = minutes(20, (m) => ({ commit: Math.min(m, 12), end: 100 + m }));
const BEHIND = minutes(20, (m) => ({ commit: m, end: 10 * m }));
const UNREAD = minutes(20, (m) => (m < 18 ? { commit: 1, end: 1 } : {}));
const NEVER = minutes(20, (m) => ({ commit: 'none' as const, end: m }));

describe('judgeGroup, as a whole', () => {
  it.each([
    [
      'the worst of its partitions',
      [FINE, BEHIND, STALLED, UNREAD],
      'error',
      'stalled',
      { ok: 1, warning: 1, stalled: 1, unknown: 1 },
    ],
    [
      'a warning before unknown: unknown does not hide a known problem',
      [UNREAD, BEHIND],
      'warning',
      'falling-behind',
      { warning: 1, unknown: 1 },
    ],
    ['unknown before ok: unknown is never ok', [FINE, UNREAD], 'unknown', 'unreadable', { ok: 1, unknown: 1 }],
    [
      'ok with partitions without a commit: these do not count',
      [FINE, NEVER],
      'ok',
      'caught-up',
      { ok: 1, uncommitted: 1 },
    ],
    ['unknown when it never committed at all', [NEVER], 'unknown', 'nothing-judged', { uncommitted: 1 }],
    ['unknown without partitions', [], 'unknown', 'nothing-judged', {}],
  ])('is %s', (_, partitions, kind, rule, counts) => {
    expect(judgeAll(partitions).group).toMatchObject({ kind, rule, partitions: counts });
  });

  it('starts with its first partition that is equally bad', () => {
    const { group, partitions } = judgeAll([STALLED_LATER, STALLED, BUSY]);

    expect(group).toEqual({
      kind: 'error',
      rule: 'stalled',
      sinceMs: T0 + 9 * MINUTE,
      partitions: { stalled: 2, ok: 1 },
    });
    expect(partitions).toHaveLength(3);
  });

  it('finds partitions in any order of the samples', () => {
    const samples = minutes(20, (m) => ({ commit: Math.min(m, 9), end: 100 + m })).map((poll, i): TimedSample => {
      const sample = sampleOf(poll);
      const other = { topic: 'first', partition: 0, committedOffset: 5n, logEndOffset: 5n };
      return { ...sample, partitions: i < 19 ? sample.partitions : [other, ...sample.partitions] };
    });
    const { partitions } = judgeGroup({
      polls: groupPollsOf(samples),
      group: { kind: 'consumer', members: MEMBERS.unknown, partitions: [] },
      windowMs: WINDOW_MS,
    });

    expect(partitions).toMatchObject([{ kind: 'ok', evidence: { samples: 2 } }, { kind: 'stalled' }]);
  });

  it('is not stopped where consumers assign partitions to themselves: the owner is unknown', () => {
    const samples = STALLED.map(sampleOf);
    const ruleOf = (kind: GroupKind) =>
      judgeGroup({
        polls: groupPollsOf(samples),
        group: { kind, members: known([]), partitions: [] },
        windowMs: WINDOW_MS,
      }).group.rule;

    expect([ruleOf('simple'), ruleOf('consumer')]).toEqual(['stalled', 'stopped']);
  });

  it('has not abandoned a topic that a member is about to receive', () => {
    const member = { memberId: 'm', clientId: 'c', host: 'h', assignment: [{ topic: 'other', partition: 0 }] };
    const target = [...member.assignment, { topic: 'orders', partition: 0 }];
    const ruleOf = (members: GroupReading['members']) =>
      judgeGroup({
        polls: groupPollsOf(STALLED.map(sampleOf)),
        group: { kind: 'consumer', members, partitions: [] },
        windowMs: WINDOW_MS,
      }).partitions[0]?.rule;

    expect([ruleOf(known([{ ...member, target }])), ruleOf(known([member]))]).toEqual(['stopped', 'abandoned']);
  });

  it.each([
    ['rebalances', known([{ memberId: 'm', clientId: 'c', host: 'h', assignment: [] }])],
    ['restarts', known([])],
    ['has unknown members', MEMBERS.unknown],
  ])('keeps an unread topic abandoned while it %s', (_, members) => {
    const samples = minutes(40, (m) => ({ commit: 500, end: 1_000 + m })).map((poll): TimedSample => {
      const sample = sampleOf(poll);
      const read = { topic: 'read', partition: 0, committedOffset: BigInt(poll.minute), logEndOffset: 99n };
      return { ...sample, members: 1, partitions: [...sample.partitions, read] };
    });
    const { partitions } = judgeGroup({
      polls: groupPollsOf(samples),
      group: { kind: 'consumer', members, partitions: [] },
      windowMs: WINDOW_MS,
    });

    expect(partitions.map(({ kind }) => kind)).toEqual(['abandoned', 'ok']);
  });

  it('is unknown when the group could not be read, and before its first poll', () => {
    expect(unreadableStatus(7)).toEqual({ kind: 'unknown', rule: 'unreadable', sinceMs: 7, partitions: {} });
    expect(
      judgeGroup({
        polls: groupPollsOf([]),
        group: { kind: 'consumer', members: MEMBERS.owned, partitions: [] },
        windowMs: WINDOW_MS,
      }).group,
    ).toEqual({
      kind: 'unknown',
      rule: 'nothing-judged',
      sinceMs: 0,
      partitions: {},
    });
  });

  it('countStatuses counts each status and omits zeros', () => {
    expect(countStatuses(['ok', 'error', 'ok'])).toEqual({ ok: 2, error: 1 });
  });
});
