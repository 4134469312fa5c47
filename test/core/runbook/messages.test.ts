import { describe, expect, it } from 'vitest';
import {
  lastReason,
  type RunbookState,
  STEP_NAMES,
  type Step,
  stepOfState,
  stepSummary,
} from '#core/runbook/messages.ts';

const run = { runId: 'r', incidentId: 'i-1', groupId: 'g', lockKeys: [], startedAtMs: 0, resumed: false };
const observe = { key: 'k', atMs: 0, state: 'Stable', members: 2, partitions: 8, sumLag: 5, coverage: 1 };
const moved = { from: 2, to: 8, lever: 'desired-count', atMs: 0, reason: '2 → 8 tasks' };

const SUMMARIES: readonly [Step, RunbookState, string | undefined][] = [
  ['lock', { run }, 'incident i-1'],
  ['lock', { run: { ...run, resumed: true } }, 'incident i-1, continued'],
  ['observe', { observe }, 'lag 5, 2 members, Stable, coverage 1'],
  [
    'observe',
    { observe: { ...observe, sumLag: null, members: null, coverage: null } },
    'lag unknown, unknown members, Stable, coverage unknown',
  ],
  ['diagnose', { diagnose: { key: 'k', cause: 'stable', confidence: 'high' } }, 'stable, confidence high'],
  ['decide', { decide: { kind: 'hold', id: 'x', reason: 'mode is recommend' } }, 'hold: mode is recommend'],
  ['scale', { scale: moved }, '2 → 8 tasks'],
  [
    'converge',
    { converge: { kind: 'again', id: 'x', reason: 'two tasks are pending', checks: 1 } },
    'not yet: two tasks are pending',
  ],
  ['verify', { verify: { kind: 'done', id: 'x', reason: 'lag falls', checks: 2 } }, 'done: lag falls'],
  ['rollback', { rollback: { ...moved, reason: '8 → 2 tasks' } }, '8 → 2 tasks'],
  ['report', { report: { key: 'k', outcome: 'recovered' } }, 'recovered'],
  ['unlock', {}, 'done'],
  ['report', {}, undefined],
];

describe('summaryOf', () => {
  it.each(SUMMARIES)('%s %#', (step, state, text) => {
    expect(stepSummary(step, state)).toBe(text);
  });

  it('has a case here for every step', () => {
    expect(new Set(SUMMARIES.map(([step]) => step))).toEqual(new Set(STEP_NAMES));
  });
});

describe('lastReason', () => {
  const decide = { kind: 'hold' as const, id: 'x', reason: 'decided' };
  const verify = { kind: 'failed' as const, id: 'x', reason: 'checked', checks: 1 };

  it.each<[RunbookState, string | undefined]>([
    [{ run, observe }, undefined],
    [{ decide, report: { key: 'k', outcome: 'not-scaled' } }, 'decided'],
    [{ decide, verify }, 'checked'],
    [{ decide, verify, rollback: moved }, '2 → 8 tasks'],
  ])('%# is the reason of the last step that has one', (state, reason) => {
    expect(lastReason(state)).toBe(reason);
  });
});

describe('stepOfState', () => {
  it('finds the step of a Task state, and nothing for another state', () => {
    expect(['ObserveEffect', 'ReportFailure', 'Act?', 'toString'].map(stepOfState)).toEqual([
      'observe',
      'report',
      undefined,
      undefined,
    ]);
  });
});
