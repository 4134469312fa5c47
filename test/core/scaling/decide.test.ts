import { describe, expect, it } from 'vitest';
import { diagnoseEvidence } from '#core/diagnosis/diagnosis.ts';
import type { Evidence } from '#core/evidence/evidence.ts';
import type { Observation } from '#core/evidence/observation.ts';
import { absent, known, unknown } from '#core/kafka/reading.ts';
import { newIncident } from '#core/runbook/incident.ts';
import type { Decision } from '#core/runbook/messages.ts';
import { type DecisionId, type DecisionInput, decideAction } from '#core/scaling/decide.ts';
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
  const base = {
    evidence,
    diagnosis: diagnoseEvidence(evidence),
    plan,
    incident,
    nowMs: AT_MS,
    checks: 0,
    maxRechecks: 2,
  };
  return { ...base, mode: 'scale', ...change };
}

describe('decideAction', () => {
  it('scales when capacity is the cause and everything allows it', () => {
    expect(decideAction(inputFor(evidenceOf()))).toMatchObject({ kind: 'scale', id: 'step', from: 2, to: 8 });
  });

  it('holds in mode recommend, with the step that it would make', () => {
    const decision = decideAction(inputFor(evidenceOf(), { mode: 'recommend' }));

    expect(decision).toMatchObject({ kind: 'hold', id: 'mode-recommend', recommended: { from: 2, to: 8 } });
  });

  it.each([
    ['hot-partition', evidenceOf({ lags: [9000, 1, 1, 1], produce: [400, 5, 5, 5], consume: 200 }), 'escalate'],
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
    expect(decideAction(input)).toMatchObject({ kind, id: cause });
  });

  it.each<[string, Evidence, DecisionId]>([
    ['no service is declared', { observation: observationOf(), service: absent }, 'service-undeclared'],
    ['the service must not be scaled', evidenceOf({}, { refusal: 'it is a daemon' }), 'service-refuses'],
    ['members run elsewhere', evidenceOf({}, { taskAddresses: known(['10.0.0.1']) }), 'members-elsewhere'],
    ['task addresses are unknown', evidenceOf({}, { taskAddresses: unknown('bridge network') }), 'members-unplaced'],
    ['members do not divide among tasks', evidenceOf({ members: 3 }, { running: 2 }), 'members-uneven'],
    ['the cap is reached', evidenceOf({ members: 8 }, { cpuPercent: known(95) }), 'at-cap'],
  ])('escalates when %s', (_, evidence, id) => {
    expect(decideAction(inputFor(evidence))).toMatchObject({ kind: 'escalate', id });
  });

  it('rechecks while the group is not Stable, and escalates after the last recheck', () => {
    const evidence = evidenceOf({ state: 'PreparingRebalance' });

    expect(decideAction(inputFor(evidence))).toMatchObject({ kind: 'recheck', id: 'group-unsettled', checks: 1 });
    expect(decideAction(inputFor(evidence, { checks: 2 }))).toMatchObject({ kind: 'escalate', id: 'group-unsettled' });
  });

  it('rechecks when the service cannot be read', () => {
    const decision = decideAction(inputFor({ observation: observationOf(), service: unknown('throttled') }));

    expect(decision).toMatchObject({ kind: 'recheck', id: 'service-unreadable' });
  });

  it.each<[string, Evidence, Decision['kind'], DecisionId]>([
    ['the service is deploying', evidenceOf({}, { deploymentInProgress: true }), 'recheck', 'service-unsettled'],
    ['tasks are starting', evidenceOf({}, { running: 2, desired: 3 }), 'recheck', 'service-unsettled'],
    ['the state of the group is unknown', observed({ state: unknown('denied') }), 'recheck', 'group-unsettled'],
    ['the members are unknown', observed({ members: unknown('undecodable') }), 'escalate', 'members-unplaced'],
    ['no task has an address', evidenceOf({}, { taskAddresses: absent }), 'escalate', 'members-unplaced'],
  ])('does not scale on a diagnosis of capacity while %s', (_, evidence, kind, id) => {
    const decision = decideAction(inputFor(evidence, { diagnosis: diagnoseEvidence(evidenceOf()) }));

    expect(decision).toMatchObject({ kind, id });
  });

  it('holds until the cooldown of the service ends', () => {
    expect(decideAction(inputFor(evidenceOf(), { cooldownUntilMs: AT_MS + 1 }))).toMatchObject({
      kind: 'hold',
      id: 'cooldown',
    });
    expect(decideAction(inputFor(evidenceOf(), { cooldownUntilMs: AT_MS })).kind).toBe('scale');
  });

  describe('after a run that died', () => {
    const scaled = evidenceOf({ members: 8 }, { running: 8, desired: 8, leverValue: 8 });

    it.each(['planned', 'applied'] as const)('verifies a scaling that was %s and made', (status) => {
      const decision = decideAction(inputFor(scaled, { incident: { ...incident, action: { ...action, status } } }));

      expect(decision).toMatchObject({ kind: 'resume', id: 'earlier-scaling', from: 2, to: 8, atMs: action.atMs });
    });

    it('decides again when the planned scaling was never made', () => {
      const planned = { ...incident, action: { ...action, status: 'planned' as const } };

      expect(decideAction(inputFor(evidenceOf(), { incident: planned })).kind).toBe('scale');
    });

    it('escalates when something else changed the service', () => {
      const moved = evidenceOf({ members: 5 }, { running: 5, desired: 5, leverValue: 5 });

      expect(decideAction(inputFor(moved, { incident: { ...incident, action } }))).toMatchObject({
        kind: 'escalate',
        id: 'earlier-scaling-moved',
      });
    });

    it('escalates when the service cannot be read', () => {
      const unread = { observation: observationOf(), service: unknown('throttled') };

      expect(decideAction(inputFor(unread, { incident: { ...incident, action } }))).toMatchObject({
        kind: 'escalate',
        id: 'earlier-scaling-unreadable',
      });
    });

    it.each([
      ['was made', evidenceOf()],
      ['was not made', scaled],
    ])('finishes a rollback that %s', (_, evidence) => {
      const undoing = { ...incident, action: { ...action, status: 'rolling-back' as const } };

      expect(decideAction(inputFor(evidence, { incident: undoing }))).toMatchObject({
        kind: 'rollback',
        id: 'earlier-rollback',
      });
    });

    it.each(['applied', 'rolling-back'] as const)('escalates in mode recommend when a scaling was %s', (status) => {
      const input = inputFor(scaled, { incident: { ...incident, action: { ...action, status } }, mode: 'recommend' });

      expect(decideAction(input)).toMatchObject({ kind: 'escalate', id: 'earlier-scaling-mode-recommend' });
    });

    it('decides again when the earlier scaling is verified', () => {
      const verified = { ...incident, action: { ...action, status: 'verified' as const } };

      expect(decideAction(inputFor(evidenceOf(), { incident: verified })).kind).toBe('scale');
    });
  });
});
