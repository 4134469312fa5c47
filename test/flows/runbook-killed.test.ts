/** Killed at each state, before and after its work: the lock expires, and the next run continues the incident. */
import { describe, expect, it } from 'vitest';
import type { RunbookState, Step } from '../../src/core/runbook.ts';
import { GROUP, type RunbookWorld, runbookWorld, runRunbook } from '../support/runbook-world.ts';

class Killed extends Error {}

/** A run that stops dead at a step: nothing of it runs any more, neither its report nor its unlock. */
async function killAt(world: RunbookWorld, step: Step, when: 'before' | 'after'): Promise<void> {
  let dead = false;
  await runRunbook(world, 'killed', async (_state, at, call) => {
    if (dead) throw new Killed();
    if (at !== step) return call();
    if (when === 'after') await call();
    dead = true;
    throw new Killed();
  });
  expect(dead, `the run reached ${step}`).toBe(true);
}

/** Killed while it takes back a scaling that did not help: the next run finishes that, and does no more. */
describe.each(['before', 'after'] as const)('a run killed %s the work of rollback', (when) => {
  it('is finished by the next run', async () => {
    const world = runbookWorld({ ceiling: 200 });
    await world.pollFor(6);
    await killAt(world, 'rollback', when);
    world.clock.advance(world.settings.timing.lockSeconds * 1000);
    await world.pollFor(6);
    const next = await runRunbook(world, 'next');

    expect(next.visited.at(-1)).toBe('Done');
    expect(world.group.scaledTo.slice(0, 2)).toEqual([8, 2]);
    expect(await world.state.loadIncident(GROUP)).toMatchObject({ status: 'closed' });
  });
});

describe('a run killed between the change and the note of rollback', () => {
  it('is finished by the next run, which changes nothing more', async () => {
    const world = runbookWorld({ ceiling: 200 });
    await world.pollFor(6);
    await killAt(world, 'rollback', 'after');
    // The note is lost: the incident stands as it was saved before the change.
    const noted = await world.state.loadIncident(GROUP);
    if (noted?.action === undefined) throw new Error('the incident has no action');
    await world.state.saveIncident({ ...noted, action: { ...noted.action, status: 'rolling-back' } });
    world.clock.advance(world.settings.timing.lockSeconds * 1000);
    await world.pollFor(6);
    const next = await runRunbook(world, 'next');

    expect(world.group.scaledTo).toEqual([8, 2]);
    expect((next.output as RunbookState).decide?.kind).toBe('rollback');
    expect(await world.state.loadIncident(GROUP)).toMatchObject({ status: 'closed', outcome: 'rolled-back' });
  });
});

const STEPS_OF_A_RUN: readonly Step[] = [
  'lock',
  'observe',
  'diagnose',
  'decide',
  'scale',
  'converge',
  'verify',
  'report',
  'unlock',
];
const CASES = STEPS_OF_A_RUN.flatMap((step) => (['before', 'after'] as const).map((when) => ({ step, when })));

describe.each(CASES)('a run killed $when the work of $step', ({ step, when }) => {
  it('leaves a lock that expires, and a next run that brings the incident to its end', async () => {
    const world = runbookWorld();
    await world.pollFor(6);
    await killAt(world, step, when);
    const locked = !(step === 'lock' && when === 'before') && !(step === 'unlock' && when === 'after');

    const early = await runRunbook(world, 'early');
    if (locked) expect(early.visited).toEqual(['Lock', 'AlreadyRunning']);

    world.clock.advance(world.settings.timing.lockSeconds * 1000);
    await world.pollFor(6);
    const next = await runRunbook(world, 'next');

    expect(next.error).toBeUndefined();
    expect(next.visited.at(-1)).toBe('Done');
    expect((next.output as RunbookState).run?.runId).toBe('next');
    // However often it was begun, the service was scaled once, to its limit, and that was verified.
    expect(world.group.scaledTo).toEqual([8]);
    expect(await world.state.loadIncident(GROUP)).toMatchObject({ status: 'closed' });
    expect(await world.state.loadRaisedCapacity(world.service)).toMatchObject({ restoreTo: 2, raisedTo: 8 });
  });
});
