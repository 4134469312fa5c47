/** Reconcile restores capacity that a run raised before it died, and no other. */
import { describe, expect, it, vi } from 'vitest';
import { lagAlarmNames } from '#core/metrics/alarm-names.ts';
import { alarmShardOf } from '#core/metrics/alarm-shards.ts';
import type { LockRequest } from '#core/ports.ts';
import type { ScalingAction } from '#core/runbook/incident.ts';
import { MemoryStateStore } from '#local/twins/state-store.ts';
import {
  GROUP,
  type RunbookWorld,
  reconcileOnce,
  runbookDefinition,
  runbookWorld,
  runRunbook,
  type WorldOptions,
} from '#test/support/runbook/runbook-world.ts';

const SERVICE = 'shop/billing-consumer';

// Takes seconds: outside the time of the first test.
runbookDefinition();

/**
 * A run is killed right after it scaled from 2 tasks to 8. The tasks drain the backlog, and its
 * lock expires.
 */
async function abandoned(options: WorldOptions = {}): Promise<RunbookWorld> {
  const world = runbookWorld(options);
  await world.watchFor(6);
  let dead = false;
  await runRunbook(world, 'killed', async (state, _step, call) => {
    dead ||= state === 'ObserveConvergence';
    if (dead) throw new Error('killed');
    return call();
  });
  expect(world.group.scaledTo).toEqual([8]);
  await world.watchFor(71);
  return world;
}

const reconcileService = async (world: RunbookWorld) =>
  (await reconcileOnce(world.world)).done.find(({ subject }) => subject === SERVICE);

const actionOf = async (world: RunbookWorld): Promise<ScalingAction> => {
  const action = (await world.state.loadIncident(GROUP))?.action;
  if (action === undefined) throw new Error('the incident has no scaling');
  return action;
};

const lockOn = (world: RunbookWorld, keys: readonly string[]): LockRequest => ({
  keys,
  owner: 'run-2',
  nowMs: world.clock.nowMs(),
  expiresAtMs: world.clock.nowMs() + 60_000,
});

describe('capacity that a dead run left raised', () => {
  it('is restored at the second check that finds the alarm over, with a message, and the incident is closed', async () => {
    const world = await abandoned();
    const first = await reconcileService(world);
    expect(world.group.scaledTo).toEqual([8]);
    await world.watchFor(5);
    const second = await reconcileService(world);

    expect(first).toMatchObject({ action: 'announced', id: 'alarm-over' });
    expect(second).toMatchObject({ action: 'restored', id: 'restored' });
    expect(world.group.scaledTo).toEqual([8, 2]);
    expect(await world.state.loadRaisedCapacity(world.service)).toBeUndefined();
    expect(await world.state.loadIncident(GROUP)).toMatchObject({
      status: 'closed',
      outcome: 'rolled-back',
      action: { status: 'rolled-back' },
    });
    expect(world.notifier.sent).toMatchObject([
      { subject: `Kafka lag: rolled-back, group ${GROUP}`, body: expect.stringContaining('from 8 to 2 tasks') },
    ]);
    expect(await world.state.loadLock(`service#${SERVICE}`)).toBeUndefined();
    expect(await reconcileService(world)).toBeUndefined();
  });

  it('is restored once by simultaneous invocations', async () => {
    const world = await abandoned();
    await reconcileOnce(world.world);
    await world.watchFor(5);
    const both = await Promise.all([reconcileOnce(world.world), reconcileOnce(world.world)]);

    expect(both.flatMap(({ done }) => done.map(({ action }) => action)).toSorted()).toEqual(['restored', 'skipped']);
    expect(world.group.scaledTo).toEqual([8, 2]);
    expect(world.notifier.sent).toHaveLength(1);
  });

  it('stays while a run may be alive behind its lock', async () => {
    const world = await abandoned();
    await world.state.acquireLock(lockOn(world, [`service#${SERVICE}`]));

    expect(await reconcileService(world)).toMatchObject({ action: 'skipped', id: 'locked' });
  });

  it('is checked when the run that holds its service and its group has ended', async () => {
    const world = await abandoned();
    const { owner, ...lock } = lockOn(world, [`group#${GROUP}`, `service#${SERVICE}`]);
    await world.state.acquireLock({ owner, ...lock });
    world.runs.ended(owner, world.clock.nowMs() - 60_000);

    expect((await reconcileService(world))?.action).toBe('announced');
  });

  it('stays when a run takes the lock after the check', async () => {
    const world = await abandoned();
    vi.spyOn(world.state, 'acquireLock').mockResolvedValue({ kind: 'taken', key: `group#${GROUP}` });
    const { done } = await reconcileOnce(world.world);

    expect(done).toMatchObject([{ subject: SERVICE, action: 'skipped', id: 'lock-taken' }]);
    expect(world.group.scaledTo).toEqual([8]);
  });

  it('stays when a run has come and gone between the check and the lock', async () => {
    const world = await abandoned();
    const { acquireLock } = MemoryStateStore.prototype;
    vi.spyOn(world.state, 'acquireLock').mockImplementation(async (request) => {
      await world.state.clearRaisedCapacity(world.service);
      return acquireLock.call(world.state, request);
    });

    expect((await reconcileOnce(world.world)).done).toEqual([]);
    expect(world.group.scaledTo).toEqual([8]);
    expect(await world.state.loadLock(`service#${SERVICE}`)).toBeUndefined();
  });

  it('stays when something else changed the service, with one message', async () => {
    const world = await abandoned();
    await reconcileService(world);
    await world.watchFor(5);
    await world.group.scale(world.service, 'desired-count', 8, 9);
    const outcome = await reconcileService(world);

    expect(outcome).toMatchObject({ action: 'asked', id: 'lever-moved' });
    expect((await world.group.describe(world.service)).desired).toBe(9);
    expect(await world.state.loadIncident(GROUP)).toMatchObject({ status: 'closed', outcome: 'not-helped' });
    await world.watchFor(5);
    expect(await reconcileService(world)).toMatchObject({ action: 'skipped', id: 'run-ended' });
    expect(world.notifier.sent).toHaveLength(1);
  });

  it('stays while the watcher cannot see the group: a missing series is no recovery', async () => {
    const world = await abandoned();
    world.sleepFor(15);

    expect(await reconcileService(world)).toMatchObject({ action: 'skipped', id: 'alarm-not-ok' });
    await world.watchFor(6);
    expect((await reconcileService(world))?.action).toBe('announced');
  });

  it('stays while a lag alarm cannot be read, since its group may be in ALARM', async () => {
    const world = await abandoned();
    const statuses = async (names: readonly string[]) =>
      (await world.alarms.statuses(names)).map((alarm) => ({ ...alarm, state: 'ALARM' as const }));
    const contributors = () => Promise.reject(new Error('throttled'));
    world.clock.advance(3_600_000);

    await expect(
      reconcileOnce({ ...world.world, alarms: { ...world.alarms, statuses, contributors } }),
    ).rejects.toMatchObject({ message: expect.stringContaining('of the others 1 skipped'), done: [] });
    expect((await world.state.loadIncident(GROUP))?.events.at(-1)?.step).not.toBe('reconcile');
    expect(world.group.scaledTo).toEqual([8]);
  });

  it.each([
    ['is missing', undefined, 'ratio-missing'],
    ['is 1.5', 1.5, 'ratio-high'],
  ])('stays while the LagRatio of its group %s', async (_, ratio, id) => {
    const world = await abandoned();
    const newestRatio = vi.fn(async () => ratio as number | undefined);
    const check = async () =>
      (await reconcileOnce({ ...world.world, alarms: { ...world.alarms, newestRatio } })).done[0];

    expect(await check()).toMatchObject({ action: 'skipped', id });
    const sinceMs = world.clock.nowMs() - 6 * 60_000;
    const dimensions = { ClusterName: world.settings.clusterName, AlarmShard: '1', ConsumerGroup: GROUP };
    expect(newestRatio).toHaveBeenCalledWith(dimensions, sinceMs);
    // Before and under the lock.
    newestRatio.mockResolvedValueOnce(0.5).mockResolvedValueOnce(0.5);
    expect((await check())?.action).toBe('announced');
    await world.watchFor(5);
    expect(await check()).toMatchObject({ action: 'skipped', id });
    expect((await world.state.loadIncident(GROUP))?.events.at(-1)?.step).toBe('withdrawn');
    expect(world.group.scaledTo).toEqual([8]);
  });

  it('stays when the watcher stopped between the two checks', async () => {
    const world = await abandoned();
    await reconcileService(world);
    world.sleepFor(15);

    expect(await reconcileService(world)).toMatchObject({ action: 'skipped', id: 'alarm-not-ok' });
    expect(world.group.scaledTo).toEqual([8]);
  });

  it('needs two new checks when the watcher had stopped after the first', async () => {
    const world = await abandoned();
    await reconcileService(world);
    world.sleepFor(15);
    const unseen = await reconcileService(world);
    await world.watchFor(6);
    const seen = await reconcileService(world);

    expect(unseen?.id).toBe('alarm-not-ok');
    expect(seen).toMatchObject({ action: 'skipped', id: 'not-due' });
    expect(world.group.scaledTo).toEqual([8]);
    await world.watchFor(55);
    expect((await reconcileService(world))?.action).toBe('announced');
    await world.watchFor(5);
    expect((await reconcileService(world))?.action).toBe('restored');
  });

  it.each([
    ['is announced', 'another lag alarm', 'announced'],
    ['stays', 'the lag alarm of its group', 'skipped'],
  ])('%s while %s has no series', async (_, alarm, action) => {
    const world = await abandoned();
    const settings = { ...world.settings, alarmShards: 2 };
    const own = lagAlarmNames(settings.clusterName, 2)[alarmShardOf(GROUP, 2) - 1];
    const isEmpty = (name: string) =>
      /-lag(-\d+)?$/.test(name) && (name === own) === (alarm === 'the lag alarm of its group');
    const statuses = async (names: readonly string[]) =>
      names.map((name) => ({
        name,
        arn: name,
        state: isEmpty(name) ? ('INSUFFICIENT_DATA' as const) : ('OK' as const),
        actionsDisabled: false,
        partial: false,
      }));
    const { done } = await reconcileOnce({ ...world.world, settings, alarms: { ...world.alarms, statuses } });

    expect(done).toMatchObject([{ subject: SERVICE, action }]);
  });

  it('stays in mode recommend, with one message to a person', async () => {
    const world = await abandoned();
    const settings = { ...world.settings, mode: 'recommend' } as const;
    const check = async () => (await reconcileOnce({ ...world.world, settings })).done[0];
    await check();
    await world.watchFor(5);

    expect(await check()).toMatchObject({ action: 'asked', id: 'mode-recommend' });
    expect(world.group.scaledTo).toEqual([8]);
    expect(world.notifier.sent).toMatchObject([{ body: expect.stringContaining('desired-count 2 by hand') }]);
    expect(await check()).toMatchObject({ action: 'skipped', id: 'run-ended' });
  });

  it('was never raised when the run died before the change: reconcile notes that and changes nothing', async () => {
    const world = await abandoned();
    const incident = await world.state.loadIncident(GROUP);
    if (incident === undefined) throw new Error('there is no incident');
    await world.group.scale(world.service, 'desired-count', 8, 2);
    await world.state.saveIncident({ ...incident, action: { ...(await actionOf(world)), status: 'planned' } });
    // Two tasks are too few for the alarm to end, so it is set to OK here.
    const healthy = {
      ...world.alarms,
      statuses: async (names: readonly string[]) =>
        names.map((name) => ({ name, arn: name, state: 'OK' as const, actionsDisabled: false, partial: false })),
      newestRatio: async () => 0.5,
    };
    await reconcileOnce({ ...world.world, alarms: healthy });
    world.clock.advance(300_000);
    const { done } = await reconcileOnce({ ...world.world, alarms: healthy });

    expect(done).toMatchObject([{ action: 'restored', id: 'never-applied' }]);
    expect(world.group.scaledTo).toEqual([8, 2]);
    expect(await world.state.loadRaisedCapacity(world.service)).toBeUndefined();
    expect(await world.state.loadIncident(GROUP)).toMatchObject({ status: 'closed', outcome: 'not-scaled' });
  });

  it('returns to its value before the scaling, and keeps the note of an earlier raise', async () => {
    const world = await abandoned();
    const raised = await world.state.loadRaisedCapacity(world.service);
    if (raised === undefined) throw new Error('nothing is raised');
    await world.state.clearRaisedCapacity(world.service);
    await world.state.saveRaisedCapacity({ ...raised, restoreTo: 1 });
    await reconcileService(world);
    await world.watchFor(5);
    await reconcileService(world);

    expect(world.group.scaledTo).toEqual([8, 2]);
    expect(await world.state.loadRaisedCapacity(world.service)).toMatchObject({ restoreTo: 1, raisedTo: 2 });
  });
});

describe('capacity that a run raised and verified', () => {
  it('stays', async () => {
    const world = runbookWorld();
    await world.watchFor(6);
    await runRunbook(world);
    await world.watchFor(75);

    expect(await reconcileService(world)).toMatchObject({ action: 'skipped', id: 'run-ended' });
    expect(world.group.scaledTo).toEqual([8]);
  });
});
