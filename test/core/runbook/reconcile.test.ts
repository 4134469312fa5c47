import { describe, expect, it, test } from 'vitest';
import { blindness, decideRestore, decideRun, type GroupState, paceOf } from '#core/runbook/reconcile.ts';
import type { AlarmStatus } from '#core/runbook/records.ts';
import { parseSettings, scaleTiming } from '#core/settings.ts';
import { RUNS } from '#test/scenarios/reconcile.scenarios.ts';
import { abandoned, RESTORES } from '#test/scenarios/reconcile-restores.scenarios.ts';
import { died, NOW, PACE } from '#test/support/runbook/reconcile.ts';

describe('decideRun', () => {
  it.each(RUNS)('$kind: $why', ({ group, kind, says }) => {
    const verdict = decideRun(group, PACE);

    expect(verdict.kind).toBe(kind);
    expect(verdict.why).toContain(says);
  });
});

describe('decideRestore', () => {
  it.each(RESTORES)('$kind: $why', ({ state, kind, says }) => {
    const verdict = decideRestore(state, PACE);

    expect(verdict.kind).toBe(kind);
    expect(verdict.why).toContain(says);
  });
});

describe('an incident that an earlier version closed without an outcome', () => {
  const closed = { ...died(90, 'report'), status: 'closed' } as const;

  it('is as good as one with an outcome', () => {
    expect(decideRun({ groupId: 'billing', incident: closed, locks: [] } as GroupState, PACE)).toMatchObject({
      kind: 'start',
      why: expect.stringContaining('outcome unknown'),
    });
    expect(decideRestore({ ...abandoned(), incidents: [closed] }, PACE)).toMatchObject({
      kind: 'leave',
      why: expect.stringContaining('closed'),
    });
  });
});

describe('paceOf', () => {
  const settings = parseSettings({ clusterName: 'c', bootstrapBrokers: 'b:9098' });

  it('is an hour between runs unless the settings say otherwise', () => {
    expect(paceOf(settings, NOW)).toEqual(PACE);
  });

  it('shrinks with the time scale', () => {
    expect(paceOf(scaleTiming(settings, 0.1), NOW)).toEqual({
      nowMs: NOW,
      afterMs: 360_000,
      eventTurnMs: 30_000,
      settleMs: 18_000,
    });
  });

  it('waits for an event as long with polls every 15 minutes, and for two looks at an alarm that is over as many polls', () => {
    const slow = { timing: { ...settings.timing, pollIntervalSeconds: 900 } };

    expect(paceOf(slow, NOW)).toEqual({ ...PACE, settleMs: 2_700_000 });
  });

  test.each([0, -1, 86_401])('reconcileAfterSeconds %d is refused', (reconcileAfterSeconds) => {
    const wrong = { clusterName: 'c', bootstrapBrokers: 'b:9098', timing: { reconcileAfterSeconds } };

    expect(() => parseSettings(wrong)).toThrow(/^timing\.reconcileAfterSeconds: /);
  });
});

describe('blindness', () => {
  const alarm = (name: string, change: Partial<AlarmStatus> = {}): AlarmStatus => ({
    name,
    arn: `arn:${name}`,
    state: 'OK',
    actionsDisabled: false,
    partial: false,
    ...change,
  });
  const expected = ['lag', 'heartbeat', 'coverage'];
  const health = [alarm('heartbeat'), alarm('coverage')];

  it('is not while all is read and evaluated, whatever is in ALARM', () => {
    expect(blindness({ lag: [alarm('lag', { state: 'ALARM' })], health, expected })).toBeUndefined();
  });

  it.each([
    ['no poll', [alarm('lag')], [alarm('heartbeat', { state: 'ALARM' }), alarm('coverage')], 'heartbeat is ALARM'],
    [
      'partitions that are not read',
      [alarm('lag')],
      [alarm('heartbeat'), alarm('coverage', { state: 'ALARM' })],
      'coverage is ALARM',
    ],
    [
      'not known yet',
      [alarm('lag')],
      [alarm('heartbeat', { state: 'INSUFFICIENT_DATA' }), alarm('coverage')],
      'heartbeat is INSUFFICIENT_DATA',
    ],
    ['no series at all', [alarm('lag', { state: 'INSUFFICIENT_DATA' })], health, 'lag is INSUFFICIENT_DATA'],
    ['more series than CloudWatch looks at', [alarm('lag', { partial: true })], health, 'part of lag'],
    ['an alarm that someone deleted', [alarm('lag')], [alarm('heartbeat')], 'no alarm coverage'],
  ])('is with %s', (_, lag, other, says) => {
    expect(blindness({ lag, health: other, expected })).toContain(says);
  });
});
