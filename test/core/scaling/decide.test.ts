import { describe, expect, it } from 'vitest';
import { diagnose } from '#core/diagnosis/diagnosis.ts';
import type { Evidence } from '#core/evidence/evidence.ts';
import type { Observation } from '#core/evidence/observation.ts';
import { absent, known, unknown } from '#core/kafka/reading.ts';
import { newIncident } from '#core/runbook/incident.ts';
import { type DecisionInput, decide } from '#core/scaling/decide.ts';
import { planScaling } from '#core/scaling/scaling-plan.ts';
import { AT_MS, evidenceOf, observationOf, scalingAction } from '#test/support/groups/evidence.ts';

const incident = newIncident('billing', 'run-1', AT_MS);
const observed = (change: Partial<Observation>): Evidence => ({
  ...evidenceOf(),
  observation: { ...observationOf(), ...change },
});
const action = { ...scalingAction, atMs: AT_MS - 60_000 };

function inputFor(evidence: Evidence, change: Partial<DecisionInput> = {}): DecisionInput {
  const plan = planScaling(evidence, { drainTargetSeconds: 900, utilisation: 0.8 });
  const base = { evidence, diagnosis: diagnose(evidence), plan, incident, nowMs: AT_MS, checks: 0, maxRechecks: 2 };
  return { ...base, mode: 'scale', ...change };
}

describe('decide', () => {
  it('scales when capacity is the cause and everything allows it', () => {
    expect(decide(inputFor(evidenceOf()))).toMatchObject({ kind: 'scale', from: 2, to: 8 });
  });

  it('holds with the change it would make in mode recommend', () => {
    const decision = decide(inputFor(evidenceOf(), { mode: 'recommend' }));

    expect(decision).toMatchObject({ kind: 'hold', recommended: { from: 2, to: 8 } });
  });

  it.each([
    ['hot-partition', evidenceOf({ lags: [9000, 1, 1, 1], arrivals: [400, 5, 5, 5], consume: 200 }), 'escalate'],
    ['fetch-config', evidenceOf({ members: 8 }), 'escalate'],
    ['rebalance-storm', evidenceOf({ rebalances: 5 }), 'escalate'],
    ['no-members', evidenceOf({ members: 0 }, { running: 0 }), 'escalate'],
    ['stable', evidenceOf({ consume: 800 }), 'hold'],
    ['producer-change', evidenceOf({ consume: 1200 }), 'hold'],
    ['deployment-in-progress', evidenceOf({}, { deploymentInProgress: true }), 'recheck'],
    ['unreadable', evidenceOf({ lags: [1, undefined] }), 'recheck'],
  ])('never scales for %s', (cause, evidence, kind) => {
    const input = inputFor(evidence);

    expect(input.diagnosis.cause).toBe(cause);
    expect(decide(input).kind).toBe(kind);
  });

  it.each([
    ['no service is declared', { observation: observationOf(), service: absent }, /no ECS service is declared/],
    ['the service refuses', evidenceOf({}, { refusal: 'it is a daemon' }), /it is a daemon/],
    ['members run elsewhere', evidenceOf({}, { taskAddresses: known(['10.0.0.1']) }), /1 of 2 members .*outside/],
    ['task addresses are unknown', evidenceOf({}, { taskAddresses: unknown('bridge network') }), /bridge network/],
    ['a member is not of a task', evidenceOf({ members: 3 }, { running: 2 }), /do not divide/],
    ['the cap is reached', evidenceOf({ members: 8 }, { cpuPercent: known(95) }), /at the cap of 8/],
  ])('escalates when %s', (_, evidence, reason) => {
    expect(decide(inputFor(evidence))).toMatchObject({ kind: 'escalate', reason: expect.stringMatching(reason) });
  });

  it('looks again while the group is not Stable, and escalates when it stays so', () => {
    const evidence = evidenceOf({ state: 'PreparingRebalance' });

    expect(decide(inputFor(evidence))).toMatchObject({ kind: 'recheck', checks: 1 });
    expect(decide(inputFor(evidence, { checks: 2 })).kind).toBe('escalate');
  });

  it('looks again when the service cannot be read', () => {
    const decision = decide(inputFor({ observation: observationOf(), service: unknown('throttled') }));

    expect(decision).toMatchObject({ kind: 'recheck', reason: expect.stringMatching(/throttled/) });
  });

  it.each([
    ['the service is deploying', evidenceOf({}, { deploymentInProgress: true }), 'recheck', /is deploying/],
    ['tasks are starting', evidenceOf({}, { running: 2, desired: 3 }), 'recheck', /still starting/],
    ['the state of the group is unknown', observed({ state: unknown('denied') }), 'recheck', /in an unknown state/],
    ['the members are unknown', observed({ members: unknown('undecodable') }), 'escalate', /be told .*: undecodable$/],
    ['no task has an address', evidenceOf({}, { taskAddresses: absent }), 'escalate', /be told .* declared service$/],
  ])('does not scale on a diagnosis of capacity while %s', (_, evidence, kind, reason) => {
    const decision = decide(inputFor(evidence, { diagnosis: diagnose(evidenceOf()) }));

    expect(decision).toMatchObject({ kind, reason: expect.stringMatching(reason) });
  });

  it('leaves a service alone until its cooldown is over', () => {
    expect(decide(inputFor(evidenceOf(), { cooldownUntilMs: AT_MS + 1 })).kind).toBe('hold');
    expect(decide(inputFor(evidenceOf(), { cooldownUntilMs: AT_MS })).kind).toBe('scale');
  });

  describe('after a run that died', () => {
    const scaled = evidenceOf({ members: 8 }, { running: 8, desired: 8, leverValue: 8 });

    it.each(['planned', 'applied'] as const)('watches a scaling that was %s and took place', (status) => {
      const decision = decide(inputFor(scaled, { incident: { ...incident, action: { ...action, status } } }));

      expect(decision).toMatchObject({ kind: 'resume', from: 2, to: 8, atMs: action.atMs });
    });

    it('decides anew when the planned scaling never took place', () => {
      const planned = { ...incident, action: { ...action, status: 'planned' as const } };

      expect(decide(inputFor(evidenceOf(), { incident: planned })).kind).toBe('scale');
    });

    it('escalates when another hand moved the service since', () => {
      const moved = evidenceOf({ members: 5 }, { running: 5, desired: 5, leverValue: 5 });

      expect(decide(inputFor(moved, { incident: { ...incident, action } }))).toMatchObject({
        kind: 'escalate',
        reason: expect.stringMatching(/another hand/),
      });
    });

    it('escalates when the service cannot be read', () => {
      const unread = { observation: observationOf(), service: unknown('throttled') };

      expect(decide(inputFor(unread, { incident: { ...incident, action } })).kind).toBe('escalate');
    });

    it.each([
      ['took place', evidenceOf()],
      ['did not', scaled],
    ])('finishes taking a scaling back, whether that %s', (_, evidence) => {
      const undoing = { ...incident, action: { ...action, status: 'rolling-back' as const } };

      expect(decide(inputFor(evidence, { incident: undoing })).kind).toBe('rollback');
    });

    it.each(['applied', 'rolling-back'] as const)('changes nothing in mode recommend when it was %s', (status) => {
      const input = inputFor(scaled, { incident: { ...incident, action: { ...action, status } }, mode: 'recommend' });

      expect(decide(input)).toMatchObject({ kind: 'escalate', reason: expect.stringMatching(/recommend now/) });
    });

    it('starts afresh when the earlier scaling is verified', () => {
      const verified = { ...incident, action: { ...action, status: 'verified' as const } };

      expect(decide(inputFor(evidenceOf(), { incident: verified })).kind).toBe('scale');
    });
  });
});
