/** Locks as reconcile finds them: a run that has ended in Step Functions holds none. */
import { describe, expect, it, vi } from 'vitest';
import { newIncident } from '#core/runbook/incident.ts';
import type { MemoryRuns } from '#local/twins/runbook-runs.ts';
import { GROUP, reconcileOnce, runbookDefinition, runbookWorld } from '#test/support/runbook/runbook-world.ts';

const SERVICE = 'shop/billing-consumer';

// Takes seconds: outside the time of the first test.
runbookDefinition();

describe('the lock of a run', () => {
  /** A function of a run may work this long after the execution has ended. */
  const MINUTE = 60_000;

  async function heldBy(owner: string) {
    const world = runbookWorld();
    await world.watchFor(9);
    const nowMs = world.clock.nowMs();
    const keys = [`group#${GROUP}`, `service#${SERVICE}`];
    await world.state.acquireLock({ keys, owner, nowMs, expiresAtMs: nowMs + 4_200_000 });
    const events = [{ atMs: nowMs, step: 'converge', text: '' }];
    await world.state.saveIncident({ ...newIncident(GROUP, owner, nowMs), events });
    return world;
  }
  const locksOf = (world: Awaited<ReturnType<typeof heldBy>>) =>
    Promise.all([`group#${GROUP}`, `service#${SERVICE}`].map((key) => world.state.loadLock(key)));

  it('is released when that run has ended, and the next run starts', async () => {
    const world = await heldBy('run-1');
    world.runs.ended('run-1', world.clock.nowMs() - MINUTE);
    const { done } = await reconcileOnce(world.world);

    expect(done[0]).toMatchObject({ action: 'started', id: 'run-died' });
    expect(await locksOf(world)).toEqual([undefined, undefined]);
  });

  it.each([
    ['is at work', (runs: MemoryRuns) => runs.began('run-1')],
    [
      'has just ended, so that one of its functions may still work',
      (runs: MemoryRuns, nowMs: number) => runs.ended('run-1', nowMs - MINUTE + 1),
    ],
    ['is unknown, like one that started moments ago', () => {}],
  ])('stays when that run %s', async (_, stand) => {
    const world = await heldBy('run-1');
    stand(world.runs, world.clock.nowMs());
    const { done } = await reconcileOnce(world.world);

    expect(done[0]).toMatchObject({ action: 'skipped', id: 'locked' });
    expect(await locksOf(world)).toMatchObject([{ owner: 'run-1' }, { owner: 'run-1' }]);
  });

  it('stays when another run takes it in the meantime', async () => {
    const world = await heldBy('run-1');
    vi.spyOn(world.runs, 'stateOf').mockImplementation(async () => {
      const nowMs = world.clock.nowMs();
      await world.state.releaseLock([`service#${SERVICE}`], 'run-1');
      await world.state.acquireLock({ keys: [`service#${SERVICE}`], owner: 'run-2', nowMs, expiresAtMs: nowMs + 1 });
      return { kind: 'ended', atMs: nowMs - MINUTE };
    });
    await reconcileOnce(world.world);

    expect(await locksOf(world)).toMatchObject([undefined, { owner: 'run-2' }]);
  });

  it('causes no request to Step Functions when reconcile holds it', async () => {
    const world = await heldBy('reconcile/request-0/1');
    const asked = vi.spyOn(world.runs, 'stateOf');

    expect((await reconcileOnce(world.world)).done[0]).toMatchObject({ action: 'skipped', id: 'locked' });
    expect(asked).not.toHaveBeenCalled();
  });
});
