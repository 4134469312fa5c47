/** What a run raised and did not live to watch is given back, and nothing else. */
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

/** A run is killed right after it scaled from 2 tasks to 8; those work the backlog off, and its lock expires. */
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

const outcomeOf = async (world: RunbookWorld) =>
  (await reconcileOnce(world.world)).done.find(({ of }) => of === SERVICE);

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
  it('is given back at the second look that finds the alarm over; people are told, and the incident is closed', async () => {
    const world = await abandoned();
    const first = await outcomeOf(world);
    expect(world.group.scaledTo).toEqual([8]);
    await world.watchFor(5);
    const second = await outcomeOf(world);

    expect([first?.did, second?.did]).toEqual(['announced', 'restored']);
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
    expect(await outcomeOf(world)).toBeUndefined();
  });

  it('is given back once by invocations that come in one millisecond', async () => {
    const world = await abandoned();
    await reconcileOnce(world.world);
    await world.watchFor(5);
    const both = await Promise.all([reconcileOnce(world.world), reconcileOnce(world.world)]);

    expect(both.flatMap(({ done }) => done.map(({ did }) => did)).toSorted()).toEqual(['left', 'restored']);
    expect(world.group.scaledTo).toEqual([8, 2]);
    expect(world.notifier.sent).toHaveLength(1);
  });

  it('stays while its lock may mean a living run', async () => {
    const world = await abandoned();
    await world.state.acquireLock(lockOn(world, [`service#${SERVICE}`]));

    expect(await outcomeOf(world)).toMatchObject({ did: 'left', why: expect.stringContaining('run run-2 holds') });
  });

  it('is looked at when a run that held its service and its group is known to be over', async () => {
    const world = await abandoned();
    const { owner, ...lock } = lockOn(world, [`group#${GROUP}`, `service#${SERVICE}`]);
    await world.state.acquireLock({ owner, ...lock });
    world.runs.ended(owner, world.clock.nowMs() - 60_000);

    expect((await outcomeOf(world))?.did).toBe('announced');
  });

  it('stays when a run takes the lock after the look', async () => {
    const world = await abandoned();
    vi.spyOn(world.state, 'acquireLock').mockResolvedValue({ kind: 'taken', key: `group#${GROUP}` });
    const { done } = await reconcileOnce(world.world);

    expect(done).toEqual([{ of: SERVICE, did: 'left', why: `a run holds group#${GROUP}` }]);
    expect(world.group.scaledTo).toEqual([8]);
  });

  it('stays when a run has come and gone between the look and the lock', async () => {
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

  it('stays when another hand has moved the service; a person is told, once', async () => {
    const world = await abandoned();
    await outcomeOf(world);
    await world.watchFor(5);
    await world.group.scale(world.service, 'desired-count', 8, 9);
    const outcome = await outcomeOf(world);

    expect(outcome).toMatchObject({ did: 'asked', why: expect.stringContaining('not rolled back') });
    expect((await world.group.describe(world.service)).desired).toBe(9);
    expect(await world.state.loadIncident(GROUP)).toMatchObject({ status: 'closed', outcome: 'not-helped' });
    await world.watchFor(5);
    expect(await outcomeOf(world)).toMatchObject({ did: 'left', why: expect.stringContaining('came to its end') });
    expect(world.notifier.sent).toHaveLength(1);
  });

  it('stays while the watcher is blind: a series that is gone is no recovery', async () => {
    const world = await abandoned();
    world.sleepFor(15);

    expect(await outcomeOf(world)).toMatchObject({ did: 'left', why: expect.stringContaining('heartbeat is ALARM') });
    await world.watchFor(6);
    expect((await outcomeOf(world))?.did).toBe('announced');
  });

  it('stays while a lag alarm cannot be read, for its group may be in it', async () => {
    const world = await abandoned();
    const statuses = async (names: readonly string[]) =>
      (await world.alarms.statuses(names)).map((alarm) => ({ ...alarm, state: 'ALARM' as const }));
    const contributors = () => Promise.reject(new Error('throttled'));
    world.clock.advance(3_600_000);

    await expect(
      reconcileOnce({ ...world.world, alarms: { ...world.alarms, statuses, contributors } }),
    ).rejects.toMatchObject({ message: expect.stringContaining('of the others 1 left'), done: [] });
    expect((await world.state.loadIncident(GROUP))?.events.at(-1)?.step).not.toBe('reconcile');
    expect(world.group.scaledTo).toEqual([8]);
  });

  it.each([
    ['is gone: a group without data is in no alarm', undefined, 'has no LagRatio'],
    ['says that it lags', 1.5, 'is 1.50'],
  ])('stays while the ratio of its group %s', async (_, ratio, says) => {
    const world = await abandoned();
    const newestRatio = vi.fn(async () => ratio as number | undefined);
    const look = async () =>
      (await reconcileOnce({ ...world.world, alarms: { ...world.alarms, newestRatio } })).done[0];

    expect(await look()).toMatchObject({ did: 'left', why: expect.stringContaining(says) });
    const sinceMs = world.clock.nowMs() - 6 * 60_000;
    const dimensions = { ClusterName: world.settings.clusterName, AlarmShard: '1', ConsumerGroup: GROUP };
    expect(newestRatio).toHaveBeenCalledWith(dimensions, sinceMs);
    // Before and under the lock.
    newestRatio.mockResolvedValueOnce(0.5).mockResolvedValueOnce(0.5);
    expect((await look())?.did).toBe('announced');
    await world.watchFor(5);
    expect(await look()).toMatchObject({ did: 'left', why: expect.stringContaining(says) });
    expect((await world.state.loadIncident(GROUP))?.events.at(-1)?.step).toBe('withdrawn');
    expect(world.group.scaledTo).toEqual([8]);
  });

  it('stays when the watcher went blind between the two looks', async () => {
    const world = await abandoned();
    await outcomeOf(world);
    world.sleepFor(15);

    expect(await outcomeOf(world)).toMatchObject({ did: 'left', why: expect.stringContaining('not known') });
    expect(world.group.scaledTo).toEqual([8]);
  });

  it('is looked at twice anew when the watcher was blind after the first look', async () => {
    const world = await abandoned();
    await outcomeOf(world);
    world.sleepFor(15);
    const blind = await outcomeOf(world);
    await world.watchFor(6);
    const sighted = await outcomeOf(world);

    expect(blind?.why).toContain('not known');
    expect(sighted).toMatchObject({ did: 'left', why: expect.stringContaining('due in') });
    expect(world.group.scaledTo).toEqual([8]);
    await world.watchFor(55);
    expect((await outcomeOf(world))?.did).toBe('announced');
    await world.watchFor(5);
    expect((await outcomeOf(world))?.did).toBe('restored');
  });

  it.each([
    ['is given back', 'another lag alarm', 'announced'],
    ['stays', 'the lag alarm of its group', 'left'],
  ])('%s while %s has no series at all', async (_, of, did) => {
    const world = await abandoned();
    const settings = { ...world.settings, alarmShards: 2 };
    const own = lagAlarmNames(settings.clusterName, 2)[alarmShardOf(GROUP, 2) - 1];
    const isEmpty = (name: string) =>
      /-lag(-\d+)?$/.test(name) && (name === own) === (of === 'the lag alarm of its group');
    const statuses = async (names: readonly string[]) =>
      names.map((name) => ({
        name,
        arn: name,
        state: isEmpty(name) ? ('INSUFFICIENT_DATA' as const) : ('OK' as const),
        actionsDisabled: false,
        partial: false,
      }));
    const { done } = await reconcileOnce({ ...world.world, settings, alarms: { ...world.alarms, statuses } });

    expect(done).toMatchObject([{ of: SERVICE, did }]);
  });

  it("is a person's to give back in mode recommend, who is told once", async () => {
    const world = await abandoned();
    const settings = { ...world.settings, mode: 'recommend' } as const;
    const look = async () => (await reconcileOnce({ ...world.world, settings })).done[0];
    await look();
    await world.watchFor(5);

    expect(await look()).toMatchObject({
      did: 'asked',
      why: expect.stringContaining('desired-count of 2 back by hand'),
    });
    expect(world.group.scaledTo).toEqual([8]);
    expect(world.notifier.sent).toHaveLength(1);
    expect(await look()).toMatchObject({ did: 'left' });
  });

  it('was never raised when the run died before it moved the lever: that is noted, and nothing is moved', async () => {
    const world = await abandoned();
    const incident = await world.state.loadIncident(GROUP);
    if (incident === undefined) throw new Error('there is no incident');
    await world.group.scale(world.service, 'desired-count', 8, 2);
    await world.state.saveIncident({ ...incident, action: { ...(await actionOf(world)), status: 'planned' } });
    // Two tasks are too few; as the alarm would be over had the arrival fallen, it is read here.
    const healthy = {
      ...world.alarms,
      statuses: async (names: readonly string[]) =>
        names.map((name) => ({ name, arn: name, state: 'OK' as const, actionsDisabled: false, partial: false })),
      newestRatio: async () => 0.5,
    };
    await reconcileOnce({ ...world.world, alarms: healthy });
    world.clock.advance(300_000);
    const { done } = await reconcileOnce({ ...world.world, alarms: healthy });

    expect(done).toMatchObject([{ did: 'restored', why: expect.stringContaining('planned and never made') }]);
    expect(world.group.scaledTo).toEqual([8, 2]);
    expect(await world.state.loadRaisedCapacity(world.service)).toBeUndefined();
    expect(await world.state.loadIncident(GROUP)).toMatchObject({ status: 'closed', outcome: 'not-scaled' });
  });

  it('goes back to what it was before the scaling that died, and keeps the note of an earlier one', async () => {
    const world = await abandoned();
    const raised = await world.state.loadRaisedCapacity(world.service);
    if (raised === undefined) throw new Error('nothing is raised');
    await world.state.clearRaisedCapacity(world.service);
    await world.state.saveRaisedCapacity({ ...raised, restoreTo: 1 });
    await outcomeOf(world);
    await world.watchFor(5);
    await outcomeOf(world);

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

    const why = 'the run that raised it came to its end: recovered';
    expect(await outcomeOf(world)).toMatchObject({ did: 'left', why });
    expect(world.group.scaledTo).toEqual([8]);
  });
});
