/**
 * A run killed at each state, before and after its work: the lock expires, and the next run
 * continues the incident. A kill in a Wait or a Choice equals a kill before the work of the state
 * that follows.
 */
import { describe, expect, it } from 'vitest';
import type { RunbookState } from '#core/runbook/messages.ts';
import {
  GROUP,
  type RunbookWorld,
  runbookDefinition,
  runbookWorld,
  runRunbook,
  type WorldOptions,
} from '#test/support/runbook/runbook-world.ts';

class Killed extends Error {}

interface KilledAt {
  readonly state: string;
  /** World in which a run reaches the state; by default one with a scaling that helps. */
  readonly options?: WorldOptions;
  /** State whose work fails, so that the run reaches the state. */
  readonly breaks?: string;
  /** All task counts that the service was set to: each change is made once. */
  readonly scaledTo?: readonly number[];
}

const NO_HELP = { ceiling: 200 } as const;

/** Every Task state. */
const CASES: readonly KilledAt[] = [
  { state: 'Lock' },
  { state: 'Observe' },
  { state: 'Diagnose' },
  { state: 'Decide' },
  { state: 'Scale' },
  { state: 'ObserveConvergence' },
  { state: 'Converge' },
  { state: 'ObserveEffect' },
  { state: 'Verify' },
  { state: 'Rollback', options: NO_HELP, scaledTo: [8, 2] },
  { state: 'Report' },
  { state: 'ReportFailure', breaks: 'Decide' },
  { state: 'Unlock' },
];

/** Kills a run at a state: it neither reports nor unlocks. */
async function killAt(world: RunbookWorld, { state, breaks }: KilledAt, when: 'before' | 'after'): Promise<void> {
  let dead = false;
  await runRunbook(world, 'killed', async (at, _step, call) => {
    if (dead) throw new Killed();
    if (at === breaks) throw new Error('it broke');
    if (at !== state) return call();
    if (when === 'after') await call();
    dead = true;
    throw new Killed();
  });
  expect(dead, `the run reached ${state}`).toBe(true);
}

/** Lets the lock expire. */
async function outliveLock({ clock, settings, pollFor }: RunbookWorld): Promise<void> {
  clock.advance(settings.timing.lockSeconds * 1000);
  await pollFor(6);
}

it('the table has every Task state', () => {
  const states = Object.entries(runbookDefinition().definition.States);
  const tasks = states.flatMap(([name, { Type }]) => (Type === 'Task' ? [name] : []));

  expect(CASES.map(({ state }) => state).sort()).toEqual(tasks.sort());
});

describe.each(CASES)('a run killed at $state', (killed) => {
  it.each(['before', 'after'] as const)(
    '%s its work leaves a lock that expires, and the next run finishes the incident',
    async (when) => {
      const world = runbookWorld(killed.options);
      await world.pollFor(6);
      await killAt(world, killed, when);
      const locked =
        !(killed.state === 'Lock' && when === 'before') && !(killed.state === 'Unlock' && when === 'after');

      if (locked) expect((await runRunbook(world, 'early')).visited).toEqual(['Lock', 'AlreadyRunning']);
      await outliveLock(world);
      const next = await runRunbook(world, 'next');

      expect(next.error).toBeUndefined();
      expect(next.visited.at(-1)).toBe('Done');
      expect((next.output as RunbookState).run?.runId).toBe('next');
      const { scaledTo = [8] } = killed;
      expect(world.group.scaledTo.slice(0, scaledTo.length)).toEqual(scaledTo);
      expect(await world.state.loadIncident(GROUP)).toMatchObject({ status: 'closed' });
      if (killed.options === undefined) {
        expect(world.group.scaledTo).toEqual([8]);
        expect(await world.state.loadRaisedCapacity(world.service)).toMatchObject({ restoreTo: 2, raisedTo: 8 });
      }
    },
  );
});

describe('a run killed between the change and the note of a rollback', () => {
  it('is finished by the next run, which changes nothing else', async () => {
    const world = runbookWorld(NO_HELP);
    await world.pollFor(6);
    await killAt(world, { state: 'Rollback' }, 'after');
    // The note is lost: the incident is the one that was saved before the change.
    const noted = await world.state.loadIncident(GROUP);
    if (noted?.action === undefined) throw new Error('the incident has no action');
    await world.state.saveIncident({ ...noted, action: { ...noted.action, status: 'rolling-back' } });
    await outliveLock(world);
    const next = await runRunbook(world, 'next');

    expect(world.group.scaledTo).toEqual([8, 2]);
    expect((next.output as RunbookState).decide?.kind).toBe('rollback');
    expect(await world.state.loadIncident(GROUP)).toMatchObject({ status: 'closed', outcome: 'rolled-back' });
  });
});
