import { describe, expect, it } from 'vitest';
import { widthOf } from '#cli/terminal/fit.ts';
import { viewJson, viewLines } from '#cli/views/watch-view.ts';
import { absent, known, unknown } from '#core/kafka/reading.ts';
import { POLL_MS, statusOf, viewOf, watchedOf } from '#test/support/groups/views.ts';

const view = (...groups: Parameters<typeof watchedOf>) => ({ cluster: 'prod', seen: watchedOf(...groups) });
const problemOf = (text: string) => ({ id: 'request-failed' as const, text });
const cellsOf = (line: string | undefined): string[] => (line ?? '').trim().split(/ {2,}/);
const notYet = unknown('fewer than two polls of the group');
const HOSTILE = '\u001b[2Jevil\u202e\r\nname';
const LONG = 'a-team-that-writes-very-long-names-of-consumer-groups-'.repeat(8);

describe('viewLines', () => {
  it('begins with cluster, time, coverage and the number of groups by status', () => {
    const [heading] = viewLines(view([viewOf({ status: statusOf('error') }), viewOf(), viewOf()]));

    expect(heading).toBe('prod  2026-01-05T03:00:00.000Z  coverage 100 %  3 groups: 1 error, 2 ok');
  });

  it('shows a row of numbers for each group', () => {
    const [, head, row] = viewLines(view([viewOf()]));

    expect(cellsOf(head)).toEqual(
      'GROUP STATUS RULE SINCE LAG AGE PRODUCE/S CONSUME/S TIME-TO-DRAIN TIME-TO-DATA-LOSS MEMBERS'.split(' '),
    );
    expect(cellsOf(row)).toEqual('billing,ok,keeping-up,3 min,60,4 s,20,26,1 min 12 s,-,3'.split(','));
  });

  it('marks a status that began before polls were missing', () => {
    const rowOf = (watchedFromMs: number) => viewLines(view([viewOf()], { watchedFromMs }))[2];

    expect(cellsOf(rowOf(POLL_MS - 180_000))).toContain('3 min');
    expect(cellsOf(rowOf(POLL_MS - 170_000))).toContain('~ 3 min');
  });

  it('shows ? for an unknown value and - for an absent one, and never 0 for either', () => {
    const group = viewOf({
      rates: notYet,
      timeToDrain: notYet,
      ageMs: absent,
      memberCount: unknown('denied'),
      lag: absent,
    });
    const [, , row] = viewLines(view([group]));

    expect(cellsOf(row)).toEqual('billing,ok,keeping-up,3 min,-,-,?,?,?,-,?'.split(','));
  });

  it('shows a partly known lag as a lower bound, and rounds coverage down', () => {
    const lines = viewLines(view([viewOf({ lag: unknown('no leader') })], { coverage: known(0.9999) }));

    expect(cellsOf(lines[2])).toContain('≥ 60');
    expect(lines[0]).toContain('coverage 99.9 %');
    expect(viewLines(view([], { coverage: unknown('denied') }))[0]).toContain('coverage unknown');
  });

  it('shows a failed poll above the table of the last successful one', () => {
    const failure = { atMs: POLL_MS + 20_000, reason: 'no broker answered\nat all' };

    const lines = viewLines({ ...view([viewOf()]), failure });

    expect(lines[0]).toContain('2026-01-05T03:00:00.000Z');
    expect(lines[1]).toBe(
      'the poll of 2026-01-05T03:00:20.000Z failed; the table is from 20 s before: no broker answered; at all',
    );
    expect(lines.join()).toContain('billing');
    expect(viewLines({ cluster: 'prod', failure })).toEqual([
      'prod: nothing read yet',
      'the poll of 2026-01-05T03:00:20.000Z failed: no broker answered; at all',
    ]);
  });

  it('shows five problems and counts the others', () => {
    const problems = Array.from({ length: 7 }, (_, i) => problemOf(`problem ${i}`));

    const lines = viewLines(view([], { problems }));

    expect(lines.filter((line) => line.startsWith('!'))).toHaveLength(6);
    expect(lines[6]).toMatch(/and 2 more problems/);
  });

  it('writes no character that a terminal acts on', () => {
    const failure = { atMs: POLL_MS, reason: HOSTILE };
    const lines = viewLines({ ...view([viewOf({ groupId: HOSTILE })], { problems: [problemOf(HOSTILE)] }), failure });

    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what must not be there
    expect(lines.filter((line) => /[\u0000-\u001f\u007f-\u009f\u202e]/.test(line))).toEqual([]);
    expect(lines.join('\n')).toContain('\\u{1b}[2Jevil\\u{202e}\\u{d}\\u{a}name');
  });

  it.each([
    { what: 'a long name', group: LONG, columns: 120 },
    { what: 'a long name', group: LONG, columns: 80 },
    { what: 'a long name', group: LONG, columns: 40 },
    { what: 'a name of wide characters', group: '注文'.repeat(60), columns: 80 },
    { what: 'a name of control characters', group: HOSTILE.repeat(20), columns: 80 },
  ])('fits $what into a terminal of $columns columns', ({ group, columns }) => {
    const groups = [viewOf({ groupId: group, status: statusOf('warning') }), viewOf()];

    const lines = viewLines(view(groups, { problems: [problemOf(LONG)] }), { columns, rows: 24 });

    expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(columns);
    expect(lines.join('\n')).toMatch(/…/);
    expect(cellsOf(lines[3]).slice(1, 2)).toEqual(['warning']);
  });

  it('leaves out the least important columns on a narrow terminal', () => {
    const headAt = (columns: number) => cellsOf(viewLines(view([viewOf({ groupId: LONG })]), { columns })[1]);

    expect(headAt(200)).toHaveLength(11);
    expect(headAt(80)).toEqual('GROUP STATUS RULE SINCE LAG AGE CONSUME/S TIME-TO-DRAIN'.split(' '));
    expect(headAt(40)).toEqual('GROUP STATUS LAG AGE'.split(' '));
  });

  it('fits the rows of a terminal, and counts the hidden groups', () => {
    const groups = Array.from({ length: 50 }, (_, i) => viewOf({ groupId: `group ${i}` }));

    const lines = viewLines(view(groups), { columns: 120, rows: 12 });

    expect(lines).toHaveLength(11);
    expect(lines.at(-2)).toBe('… 43 more groups: choose some with --groups');
    expect(lines.at(-3)).toMatch(/^group 6 /);
  });
});

describe('viewJson', () => {
  it('contains every value, as it is, as unknown with a reason, or as null', () => {
    const group = viewOf({ rates: notYet, ageMs: absent });

    expect(JSON.parse(JSON.stringify(viewJson(view([group], { problems: [problemOf('p')] }))))).toEqual({
      at: '2026-01-05T03:00:00.000Z',
      watchedSince: '2026-01-05T02:50:00.000Z',
      cluster: 'prod',
      coverage: 1,
      problems: [{ id: 'request-failed', text: 'p' }],
      groups: [
        {
          group: 'billing',
          kind: 'consumer',
          state: 'Stable',
          status: { kind: 'ok', rule: 'keeping-up', since: '2026-01-05T02:57:00.000Z', partitions: {} },
          lag: 60,
          lagAtLeast: 60,
          worst: { topic: 'orders', partition: 0, lag: 60 },
          ageMs: null,
          rates: { unknown: 'fewer than two polls of the group' },
          rebalances: { count: 0, samples: 2 },
          timeToDrain: { seconds: 72, samples: 2 },
          timeToDataLoss: null,
          members: 3,
          coverage: 1,
          polls: 2,
        },
      ],
    });
  });

  it('contains the start of rates, and null for a missing status', () => {
    expect(viewJson(view([viewOf({ status: absent })]))).toMatchObject({
      groups: [{ status: null, rates: { samples: 2, since: '2026-01-05T02:59:00.000Z' } }],
    });
  });

  it('contains no groups for a failed poll', () => {
    const failure = { atMs: POLL_MS + 20_000, reason: 'no broker answered' };

    expect(viewJson({ ...view([viewOf()]), failure })).toEqual({
      at: '2026-01-05T03:00:20.000Z',
      cluster: 'prod',
      error: 'no broker answered',
      lastRead: '2026-01-05T03:00:00.000Z',
    });
    expect(viewJson({ cluster: 'prod', failure })).toMatchObject({ lastRead: null });
  });
});
