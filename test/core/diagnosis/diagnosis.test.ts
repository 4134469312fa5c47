import { describe, expect, it } from 'vitest';
import { CAUSE_IDS } from '#core/diagnosis/causes/cause.ts';
import { CAUSES } from '#core/diagnosis/causes/index.ts';
import { diagnose } from '#core/diagnosis/diagnosis.ts';
import { DIAGNOSIS_SCENARIOS } from '#test/scenarios/diagnosis.scenarios.ts';

describe('diagnose', () => {
  it.each(DIAGNOSIS_SCENARIOS)('$title', ({ evidence, cause, confidence, facts = [], contributors = [] }) => {
    const diagnosis = diagnose(evidence);

    expect(diagnosis.cause).toBe(cause);
    if (confidence !== undefined) expect(diagnosis.confidence).toBe(confidence);
    expect(diagnosis.facts.map((fact) => fact.id)).toEqual(expect.arrayContaining([...facts]));
    expect(diagnosis.contributors.map((fact) => fact.id)).toEqual(contributors);
  });

  it.each(DIAGNOSIS_SCENARIOS.filter(({ says }) => says !== undefined))('says so: $title', ({ evidence, says }) => {
    const { facts } = diagnose(evidence);

    expect(facts.map((fact) => fact.text).join('\n')).toMatch(says ?? /never/);
  });

  it.each(DIAGNOSIS_SCENARIOS.filter((scenario) => scenario.undecided))(
    'refutes nothing without what it needs: $title',
    ({ evidence, undecided }) => {
      const open = diagnose(evidence).others.filter((other) => other.verdict === 'unknown');

      expect(open.map((other) => other.id)).toEqual(expect.arrayContaining([...(undecided ?? [])]));
    },
  );

  it.each(DIAGNOSIS_SCENARIOS)('gives a reason for every other cause: $title', ({ evidence, cause }) => {
    const { others } = diagnose(evidence);

    expect([...others.map((other) => other.id), cause, 'unexplained'].sort()).toEqual(
      [...CAUSE_IDS, ...(cause === 'unexplained' ? ['unexplained'] : [])].sort(),
    );
    for (const other of others) expect(other.facts.length, other.id).toBeGreaterThan(0);
  });

  it('reaches every cause in some scenario', () => {
    const reached = new Set(DIAGNOSIS_SCENARIOS.map((scenario) => scenario.cause));

    expect([...reached].sort()).toEqual([...CAUSE_IDS].sort());
  });

  it('asks the causes in the declared order, and lets only capacity scale', () => {
    expect(CAUSES.map((cause) => cause.id)).toEqual(CAUSE_IDS);
    expect(CAUSES.filter((cause) => cause.mayScale).map((cause) => cause.id)).toEqual([
      'slow-processing',
      'insufficient-consumers',
    ]);
  });
});
