import { describe, expect, it } from 'vitest';
import { ERROR_NAMES } from '#core/errors.ts';
import { dimensionValue } from '#core/metrics/catalogue.ts';
import { lock, unlock } from '#flows/runbook/lock.ts';
import { alarmEvent, GROUP, runbookWorld } from '#test/support/runbook/runbook-world.ts';

const input = (group: string) => ({ step: 'lock', executionName: 'run-1', event: alarmEvent(group) }) as const;

describe('lock', () => {
  it('locks the group of the alarm and its service, and opens an incident', async () => {
    const { world } = runbookWorld();
    const { run } = await lock(input(GROUP), world);

    expect(run).toMatchObject({
      groupId: GROUP,
      resumed: false,
      lockKeys: [`group#${GROUP}`, 'service#shop/billing-consumer'],
    });
    expect(await world.state.loadIncident(GROUP)).toMatchObject({
      incidentId: run.incidentId,
      runId: 'run-1',
      status: 'open',
    });
  });

  it.each(['a b:c', 'größe', '50%', '"; DROP'])('decodes the group name %j', async (group) => {
    const { run } = await lock(input(dimensionValue(group)), runbookWorld().world);

    expect(run.groupId).toBe(group);
    expect(run.lockKeys).toEqual([`group#${group}`]);
  });

  it('refuses an event without a group, or with a cut group name', async () => {
    const { world } = runbookWorld();
    const event = alarmEvent(GROUP);
    const nameless = { ...event, detail: { ...event.detail, alarmContributor: { attributes: {} } } };

    await expect(lock({ ...input(GROUP), event: nameless }, world)).rejects.toThrow(/names no ConsumerGroup/);
    await expect(lock(input(dimensionValue('x'.repeat(2_000))), world)).rejects.toThrow(
      /the alarm cut the group's name/,
    );
  });

  it('succeeds again for the same run, whose first answer may be lost', async () => {
    const { world } = runbookWorld();
    const [first, second] = [await lock(input(GROUP), world), await lock(input(GROUP), world)];

    expect(second).toEqual(first);
    expect((await world.state.loadIncident(GROUP))?.events).toHaveLength(1);
    await expect(lock({ ...input(GROUP), executionName: 'other' }, world)).rejects.toMatchObject({
      name: ERROR_NAMES.lockTaken,
    });
  });

  it('reports a continued incident again when its first answer was lost', async () => {
    const { world } = runbookWorld();
    const { run } = await lock(input(GROUP), world);
    await world.state.releaseLock(run.lockKeys, run.runId);
    const next = { ...input(GROUP), executionName: 'run-2' };
    const [first, second] = [await lock(next, world), await lock(next, world)];

    expect(first.run).toMatchObject({ incidentId: run.incidentId, resumed: true });
    expect(second).toEqual(first);
    expect((await world.state.loadIncident(GROUP))?.events).toHaveLength(2);
  });

  it('notes when CloudWatch gave no reason', async () => {
    const { world } = runbookWorld();
    const event = alarmEvent(GROUP);
    const silent = { ...event, detail: { ...event.detail, state: { value: 'ALARM' } } };
    await lock({ ...input(GROUP), event: silent }, world);

    expect((await world.state.loadIncident(GROUP))?.events[0]?.text).toMatch(/no reason given/);
  });
});

describe('unlock', () => {
  it('releases nothing without a run, and no lock of another run', async () => {
    const { world } = runbookWorld();
    const { run } = await lock(input(GROUP), world);

    expect(await unlock({}, world)).toEqual({ released: 0 });
    await unlock({ run: { ...run, runId: 'other' } }, world);
    await expect(lock({ ...input(GROUP), executionName: 'next' }, world)).rejects.toMatchObject({
      name: ERROR_NAMES.lockTaken,
    });
  });
});
