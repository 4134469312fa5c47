import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/core/diagnosis.ts';
import { newIncident, noteEvent } from '../../src/core/incident.ts';
import { known } from '../../src/core/kafka.ts';
import { plain } from '../../src/core/markdown.ts';
import { endingOf, outcomeOf, type ReportInput, renderReport, summarise } from '../../src/core/report.ts';
import type { RunbookState } from '../../src/core/runbook.ts';
import { AT_MS, evidenceOf, serviceOf } from '../support/evidence.ts';

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

    expect(head).toMatch(/Lag when diagnosed: 8000 records, moving by 400\/s; 8.0 times the threshold of 1000/);
    expect(head).toMatch(/Service shop\/billing: 2 of 2 tasks ran/);
    expect(head).toMatch(/## Advice\n\n- Run more consumers/);
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
  it('is a few lines with the first advice', () => {
    expect(summarise(input)).toMatch(/^Group billing on prod: nothing was scaled\.\nCause: insufficient-consumers/);
    expect(summarise(input)).toMatch(/First: Run more consumers/);
  });
});
