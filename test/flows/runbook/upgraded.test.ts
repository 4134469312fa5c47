/** A deployment during a run: objects of the earlier version lack what this version stores. */
import { describe, expect, it } from 'vitest';
import type { RunbookState } from '#core/runbook/messages.ts';
import {
  GROUP,
  type Intercept,
  type RunbookWorld,
  runbookDefinition,
  runbookWorld,
  runRunbook,
} from '#test/support/runbook/runbook-world.ts';

// Takes seconds: outside the time of the first test.
runbookDefinition();

type Stored = Record<string, unknown>;

/** An observation without what an earlier version did not store. */
const older = ({ thresholds: _, ratio: __, ...rest }: Stored): Stored => rest;
const olderFindings = ({ evidence, ...rest }: Stored): Stored => {
  const { observation, ...others } = evidence as Stored;
  return { ...rest, evidence: { ...others, observation: older(observation as Stored) } };
};

/** Replaces the newest object by one of an earlier version before the first call of a state. */
function upgradedBefore(world: RunbookWorld, at: string, make: (stored: Stored) => Stored): Intercept {
  let newest = '';
  const { putJson } = world.incidents;
  world.incidents.putJson = async (key, value) => {
    newest = key;
    await putJson.call(world.incidents, key, value);
  };
  let isDone = false;
  return async (state, _step, call) => {
    if (state === at && !isDone) {
      isDone = true;
      const stored = (await world.incidents.getJson(newest)) as Stored;
      await putJson.call(world.incidents, newest, make(stored));
      expect(await world.incidents.getJson(newest)).not.toEqual(stored);
    }
    return call();
  };
}

describe('a run during a deployment', () => {
  it.each([
    { at: 'Diagnose', make: older, says: /^unreadable: / },
    { at: 'Decide', make: olderFindings, says: /^recheck: .*another version.*thresholds: is missing/ },
    { at: 'Converge', make: older, says: /^again: .*another version.*thresholds: is missing/ },
    { at: 'Verify', make: older, says: /^again: .*another version.*thresholds: is missing/ },
  ])('checks again and finishes when it comes before $at', async ({ at, make, says }) => {
    const matchingEvents = async (upgraded: boolean) => {
      const world = runbookWorld();
      await world.pollFor(6);
      const result = await runRunbook(world, 'run-1', upgraded ? upgradedBefore(world, at, make) : undefined);
      expect(result.error).toBeUndefined();
      expect((result.output as RunbookState).report?.outcome).toBe('recovered');
      expect(world.group.scaledTo).toEqual([8]);
      const { events = [] } = (await world.state.loadIncident(GROUP)) ?? {};
      return events.filter(({ text }) => says.test(text));
    };

    expect(await matchingEvents(false)).toEqual([]);
    expect(await matchingEvents(true)).toHaveLength(1);
  });

  it('scales when it comes before Scale: the plan is the same', async () => {
    const world = runbookWorld();
    await world.pollFor(6);
    const { output } = await runRunbook(world, 'run-1', upgradedBefore(world, 'Scale', olderFindings));

    expect((output as RunbookState).report?.outcome).toBe('recovered');
    expect(world.group.scaledTo).toEqual([8]);
  });

  it('reports what is missing, and why, when it comes before Report', async () => {
    const world = runbookWorld();
    await world.pollFor(6);
    await runRunbook(world, 'run-1', upgradedBefore(world, 'Report', older));
    const { reportKey = '' } = (await world.state.loadIncident(GROUP)) ?? {};

    expect(world.incidents.textOf(reportKey)).toContain('was stored by another version of the watcher');
  });
});
