import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CAUSE_IDS, CAUSES } from '#core/diagnosis/causes/index.ts';
import { diagnoseEvidence } from '#core/diagnosis/diagnosis.ts';
import { DIAGNOSIS_SCENARIOS } from '#test/scenarios/diagnosis.scenarios.ts';
import { evidenceOf } from '#test/support/groups/evidence.ts';
import { ROOT } from '#test/support/root.ts';

describe('diagnoseEvidence', () => {
  it.each(DIAGNOSIS_SCENARIOS)('$title', (scenario) => {
    const { cause, confidence, facts = [], contributors = [], values = {} } = scenario;
    const diagnosis = diagnoseEvidence(scenario.evidence);

    expect(diagnosis.cause).toBe(cause);
    if (confidence !== undefined) expect(diagnosis.confidence).toBe(confidence);
    expect(diagnosis.facts.map((fact) => fact.id)).toEqual(expect.arrayContaining([...facts]));
    expect(diagnosis.contributors.map((fact) => fact.id)).toEqual(contributors);
    for (const [id, expected] of Object.entries(values)) {
      expect(diagnosis.facts.find((fact) => fact.id === id)?.values).toMatchObject(expected);
    }
  });

  it.each(DIAGNOSIS_SCENARIOS.filter((scenario) => scenario.undecided))(
    'does not reject a cause that lacks evidence: $title',
    ({ evidence, undecided }) => {
      const open = diagnoseEvidence(evidence).others.filter((other) => other.verdict === 'unknown');

      expect(open.map((other) => other.id)).toEqual(expect.arrayContaining([...(undecided ?? [])]));
    },
  );

  it.each(DIAGNOSIS_SCENARIOS)('gives a reason against every other cause: $title', ({ evidence, cause }) => {
    const { others } = diagnoseEvidence(evidence);

    expect([...others.map((other) => other.id), cause, 'unexplained'].sort()).toEqual(
      [...CAUSE_IDS, ...(cause === 'unexplained' ? ['unexplained'] : [])].sort(),
    );
    for (const other of others) expect(other.facts.length, other.id).toBeGreaterThan(0);
  });
});

describe('a reading with gaps', () => {
  it('gives the requests that failed as evidence', () => {
    const evidence = evidenceOf({ lags: [1000, undefined] });
    const problems = [{ id: 'request-failed' as const, text: 'ListOffsets failed at b1:9092: timed out' }];
    const { facts } = diagnoseEvidence({ ...evidence, observation: { ...evidence.observation, problems } });

    expect(facts.find(({ id }) => id === 'coverage')?.text).toContain('ListOffsets failed at b1:9092');
  });
});

describe('a cause', () => {
  it('is reached by at least one scenario', () => {
    const reached = new Set(DIAGNOSIS_SCENARIOS.map((scenario) => scenario.cause));

    expect([...reached].sort()).toEqual([...CAUSE_IDS].sort());
  });

  it('has a row in docs/runbook.md, in the order of the flowchart', () => {
    const page = readFileSync(join(ROOT, 'docs/runbook.md'), 'utf8');
    const [, table = ''] = /\n\| Cause \| What to do \|\n\|[ -|]+\n((?:\|.*\n)+)/.exec(page) ?? [];

    expect([...table.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, id]) => id)).toEqual(CAUSE_IDS);
  });

  it('has the response of this table: only more capacity against two causes', () => {
    expect(Object.fromEntries(CAUSES.map(({ id, response }) => [id, response]))).toEqual({
      unreadable: 'recheck',
      'no-members': 'escalate',
      'deployment-in-progress': 'recheck',
      stable: 'hold',
      'producer-change': 'hold',
      'slow-processing': 'scale',
      'insufficient-consumers': 'scale',
      'fetch-config': 'escalate',
      'hot-partition': 'escalate',
      'rebalance-storm': 'escalate',
      unexplained: 'escalate',
    });
  });
});
