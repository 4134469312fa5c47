import { describe, expect, it, test } from 'vitest';
import {
  decideRestore,
  decideRun,
  findVisibilityProblem,
  isOfReconcile,
  lastEventOf,
  paceOf,
  type VisibilityProblemId,
} from '#core/runbook/reconcile.ts';
import type { AlarmStatus } from '#core/runbook/records.ts';
import { parseSettings, scaleTiming } from '#core/settings.ts';
import { RUNS } from '#test/scenarios/reconcile.scenarios.ts';
import { abandoned, RESTORES } from '#test/scenarios/reconcile-restores.scenarios.ts';
import { ago, died, NOW, PACE } from '#test/support/runbook/reconcile.ts';

describe('decideRun', () => {
  it.each(RUNS)('$kind ($id): $title', ({ group, kind, id }) => {
    expect(decideRun(group, PACE)).toMatchObject({ kind, id });
  });
});

describe('decideRestore', () => {
  it.each(RESTORES)('$kind ($id): $title', ({ state, kind, id }) => {
    expect(decideRestore(state, PACE)).toMatchObject({ kind, id });
  });
});

describe('an incident that an earlier version closed without an outcome', () => {
  const closed = { ...died(90, 'report'), status: 'closed' } as const;

  it('counts like one with an outcome', () => {
    expect(decideRun({ incident: closed, locks: [] }, PACE)).toEqual({
      kind: 'start',
      id: 'still-in-alarm',
      why: 'still in ALARM; its last run ended 1 h 30 min ago: outcome unknown',
    });
    expect(decideRestore({ ...abandoned(), incidents: [closed] }, PACE)).toEqual({
      kind: 'skip',
      id: 'run-ended',
      why: 'the run that raised it finished: closed',
    });
  });
});

describe('lastEventOf', () => {
  it('returns the opening of an incident without events', () => {
    expect(lastEventOf({ ...died(5), events: [] })).toEqual({ atMs: ago(10), step: 'lock', text: '' });
  });
});

describe('isOfReconcile', () => {
  it.each([
    ['reconcile', true],
    ['withdrawn', true],
    ['report', false],
  ])('returns for the step %s: %s', (step, expected) => {
    expect(isOfReconcile({ step })).toBe(expected);
  });
});

describe('paceOf', () => {
  const settings = parseSettings({ clusterName: 'c', bootstrapBrokers: 'b:9098' });

  it('has an hour between runs by default', () => {
    expect(paceOf(settings, NOW)).toEqual(PACE);
  });

  it('scales all durations with the time scale', () => {
    expect(paceOf(scaleTiming(settings, 0.1), NOW)).toEqual({
      nowMs: NOW,
      afterMs: 360_000,
      eventTurnMs: 30_000,
      settleMs: 18_000,
    });
  });

  it('settles over a number of polls, but gives an event a fixed time', () => {
    const slow = { timing: { ...settings.timing, pollIntervalSeconds: 900 } };

    expect(paceOf(slow, NOW)).toEqual({ ...PACE, settleMs: 2_700_000 });
  });

  test.each([0, -1, 86_401])('reconcileAfterSeconds %d is refused', (reconcileAfterSeconds) => {
    const wrong = { clusterName: 'c', bootstrapBrokers: 'b:9098', timing: { reconcileAfterSeconds } };

    expect(() => parseSettings(wrong)).toThrow(/^timing\.reconcileAfterSeconds: /);
  });
});

describe('findVisibilityProblem', () => {
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

  it('finds none while the watcher reads and CloudWatch evaluates everything', () => {
    expect(findVisibilityProblem({ lag: [alarm('lag', { state: 'ALARM' })], health, expected })).toBeUndefined();
  });

  it.each<[string, VisibilityProblemId, AlarmStatus[], AlarmStatus[]]>([
    [
      'the watcher does not poll',
      'alarm-not-ok',
      [alarm('lag')],
      [alarm('heartbeat', { state: 'ALARM' }), alarm('coverage')],
    ],
    [
      'the watcher does not read some partitions',
      'alarm-not-ok',
      [alarm('lag')],
      [alarm('heartbeat'), alarm('coverage', { state: 'ALARM' })],
    ],
    [
      'an alarm has no state yet',
      'alarm-not-ok',
      [alarm('lag')],
      [alarm('heartbeat', { state: 'INSUFFICIENT_DATA' }), alarm('coverage')],
    ],
    ['the lag alarm has no series', 'alarm-not-ok', [alarm('lag', { state: 'INSUFFICIENT_DATA' })], health],
    ['CloudWatch evaluates only some series', 'alarm-partial', [alarm('lag', { partial: true })], health],
    ['an alarm was deleted', 'alarm-missing', [alarm('lag')], [alarm('heartbeat')]],
  ])('finds a problem when %s: %s', (_, id, lag, other) => {
    expect(findVisibilityProblem({ lag, health: other, expected })?.id).toBe(id);
  });
});
