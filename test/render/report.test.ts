import { describe, expect, it } from 'vitest';
import { diagnoseEvidence } from '#core/diagnosis/diagnosis.ts';
import type { Observation } from '#core/evidence/observation.ts';
import { absent, known, unknown } from '#core/kafka/reading.ts';
import { newIncident, noteEvent, type ScalingAction } from '#core/runbook/incident.ts';
import type { RunbookState } from '#core/runbook/messages.ts';
import { planScaling } from '#core/scaling/scaling-plan.ts';
import { plain } from '#core/text/markdown.ts';
import { type ReportInput, renderReport, runEnding, runOutcome, summarise } from '#render/report.ts';
import { AT_MS, evidenceOf, scalingAction, serviceOf } from '#test/support/groups/evidence.ts';

const evidence = evidenceOf();
const incident = noteEvent(newIncident('billing', 'run-1', AT_MS), { atMs: AT_MS, step: 'lock', text: 'alarm' });
const input: ReportInput = {
  clusterName: 'prod',
  incident,
  outcome: 'not-scaled',
  ending: 'mode is recommend',
  diagnosis: diagnoseEvidence(evidence),
  observation: evidence.observation,
  problems: [],
};

describe('renderReport', () => {
  it('names cause, confidence and every rejected cause', () => {
    const report = renderReport(input);

    expect(report).toMatch(/Cause: insufficient-consumers .*confidence medium/);
    for (const id of ['hot-partition', 'rebalance-storm', 'slow-processing'])
      expect(report).toMatch(new RegExp(`^\\| ${id} \\| [^|]+ \\|$`, 'm'));
  });

  it('begins with outcome, lag, service and advice', () => {
    const head = renderReport({ ...input, service: serviceOf() }).split('## What happened')[0];

    expect(head).toMatch(
      /Lag at diagnosis: 8000 records, changing by 400\/s; 8.0 times the lag threshold; thresholds: lag 1000 records/,
    );
    expect(head).toMatch(/Service shop\/billing: 2 of 2 tasks ran/);
    expect(head).toMatch(/## Advice\n\n- Run more consumers/);
  });

  it('names the thresholds of the group, and its distance to them', () => {
    const thresholds = { ageSeconds: 120, dataLossHorizonSeconds: 7_200 };
    const ratio = { value: 2.25, by: 'age', complete: false } as const;
    const { ratio: _, ...bare } = evidence.observation;
    const headOf = (observation: Observation) => renderReport({ ...input, observation }).split('## What happened')[0];

    expect(headOf({ ...bare, thresholds, ratio })).toMatch(
      /; at least 2.3 times the age threshold; thresholds: age 2 min, data loss within 2 h/,
    );
    expect(headOf({ ...bare, thresholds: { lag: 5 } })).toMatch(/400\/s; thresholds: lag 5 records/);
  });

  it('has the status with its start, and forecasts, also unknown ones', () => {
    const observation = {
      ...evidence.observation,
      status: { kind: 'error', rule: 'stopped', sinceMs: AT_MS - 900_000, partitions: { stopped: 8 } } as const,
      timeToDrain: unknown('fewer than two polls'),
      timeToDataLoss: known({ seconds: 5_400, samples: 40 }),
    };

    const head = renderReport({ ...input, observation });

    expect(head).toMatch(/Status at diagnosis: error \(stopped\) since 2026-01-05T02:45:00.000Z/);
    expect(head).toMatch(/Time to drain: unknown, fewer than two polls/);
    expect(head).toMatch(/Time to data loss: 1 h 30 min at the rates of the last 40 polls/);
  });

  it('says when the time to data loss comes from the retention', () => {
    const timeToDataLoss = known({ seconds: 5_400, samples: 6, by: 'retention' as const });

    expect(renderReport({ ...input, observation: { ...evidence.observation, timeToDataLoss } })).toMatch(
      /Time to data loss: 1 h 30 min at the rates of the last 6 polls, from the retention of the topic/,
    );
  });

  it('says that lag does not fall, and that records are being lost', () => {
    const now = { timeToDrain: absent, timeToDataLoss: known({ seconds: 0, samples: 40 }) };

    const head = renderReport({ ...input, observation: { ...evidence.observation, ...now } });

    expect(head).toMatch(/Time to drain: none: .* lag does not fall/);
    expect(head).toMatch(/Time to data loss: none left: retention deletes unread records now/);
    expect(renderReport({ ...input, observation: { ...evidence.observation, timeToDataLoss: absent } })).toMatch(
      /Time to data loss: none: retention reaches no unread record/,
    );
  });

  it('calls incomplete lag a lower bound, and unknown lag unknown', () => {
    const partly = evidenceOf({ lags: [5000, undefined] }).observation;
    const { sumLag: _sum, ...nothing } = partly;

    expect(renderReport({ ...input, observation: partly })).toMatch(/at least 5000 records/);
    expect(renderReport({ ...input, observation: nothing })).toMatch(/Lag at diagnosis: unknown/);
  });

  it('has the age of the oldest unread record, and unusual conditions', () => {
    const observation = {
      ...evidence.observation,
      conditions: [{ id: 'no-leader' as const, topic: 'or|ders', partitions: [3] }],
    };
    const aged = (ms: number) => renderReport({ ...input, observation: { ...observation, ageMs: known(ms) } });

    expect(aged(3_725_000)).toMatch(/Age of the oldest unread record: at least 1 h 2 min/);
    expect(aged(0)).toMatch(/The group had read everything/);
    expect(renderReport({ ...input, observation })).toMatch(/Age of the oldest unread record: unknown, was not asked/);
    expect(aged(1)).toMatch(/## Unusual conditions\n\n- no-leader: topic .*, partition 3: the partition has no leader/);
    expect(renderReport(input)).not.toContain('Unusual conditions');
  });

  it('reports a run that died before its diagnosis', () => {
    const { diagnosis: _d, observation: _o, ...bare } = input;
    const report = renderReport({ ...bare, outcome: 'failed', problems: ['findings.json: gone'] });

    expect(report).toMatch(/Outcome: the run failed/);
    expect(report).toContain('findings.json: gone');
    expect(report).not.toContain('## Evidence');
  });

  it('shows unknown for a missing measurement, never 0', () => {
    const report = renderReport({ ...input, incident: { ...incident, before: { atMs: AT_MS, members: 2 } } });

    expect(report).toMatch(/\| lag, records \| unknown \|/);
    expect(report).toMatch(/\| members \| 2 \|/);
  });

  it('shows the worst of many partitions, and where the others are', () => {
    const many = evidenceOf({ lags: Array.from({ length: 50 }, (_, i) => i) });
    const report = renderReport({ ...input, observation: many.observation });

    expect(report).toContain('| orders | 49 |');
    expect(report).not.toContain('| orders | 3 |');
    expect(report).toContain('30 more are in the evidence file');
  });

  it('lists unknown partitions first, and partitions without a commit last', () => {
    const { observation } = evidenceOf({ lags: [null, 5, undefined, 7], members: 0 });
    const { produceRate: _rate, ...unread } = observation.partitions[2] ?? {};
    const partitions = observation.partitions.map((p) => (p.partition === 2 ? { ...p, ...unread } : p));
    const report = renderReport({ ...input, observation: { ...observation, partitions } });

    expect(report.match(/^\| orders \|.*$/gm)?.map((row) => row.split('|').map((cell) => cell.trim())[3])).toEqual([
      'unknown: leader not available',
      '7',
      '5',
      'no commit',
    ]);
    expect(report).toMatch(/\| orders \| 3 \| 7 \| .* \| unknown or none \|/);
  });

  it('leaves out the growth of lag when it is unknown', () => {
    const observation = { ...evidence.observation, rates: unknown('new') };

    expect(renderReport({ ...input, observation })).toMatch(/records; 8.0 times/);
  });

  it('has the location of the evidence', () => {
    expect(renderReport({ ...input, evidenceAt: 's3://b/k' })).toContain('## Evidence file\n\n- s3:\\/\\/b/k');
  });

  describe('after a scaling', () => {
    const plan = planScaling(evidence, { drainTargetSeconds: 900, utilisation: 0.8 });
    const measured = { atMs: AT_MS, sumLag: 8000 };
    const scaled = (action: ScalingAction): ReportInput => ({
      ...input,
      outcome: 'recovered',
      plan,
      incident: { ...incident, action, before: measured, after: { ...measured, sumLag: 12 } },
    });

    it.each([
      [scalingAction, /shop\/billing stays at 8 tasks. Restore 2 tasks by hand/],
      [{ ...scalingAction, lever: 'min-capacity', leverFrom: 1 } as const, /Restore MinCapacity 1 by hand/],
    ])('advises how to restore the capacity after a scaling that helped', (action, advice) => {
      expect(renderReport(scaled(action))).toMatch(advice);
      expect(renderReport(scaled(action))).not.toMatch(/^- Run more consumers/m);
    });

    it('shows the scaling, its sizing, and lag before and after', () => {
      const report = renderReport(scaled(scalingAction));

      expect(report).toMatch(/shop\/billing: 2 → 8 tasks by desired-count, applied/);
      expect(report).toMatch(/- 8 members can own the 8 partitions/);
      expect(report).toMatch(/\| lag, records \| 8000 \| 12 \|/);
    });

    it('shows no sizing for a cause without scaling', () => {
      const diagnosis = diagnoseEvidence(evidenceOf({ members: 8 }));

      expect(renderReport({ ...input, plan, diagnosis })).not.toMatch(/members can own/);
    });
  });

  it('lets no name from Kafka be markup', () => {
    const hostile = 'x](http://evil)<script>|\n# pwned `rm`';
    const report = renderReport({ ...input, incident: { ...incident, groupId: hostile } });

    expect(report).not.toMatch(/^# pwned/m);
    expect(report).not.toContain('<script>');
    expect(report.split('\n')[0]).toContain('\\<script\\>');
  });
});

describe('plain', () => {
  it.each([
    ['a|b', 'a\\|b'],
    ['<b>', '\\<b\\>'],
    ['a\nb', 'a\\\\u000ab'],
    ['\u202egnp', '\\\\u202egnp'],
    ['https://x', 'https:\\/\\/x'],
  ])('escapes %j as %j', (text, escaped) => {
    expect(plain(text)).toBe(escaped);
  });
});

describe('runOutcome and runEnding', () => {
  const progress = (kind: 'done' | 'failed') => ({ kind, id: 'x', reason: `it is ${kind}`, checks: 1 });
  const moved = { lever: 'desired-count', atMs: 0, reason: 'moved' };

  it.each<[string, RunbookState, string, RegExp]>([
    ['recovered', { verify: progress('done') }, 'recovered', /it is done/],
    ['died before it decided', {}, 'not-scaled', /ended before a decision/],
    [
      'held',
      { decide: { kind: 'hold', id: 'mode-recommend', reason: 'mode is recommend' } },
      'not-scaled',
      /recommend/,
    ],
    ['rolled back', { verify: progress('failed'), rollback: { ...moved, from: 8, to: 2 } }, 'rolled-back', /moved/],
    ['not rolled back', { verify: progress('failed'), rollback: { ...moved, from: 8, to: 8 } }, 'not-helped', /moved/],
    ['failed', { error: { Error: 'X', Cause: '{"errorMessage":"it broke"}' } }, 'failed', /^X: it broke$/],
    ['failed without JSON', { error: { Error: 'States.Timeout', Cause: 'late' } }, 'failed', /late/],
    ['failed without a cause', { error: { Error: 'X' } }, 'failed', /no cause/],
  ])('a run that %s', (_, state, outcome, ending) => {
    expect(runOutcome(state)).toBe(outcome);
    expect(runEnding(state)).toMatch(ending);
  });
});

describe('summarise', () => {
  it('has no cause and no advice without a diagnosis', () => {
    const { diagnosis: _, ...bare } = input;

    expect(summarise(bare)).toBe('Group billing on prod: nothing was scaled.\nmode is recommend.');
  });

  it('is a few lines with the first advice', () => {
    expect(summarise(input)).toMatch(/^Group billing on prod: nothing was scaled\.\nCause: insufficient-consumers/);
    expect(summarise(input)).toMatch(/Advice: Run more consumers/);
  });
});
