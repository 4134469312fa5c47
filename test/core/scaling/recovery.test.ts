import { describe, expect, it } from 'vitest';
import type { Observation } from '#core/evidence/observation.ts';
import { known, unknown } from '#core/kafka/reading.ts';
import { assessConvergence, assessRecovery, type Look, measurementOf } from '#core/scaling/recovery.ts';
import { AT_MS, observationOf, scalingAction, serviceOf } from '#test/support/groups/evidence.ts';

const lookAt = (observation: Observation, change: Partial<Look> = {}): Look => ({
  observation,
  service: serviceOf({ running: 8 }),
  action: scalingAction,
  checks: 0,
  maxChecks: 3,
  ...change,
});

describe('assessConvergence', () => {
  it('is done when every task runs, every member joined and every partition is owned', () => {
    expect(assessConvergence(lookAt(observationOf({ members: 8 }))).kind).toBe('done');
  });

  it('needs no owner for a topic that nobody reads any more', () => {
    const left = observationOf({ members: 8, second: { lags: [500], owned: false } });

    expect(assessConvergence(lookAt(left)).kind).toBe('done');
  });

  it.each([
    [
      'tasks are missing',
      lookAt(observationOf({ members: 8 }), { service: serviceOf({ running: 7 }) }),
      /reports 7 of 8 tasks running/,
    ],
    ['the group rebalances', lookAt(observationOf({ members: 8, state: 'PreparingRebalance' })), /PreparingRebalance/],
    [
      'its state is unknown',
      lookAt({ ...observationOf({ members: 8 }), state: unknown('denied') }),
      /the group is in an unknown state/,
    ],
    ['members are missing', lookAt(observationOf({ members: 6 })), /6 of 8 members/],
    ['members are unknown', lookAt({ ...observationOf({ members: 8 }), members: unknown('x') }), /unknown/],
    ['the group is unreadable', lookAt({ ...observationOf(), unreadable: 'no coordinator' }), /no coordinator/],
    [
      'a partition has no owner',
      lookAt({ ...observationOf({ members: 8 }), partitions: observationOf({ members: 0 }).partitions }),
      /8 partitions have no owner/,
    ],
  ])('looks again while %s, and fails at the last look', (_, look, reason) => {
    expect(assessConvergence(look)).toMatchObject({ kind: 'again', checks: 1, reason: expect.stringMatching(reason) });
    expect(assessConvergence({ ...look, checks: 2 })).toMatchObject({ kind: 'failed', checks: 3 });
  });
});

describe('assessRecovery', () => {
  const before = { atMs: AT_MS, sumLag: 8000 };

  it('takes no lag for recovered while it is unknown how many partitions there are', () => {
    const { coverage: _, ...observation } = observationOf({ members: 8, lags: Array(8).fill(10) });

    expect(assessRecovery(lookAt(observation), before)).toMatchObject({
      kind: 'again',
      reason: 'not every partition could be measured',
    });
  });

  const draining = observationOf({ members: 8, consume: 1200, lags: Array(8).fill(500) });

  it('is done when lag is below its threshold', () => {
    const look = lookAt(observationOf({ members: 8, lags: Array(8).fill(10) }));

    expect(assessRecovery(look, before)).toMatchObject({ kind: 'done', checks: 1 });
  });

  it('takes an age that stays unknown at the last look alone, so as not to undo what helped', () => {
    const observation = observationOf({ members: 8, lags: Array(8).fill(10) });
    const ratio = { value: 0.08, by: 'lag', complete: false } as const;

    expect(assessRecovery(lookAt({ ...observation, ratio }), before).kind).toBe('again');
    expect(assessRecovery(lookAt({ ...observation, ratio }, { checks: 2 }), before)).toMatchObject({
      kind: 'done',
      reason: expect.stringContaining('the age of its oldest record is not known'),
    });
  });

  it('looks again while lag falls, and takes surely falling lag at the last look', () => {
    expect(assessRecovery(lookAt(draining), before).kind).toBe('again');
    expect(assessRecovery(lookAt(draining, { checks: 2 }), before).kind).toBe('done');
  });

  it('fails when lag still grows at the last look', () => {
    expect(assessRecovery(lookAt(observationOf({ members: 8 }), { checks: 2 }), before).kind).toBe('failed');
  });

  it('fails when lag falls but is above what it was: it has not helped yet', () => {
    expect(assessRecovery(lookAt(draining, { checks: 2 }), { atMs: AT_MS, sumLag: 100 }).kind).toBe('failed');
  });

  it('never takes an incomplete reading for recovery', () => {
    const partial = observationOf({ members: 8, lags: [0, undefined] });

    expect(assessRecovery(lookAt(partial), before).kind).toBe('again');
    expect(assessRecovery(lookAt(partial, { checks: 2 }), before).kind).toBe('failed');
  });

  it('does not wait for a topic that nobody reads any more', () => {
    const left = observationOf({ members: 8, lags: Array(8).fill(10), second: { lags: [900_000], owned: false } });

    expect(assessRecovery(lookAt(left), before).kind).toBe('done');
  });

  it('takes rates of a part of the partitions for unknown', () => {
    const rates = draining.rates.kind === 'known' ? known({ ...draining.rates.value, leftOut: 6 }) : draining.rates;
    const partly = { ...draining, rates };

    expect(assessRecovery(lookAt(partly, { checks: 2 }), before).kind).toBe('failed');
    expect(measurementOf(partly)).not.toHaveProperty('lagGrowthRate');
  });

  it('waits for rates since the scaling', () => {
    expect(assessRecovery(lookAt({ ...observationOf(), rates: unknown('new') }), before).kind).toBe('again');
  });
});

describe('measurementOf', () => {
  it('leaves out what is not known in full', () => {
    const partial = { ...observationOf({ lags: [1, undefined] }), members: unknown('x'), rates: unknown('x') };

    expect(measurementOf(partial)).toEqual({ atMs: AT_MS });
    expect(measurementOf({ ...observationOf(), members: known([]) })).toMatchObject({ sumLag: 8000, members: 0 });
  });
});
