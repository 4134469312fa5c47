/** What must not happen between a decision and its execution. */
import { describe, expect, it } from 'vitest';
import { ERROR_NAMES } from '#core/errors.ts';
import type { RunbookState } from '#core/runbook/messages.ts';
import { GROUP, type Intercept, runbookWorld, runRunbook } from '#test/support/runbook/runbook-world.ts';

/** Runs something right before a step. */
const before =
  (step: string, act: () => Promise<unknown>): Intercept =>
  async (_state, at, call) => {
    if (at === step) await act();
    return call();
  };

describe('scale', () => {
  it('is refused when something else changed the service, with nothing to restore', async () => {
    const world = runbookWorld();
    await world.pollFor(6);
    const { visited, error } = await runRunbook(
      world,
      'run-1',
      before('scale', () => world.group.scale(world.service, 'desired-count', 2, 5)),
    );

    expect(visited).toContain('ReportFailure');
    expect(error).toBeInstanceOf(Error);
    expect(world.group.scaledTo).toEqual([5]);
    expect(await world.state.loadRaisedCapacity(world.service)).toBeUndefined();
    const incident = await world.state.loadIncident(GROUP);
    expect(incident).toMatchObject({ status: 'open', outcome: 'failed' });
    expect(incident).not.toHaveProperty('action');
    expect(world.notifier.sent[0]?.body).toContain(ERROR_NAMES.scalingRefused);
  });

  it('keeps the first capacity to restore when a second incident raises the service again', async () => {
    const world = runbookWorld({ settings: { maxStepTasks: 2, maxVerifyChecks: 2 } });
    await world.pollFor(6);
    await world.state.saveRaisedCapacity({
      service: world.service,
      lever: 'desired-count',
      restoreTo: 1,
      raisedTo: 2,
      incidentId: 'earlier',
      atMs: 0,
    });
    await runRunbook(world);

    expect(world.group.scaledTo).toEqual([4, 2]);
    expect(await world.state.loadRaisedCapacity(world.service)).toMatchObject({ restoreTo: 1, raisedTo: 2 });
  });

  it('does not scale a service again before its cooldown ends', async () => {
    const world = runbookWorld({ settings: { maxStepTasks: 2, maxVerifyChecks: 2 } });
    await world.pollFor(6);
    await runRunbook(world, 'first');
    await world.pollFor(6);
    const { output } = await runRunbook(world, 'second');

    expect((output as RunbookState).decide).toMatchObject({
      kind: 'hold',
      id: 'cooldown',
    });
    expect(world.group.scaledTo).toEqual([4, 2]);
  });
});

describe('scale, when repeated', () => {
  it.each(['before', 'after'] as const)('scales once when its answer was lost, %s the note', async (when) => {
    const world = runbookWorld();
    await world.pollFor(6);
    let calls = 0;
    const { output } = await runRunbook(world, 'run-1', async (_state, step, call) => {
      if (step !== 'scale' || ++calls > 1) return call();
      const { state } = world;
      let saves = 0;
      const save = state.saveIncident.bind(state);
      state.saveIncident = async (incident) => {
        // The first save notes the plan, the second that it is applied.
        if (when === 'before' && ++saves > 1) throw new Error('lost');
        return save(incident);
      };
      await call().catch(() => {});
      state.saveIncident = save;
      throw Object.assign(new Error('lost'), { name: 'Lambda.ServiceException' });
    });

    expect(calls).toBe(2);
    expect(world.group.scaledTo).toEqual([8]);
    expect((output as RunbookState).report?.outcome).toBe('recovered');
  });
});

describe('lock', () => {
  it('retries a service that a run of another group holds, then reports that', async () => {
    const world = runbookWorld();
    const now = world.clock.nowMs();
    const key = 'service#shop/billing-consumer';
    await world.state.acquireLock({ keys: [key], owner: 'other', nowMs: now, expiresAtMs: now + 60_000 });
    let attempts = 0;
    const { visited } = await runRunbook(world, 'run-1', (_state, step, call) => {
      if (step === 'lock') attempts++;
      return call();
    });

    expect(attempts).toBe(11);
    expect(visited).toEqual(['Lock', 'ReportFailure', 'Unlock', 'Error?', 'Failed']);
    expect(world.notifier.sent[0]?.body).toContain(key);
  });

  it('opens a new incident when the last one lacks only its report', async () => {
    const world = runbookWorld();
    await world.pollFor(6);
    await runRunbook(world, 'first', (_state, step, call) =>
      step === 'report' ? Promise.reject(new Error('x')) : call(),
    );
    const first = await world.state.loadIncident(GROUP);
    await runRunbook(world, 'second');
    const second = await world.state.loadIncident(GROUP);

    expect(first).toMatchObject({ status: 'open', action: { status: 'verified' } });
    expect(second?.incidentId).not.toBe(first?.incidentId);
    expect(second).not.toHaveProperty('action');
  });

  it('is released when the incident cannot be opened', async () => {
    const world = runbookWorld();
    const save = world.state.saveIncident.bind(world.state);
    world.state.saveIncident = () => Promise.reject(new Error('throttled'));
    const first = await runRunbook(world, 'first');
    world.state.saveIncident = save;
    await world.pollFor(6);
    const second = await runRunbook(world, 'second');

    expect(first.visited.at(-1)).toBe('Failed');
    expect(second.visited).toContain('Observe');
  });
});

describe('rollback', () => {
  it('happens once when its answer was lost', async () => {
    const world = runbookWorld({ ceiling: 200, settings: { maxVerifyChecks: 2 } });
    await world.pollFor(6);
    let calls = 0;
    const { output } = await runRunbook(world, 'run-1', async (_state, step, call) => {
      const result = await call();
      if (step === 'rollback' && ++calls === 1)
        throw Object.assign(new Error('lost'), { name: 'Lambda.ServiceException' });
      return result;
    });

    expect(calls).toBe(2);
    expect(world.group.scaledTo).toEqual([8, 2]);
    expect((output as RunbookState).report?.outcome).toBe('rolled-back');
  });

  it('says that the policies stop the tasks with MinCapacity', async () => {
    const world = runbookWorld({ ceiling: 200, lever: 'min-capacity', settings: { maxVerifyChecks: 2 } });
    await world.pollFor(6);
    const { output } = await runRunbook(world);

    expect(world.group.scaledTo).toEqual([8, 2]);
    expect((output as RunbookState).rollback?.reason).toMatch(/^MinCapacity rolled back from 8 to 2/);
  });

  it('does not change a service that something else changed, and says so', async () => {
    const world = runbookWorld({ ceiling: 200, settings: { maxVerifyChecks: 2 } });
    await world.pollFor(6);
    const { output } = await runRunbook(
      world,
      'run-1',
      before('rollback', () => world.group.scale(world.service, 'desired-count', 8, 6)),
    );

    expect(world.group.scaledTo).toEqual([8, 6]);
    expect((output as RunbookState).rollback?.reason).toMatch(/not rolled back/);
    expect((output as RunbookState).report?.outcome).toBe('not-helped');
  });
});
