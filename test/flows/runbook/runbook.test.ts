/** The shipped definition over the real handlers: every path through it. */
import { afterAll, describe, expect, it } from 'vitest';
import { ERROR_NAMES, KafkaUnreachableError } from '#core/errors.ts';
import type { RunbookState } from '#core/runbook/messages.ts';
import {
  GROUP,
  type Intercept,
  type RunbookWorld,
  type RunResult,
  runbookDefinition,
  runbookWorld,
  runRunbook,
} from '#test/support/runbook/runbook-world.ts';

const hot = [180, 3, 3, 3, 3, 3, 3, 3];
const walked = new Set<string>();

async function run(world: RunbookWorld, intercept?: Intercept): Promise<RunResult> {
  const result = await runRunbook(world, 'run-1', intercept);
  for (const state of result.visited) walked.add(state);
  return result;
}

/** Any other run may lock the group now. */
async function expectUnlocked({ state, clock }: RunbookWorld): Promise<void> {
  const request = { keys: [`group#${GROUP}`], owner: 'next', nowMs: clock.nowMs(), expiresAtMs: clock.nowMs() + 1 };
  expect(await state.acquireLock(request)).toEqual({ kind: 'acquired' });
}

describe('the runbook', () => {
  it('scales to the partition limit when capacity is the cause, then waits, verifies, reports and unlocks', async () => {
    const world = runbookWorld();
    await world.pollFor(6);
    const { visited, output } = await run(world);

    expect(world.group.scaledTo).toEqual([8]);
    expect(visited.at(-1)).toBe('Done');
    expect((output as RunbookState).report?.outcome).toBe('recovered');
    const incident = await world.state.loadIncident(GROUP);
    expect(incident).toMatchObject({
      status: 'closed',
      outcome: 'recovered',
      action: { from: 2, to: 8, status: 'verified' },
    });
    expect(incident?.after?.sumLag).toBeLessThan(incident?.before?.sumLag ?? 0);
    expect(await world.state.loadRaisedCapacity(world.service)).toMatchObject({ restoreTo: 2, raisedTo: 8 });
    expect(world.notifier.sent).toHaveLength(1);
    await expectUnlocked(world);
  });

  it('writes a complete report', async () => {
    const world = runbookWorld();
    await world.pollFor(6);
    await run(world);
    const { reportKey = '' } = (await world.state.loadIncident(GROUP)) ?? {};
    const report = world.incidents.textOf(reportKey);

    for (const heading of ['What happened', 'Evidence', 'Rejected causes', 'Action', 'Before and after', 'Advice']) {
      expect(report).toContain(`## ${heading}`);
    }
    expect(report).toMatch(/insufficient-consumers/);
    expect(report).toMatch(/2 → 8 tasks by desired-count, verified/);
    expect(report).toMatch(/shop\/billing-consumer stays at 8 tasks. Restore 2 tasks by hand/);
  });

  it('scales nothing for a hot partition, and says why', async () => {
    const world = runbookWorld({ arrivals: hot });
    await world.pollFor(20);
    const { output } = await run(world);

    expect(world.group.scaledTo).toEqual([]);
    expect((output as RunbookState).decide).toMatchObject({
      kind: 'escalate',
      id: 'hot-partition',
    });
    expect(await world.state.loadIncident(GROUP)).toMatchObject({ status: 'closed', outcome: 'not-scaled' });
    expect(world.notifier.sent[0]?.body).toMatch(/Find the hot key/);
    await expectUnlocked(world);
  });

  it('recommends a step in mode recommend, and changes nothing', async () => {
    const world = runbookWorld({ settings: { mode: 'recommend' } });
    await world.pollFor(6);
    const { output } = await run(world);

    expect((output as RunbookState).decide).toMatchObject({ kind: 'hold', recommended: { from: 2, to: 8 } });
    expect(world.group.scaledTo).toEqual([]);
  });

  it('rolls back when more consumers did not help because of a downstream limit', async () => {
    const world = runbookWorld({ ceiling: 200 });
    await world.pollFor(6);
    const { visited, output } = await run(world);

    expect(world.group.scaledTo).toEqual([8, 2]);
    expect(visited).toContain('Rollback');
    expect((output as RunbookState).report?.outcome).toBe('rolled-back');
    expect(await world.state.loadRaisedCapacity(world.service)).toBeUndefined();
    expect(await world.state.loadIncident(GROUP)).toMatchObject({
      status: 'closed',
      action: { status: 'rolled-back' },
    });
  });

  it('rechecks an unreadable group a few times, then escalates', async () => {
    const world = runbookWorld();
    const { visited, output } = await run(world, async (_state, step, call) => {
      const result = await call();
      if (step === 'observe')
        await world.incidents.putJson((result as { key: string }).key, await withoutAPartition(world, result));
      return result;
    });

    expect(visited.filter((state) => state === 'WaitForRecheck')).toHaveLength(world.settings.maxRechecks);
    expect((output as RunbookState).decide).toMatchObject({ kind: 'escalate', id: 'unreadable' });
    expect(world.group.scaledTo).toEqual([]);
  });

  it('ends at once when another run holds the lock', async () => {
    const world = runbookWorld();
    const now = world.clock.nowMs();
    await world.state.acquireLock({ keys: [`group#${GROUP}`], owner: 'other', nowMs: now, expiresAtMs: now + 60_000 });
    const { visited, error } = await run(world);

    expect(visited).toEqual(['Lock', 'AlreadyRunning']);
    expect(error).toBeUndefined();
    expect(await world.state.loadIncident(GROUP)).toBeUndefined();
  });

  it('resumes a scaling that an earlier run made', async () => {
    const world = runbookWorld();
    await world.pollFor(6);
    const first = await run(world, (_state, step, call) =>
      step === 'converge' ? Promise.reject(new Error('broke')) : call(),
    );
    expect(first.visited.at(-1)).toBe('Failed');
    const { visited, output } = await run(world);

    expect(visited).not.toContain('Scale');
    expect((output as RunbookState).decide).toMatchObject({ kind: 'resume', id: 'earlier-scaling' });
    expect((output as RunbookState).report?.outcome).toBe('recovered');
    expect(world.group.scaledTo).toEqual([8]);
  });

  it('retries brokers that do not answer before it gives up', async () => {
    const world = runbookWorld();
    await world.pollFor(6);
    let failures = 2;
    const { output } = await run(world, (_state, step, call) => {
      if (step === 'observe' && failures-- > 0) return Promise.reject(new KafkaUnreachableError('no broker answered'));
      return call();
    });

    expect((output as RunbookState).report?.outcome).toBe('recovered');
  });

  it.each(['lock', 'observe', 'diagnose', 'decide', 'scale', 'converge', 'verify', 'report'])(
    'reports, unlocks and fails when %s breaks',
    async (broken) => {
      const world = runbookWorld();
      await world.pollFor(6);
      const { visited, error } = await run(world, (_state, step, call) =>
        step === broken ? Promise.reject(Object.assign(new Error('it broke'), { name: ERROR_NAMES.notFound })) : call(),
      );

      if (broken !== 'report') expect(visited).toContain('ReportFailure');
      expect(visited).toContain('Unlock');
      expect(visited.at(-1)).toBe('Failed');
      expect(error).toBeInstanceOf(Error);
      await expectUnlocked(world);
      if (broken !== 'report') expect(world.notifier.sent.at(-1)?.body).toMatch(/it broke/);
      if (broken !== 'lock') expect(await world.state.loadIncident(GROUP)).toMatchObject({ status: 'open' });
    },
  );

  it('fails when unlock breaks, and its lock expires', async () => {
    const world = runbookWorld({ arrivals: hot });
    await world.pollFor(20);
    const { visited } = await run(world, (_state, step, call) =>
      step === 'unlock' ? Promise.reject(new Error('x')) : call(),
    );

    expect(visited.at(-1)).toBe('Failed');
  });

  afterAll(() => {
    const { definition } = runbookDefinition();
    expect([...walked].sort()).toEqual(Object.keys(definition.States).sort());
  });
});

/** The observation without one partition that could not be read. */
async function withoutAPartition(world: RunbookWorld, result: unknown) {
  const { key } = result as { key: string };
  const observation = (await world.incidents.getJson(key)) as Record<string, unknown>;
  return { ...observation, coverage: 0.9 };
}
