import { describe, expect, it } from 'vitest';
import { diagnose } from '#core/diagnosis/diagnosis.ts';
import type { Observation } from '#core/evidence/observation.ts';
import { absent, known, unknown } from '#core/kafka/reading.ts';
import { newIncident, noteEvent, type ScalingAction } from '#core/runbook/incident.ts';
import type { RunbookState } from '#core/runbook/messages.ts';
import { planScaling } from '#core/scaling/scaling-plan.ts';
import { plain } from '#core/text/markdown.ts';
import { endingOf, outcomeOf, type ReportInput, renderReport, summarise } from '#render/report.ts';
import { AT_MS, evidenceOf, scalingAction, serviceOf } from '#test/support/groups/evidence.ts';

const evidence = evidenceOf();
const incident = noteEvent(newIncident('billing', 'run-1', AT_MS), { atMs: AT_MS, step: 'lock', text: 'alarm' });
const input: ReportInput = {
  clusterName: 'prod',
  incident,
  outcome: 'not-scaled',
  ending: 'mode is recommend',
  diagnosis: diagnose(evidence),
  observation: evidence.observation,
  problems: [],
};

describe('renderReport', () => {
  it('tells cause, confidence and every rejected cause', () => {
    const report = renderReport(input);

    expect(report).toMatch(/Cause: insufficient-consumers .*confidence medium/);
    for (const id of ['hot-partition', 'rebalance-storm', 'slow-processing'])
      expect(report).toMatch(new RegExp(`^\\| ${id} \\| [^|]+ \\|$`, 'm'));
  });

  it('begins with what a person who was woken needs', () => {
    const head = renderReport({ ...input, service: serviceOf() }).split('## What happened')[0];

    expect(head).toMatch(
      /Lag when diagnosed: 8000 records, moving by 400\/s; 8.0 times what is allowed by records; allowed are 1000 records/,
    );
    expect(head).toMatch(/Service shop\/billing: 2 of 2 tasks ran/);
    expect(head).toMatch(/## Advice\n\n- Run more consumers/);
  });

  it('tells what is allowed of the group, and how far it is beyond that', () => {
    const thresholds = { ageSeconds: 120, dataLossHorizonSeconds: 7_200 };
    const ratio = { value: 2.25, by: 'age', complete: false } as const;
    const { ratio: _, ...bare } = evidence.observation;
    const headOf = (observation: Observation) => renderReport({ ...input, observation }).split('## What happened')[0];

    expect(headOf({ ...bare, thresholds, ratio })).toMatch(
      /; at least 2.3 times what is allowed by age; allowed are an age of 2 min, data loss no nearer than 2 h/,
    );
    expect(headOf({ ...bare, thresholds: { lag: 5 } })).toMatch(/400\/s; allowed are 5 records/);
  });

  it('tells since when the group is so, and what is ahead, unknown where it is', () => {
    const observation = {
      ...evidence.observation,
      status: { kind: 'error', rule: 'stopped', sinceMs: AT_MS - 900_000, partitions: { stopped: 8 } } as const,
      timeToDrain: unknown('fewer than two polls'),
      timeToDataLoss: known({ seconds: 5_400, samples: 40 }),
    };

    const head = renderReport({ ...input, observation });

    expect(head).toMatch(/Status when diagnosed: error \(stopped\) since 2026-01-05T02:45:00.000Z/);
    expect(head).toMatch(/Time to drain: unknown, fewer than two polls/);
    expect(head).toMatch(/Time to data loss: 1 h 30 min if it goes on as over 40 polls/);
  });

  it('says so when retention is what the time to data loss goes by', () => {
    const timeToDataLoss = known({ seconds: 5_400, samples: 6, by: 'retention' as const });

    expect(renderReport({ ...input, observation: { ...evidence.observation, timeToDataLoss } })).toMatch(
      /Time to data loss: 1 h 30 min if it goes on as over 6 polls, by the retention of the topic/,
    );
  });

  it('tells that lag does not fall, and that records are being lost', () => {
    const now = { timeToDrain: absent, timeToDataLoss: known({ seconds: 0, samples: 40 }) };

    const head = renderReport({ ...input, observation: { ...evidence.observation, ...now } });

    expect(head).toMatch(/Time to drain: none: .* lag does not fall/);
    expect(head).toMatch(/Time to data loss: it is under way/);
    expect(renderReport({ ...input, observation: { ...evidence.observation, timeToDataLoss: absent } })).toMatch(
      /Time to data loss: none: retention gains on no unread record/,
    );
  });

  it('calls lag of a part at least so much, and unknown what is unknown', () => {
    const partly = evidenceOf({ lags: [5000, undefined] }).observation;
    const { sumLag: _sum, ...nothing } = partly;

    expect(renderReport({ ...input, observation: partly })).toMatch(/at least 5000 records/);
    expect(renderReport({ ...input, observation: nothing })).toMatch(/Lag when diagnosed: unknown/);
  });

  it('tells the age of the oldest unread record, and what is out of the ordinary', () => {
    const observation = {
      ...evidence.observation,
      conditions: [{ id: 'no-leader' as const, topic: 'or|ders', partitions: [3] }],
    };
    const aged = (ms: number) => renderReport({ ...input, observation: { ...observation, ageMs: known(ms) } });

    expect(aged(3_725_000)).toMatch(/Age of the oldest unread record: at least 1 h 2 min/);
    expect(aged(0)).toMatch(/Nothing was unread/);
    expect(renderReport({ ...input, observation })).toMatch(/Age of the oldest unread record: unknown, was not asked/);
    expect(aged(1)).toMatch(
      /## Out of the ordinary\n\n- no-leader: topic .*, partition 3: the partition has no leader/,
    );
    expect(renderReport(input)).not.toContain('Out of the ordinary');
  });

  it('is a report even of a run that died before it knew anything', () => {
    const { diagnosis: _d, observation: _o, ...bare } = input;
    const report = renderReport({ ...bare, outcome: 'failed', problems: ['findings.json: gone'] });

    expect(report).toMatch(/Outcome: the runbook failed/);
    expect(report).toContain('findings.json: gone');
    expect(report).not.toContain('## Evidence');
  });

  it('says unknown for what was not measured, never 0', () => {
    const report = renderReport({ ...input, incident: { ...incident, before: { atMs: AT_MS, members: 2 } } });

    expect(report).toMatch(/\| lag, records \| unknown \|/);
    expect(report).toMatch(/\| members \| 2 \|/);
  });

  it('shows the worst partitions of many and where the rest is', () => {
    const many = evidenceOf({ lags: Array.from({ length: 50 }, (_, i) => i) });
    const report = renderReport({ ...input, observation: many.observation });

    expect(report).toContain('| orders | 49 |');
    expect(report).not.toContain('| orders | 3 |');
    expect(report).toContain('30 more are in the evidence');
  });

  it('says what is not known of a partition, first those that could not be read, last those without a commit', () => {
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
    expect(report).toMatch(/\| orders \| 3 \| 7 \| .* \| none known \|/);
  });

  it('says nothing of how lag moves when that is not known', () => {
    const observation = { ...evidence.observation, rates: unknown('new') };

    expect(renderReport({ ...input, observation })).toMatch(/records; 8.0 times/);
  });

  it('names where the evidence is', () => {
    expect(renderReport({ ...input, evidenceAt: 's3://b/k' })).toContain('## Where the evidence is\n\n- s3:\\/\\/b/k');
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
      [scalingAction, /shop\/billing stays at 8 tasks: take it back to 2 tasks by hand/],
      [{ ...scalingAction, lever: 'min-capacity', leverFrom: 1 } as const, /take it back to MinCapacity 1 by hand/],
    ])('that helped, advises how to take it back', (action, advice) => {
      expect(renderReport(scaled(action))).toMatch(advice);
      expect(renderReport(scaled(action))).not.toMatch(/^- Run more consumers/m);
    });

    it('shows what was done, how it was sized, and lag before and after', () => {
      const report = renderReport(scaled(scalingAction));

      expect(report).toMatch(/shop\/billing: 2 → 8 tasks by desired-count, applied/);
      expect(report).toMatch(/- 8 members can own the 8 partitions/);
      expect(report).toMatch(/\| lag, records \| 8000 \| 12 \|/);
    });

    it('shows no sizing beside a cause for which nothing is scaled', () => {
      const diagnosis = diagnose(evidenceOf({ members: 8 }));

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

describe('outcomeOf and endingOf', () => {
  const progress = (kind: 'done' | 'failed') => ({ kind, reason: `it is ${kind}`, checks: 1 });
  const moved = { lever: 'desired-count', atMs: 0, reason: 'moved' };

  it.each<[string, RunbookState, string, RegExp]>([
    ['recovered', { verify: progress('done') }, 'recovered', /it is done/],
    ['died before it decided', {}, 'not-scaled', /ended before a decision/],
    ['held', { decide: { kind: 'hold', reason: 'mode is recommend' } }, 'not-scaled', /recommend/],
    ['rolled back', { verify: progress('failed'), rollback: { ...moved, from: 8, to: 2 } }, 'rolled-back', /moved/],
    ['not rolled back', { verify: progress('failed'), rollback: { ...moved, from: 8, to: 8 } }, 'not-helped', /moved/],
    ['failed', { error: { Error: 'X', Cause: '{"errorMessage":"it broke"}' } }, 'failed', /^X: it broke$/],
    ['failed without JSON', { error: { Error: 'States.Timeout', Cause: 'late' } }, 'failed', /late/],
    ['failed without a cause', { error: { Error: 'X' } }, 'failed', /no cause/],
  ])('a run that %s', (_, state, outcome, ending) => {
    expect(outcomeOf(state)).toBe(outcome);
    expect(endingOf(state)).toMatch(ending);
  });
});

describe('summarise', () => {
  it('has no cause and no advice without a diagnosis', () => {
    const { diagnosis: _, ...bare } = input;

    expect(summarise(bare)).toBe('Group billing on prod: nothing was scaled.\nmode is recommend.');
  });

  it('is a few lines with the first advice', () => {
    expect(summarise(input)).toMatch(/^Group billing on prod: nothing was scaled\.\nCause: insufficient-consumers/);
    expect(summarise(input)).toMatch(/First: Run more consumers/);
  });
});
