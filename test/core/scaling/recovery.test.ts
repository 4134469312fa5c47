import { describe, expect, it } from 'vitest';
import type { Observation } from '#core/evidence/observation.ts';
import { known, unknown } from '#core/kafka/reading.ts';
import { assessConvergence, assessRecovery, type FindingId, type ScalingCheck } from '#core/scaling/recovery.ts';
import { AT_MS, observationOf, scalingAction, serviceOf } from '#test/support/groups/evidence.ts';

const checkOf = (observation: Observation, change: Partial<ScalingCheck> = {}): ScalingCheck => ({
  observation,
  service: serviceOf({ running: 8 }),
  action: scalingAction,
  checks: 0,
  maxChecks: 3,
  ...change,
});

describe('assessConvergence', () => {
  it('is done when every task runs, every member joined and every partition is owned', () => {
    expect(assessConvergence(checkOf(observationOf({ members: 8 }))).kind).toBe('done');
  });

  it('needs no owner for an abandoned topic', () => {
    const left = observationOf({ members: 8, second: { lags: [500], owned: false } });

    expect(assessConvergence(checkOf(left)).kind).toBe('done');
  });

  it.each<[string, ScalingCheck, FindingId]>([
    [
      'tasks are missing',
      checkOf(observationOf({ members: 8 }), { service: serviceOf({ running: 7 }) }),
      'tasks-missing',
    ],
    ['the group rebalances', checkOf(observationOf({ members: 8, state: 'PreparingRebalance' })), 'group-unsettled'],
    [
      'its state is unknown',
      checkOf({ ...observationOf({ members: 8 }), state: unknown('denied') }),
      'group-unsettled',
    ],
    ['members are missing', checkOf(observationOf({ members: 6 })), 'members-missing'],
    ['members are unknown', checkOf({ ...observationOf({ members: 8 }), members: unknown('x') }), 'members-unknown'],
    ['the group is unreadable', checkOf({ ...observationOf(), unreadable: 'no coordinator' }), 'group-unreadable'],
    [
      'a partition has no owner',
      checkOf({ ...observationOf({ members: 8 }), partitions: observationOf({ members: 0 }).partitions }),
      'partitions-unowned',
    ],
  ])('checks again while %s, and fails at the last check', (_, check, id) => {
    expect(assessConvergence(check)).toMatchObject({ kind: 'again', id, checks: 1 });
    expect(assessConvergence({ ...check, checks: 2 })).toMatchObject({ kind: 'failed', id, checks: 3 });
  });
});

describe('assessRecovery', () => {
  const before = { atMs: AT_MS, sumLag: 8000 };

  it('is not done while the group is unreadable', () => {
    const unread = checkOf({ ...observationOf(), unreadable: 'no coordinator' });

    expect(assessRecovery(unread, before)).toMatchObject({ kind: 'again', id: 'group-unreadable' });
  });

  it('is not done while the number of partitions is unknown', () => {
    const { coverage: _, ...observation } = observationOf({ members: 8, lags: Array(8).fill(10) });

    expect(assessRecovery(checkOf(observation), before)).toMatchObject({
      kind: 'again',
      id: 'lag-unknown',
    });
  });

  const draining = observationOf({ members: 8, consume: 1200, lags: Array(8).fill(500) });

  it('is done when lag is below its threshold', () => {
    const check = checkOf(observationOf({ members: 8, lags: Array(8).fill(10) }));

    expect(assessRecovery(check, before)).toMatchObject({ kind: 'done', id: 'below-thresholds', checks: 1 });
  });

  it('ignores an unknown age only at the last check, so that it does not undo a scaling that helped', () => {
    const observation = observationOf({ members: 8, lags: Array(8).fill(10) });
    const ratio = { value: 0.08, by: 'lag', complete: false } as const;

    expect(assessRecovery(checkOf({ ...observation, ratio }), before).kind).toBe('again');
    expect(assessRecovery(checkOf({ ...observation, ratio }, { checks: 2 }), before)).toMatchObject({
      kind: 'done',
      id: 'below-thresholds-age-unknown',
    });
  });

  it('checks again while lag falls, and is done when it still falls at the last check', () => {
    expect(assessRecovery(checkOf(draining), before)).toMatchObject({ kind: 'again', id: 'still-lagging' });
    expect(assessRecovery(checkOf(draining, { checks: 2 }), before)).toMatchObject({ kind: 'done', id: 'lag-falling' });
  });

  it('fails when lag still grows at the last check', () => {
    expect(assessRecovery(checkOf(observationOf({ members: 8 }), { checks: 2 }), before).kind).toBe('failed');
  });

  it('fails when lag falls but is still above its value before the scaling', () => {
    expect(assessRecovery(checkOf(draining, { checks: 2 }), { atMs: AT_MS, sumLag: 100 }).kind).toBe('failed');
  });

  it('is never done with an incomplete reading', () => {
    const partial = observationOf({ members: 8, lags: [0, undefined] });

    expect(assessRecovery(checkOf(partial), before).kind).toBe('again');
    expect(assessRecovery(checkOf(partial, { checks: 2 }), before).kind).toBe('failed');
  });

  it('is done in spite of lag on an abandoned topic', () => {
    const left = observationOf({ members: 8, lags: Array(8).fill(10), second: { lags: [900_000], owned: false } });

    expect(assessRecovery(checkOf(left), before).kind).toBe('done');
  });

  it('treats the rates of only some partitions as unknown', () => {
    const rates = draining.rates.kind === 'known' ? known({ ...draining.rates.value, leftOut: 6 }) : draining.rates;
    const partly = { ...draining, rates };

    expect(assessRecovery(checkOf(partly, { checks: 2 }), before)).toMatchObject({
      kind: 'failed',
      id: 'rates-unknown',
    });
  });

  it('checks again without rates since the scaling', () => {
    expect(assessRecovery(checkOf({ ...observationOf(), rates: unknown('new') }), before)).toMatchObject({
      kind: 'again',
      id: 'rates-unknown',
    });
  });
});
