/**
 * Reconcile over the synthesized alarms and the shipped definition: it finds what no event reports.
 */
import { describe, expect, it, vi } from 'vitest';
import { lagAlarmNames } from '#core/metrics/alarm-names.ts';
import type { AlarmContributors } from '#core/ports.ts';
import { newIncident } from '#core/runbook/incident.ts';
import { alarmEventSchema, type RunbookState } from '#core/runbook/messages.ts';
import type { AlarmContributor } from '#core/runbook/records.ts';
import { MemoryRuns } from '#local/twins/runbook-runs.ts';
import { MemoryStateStore } from '#local/twins/state-store.ts';
import {
  type alarmEvent,
  CLUSTER,
  GROUP,
  reconcileOnce,
  runbookDefinition,
  runbookWorld,
  runFor,
  runRunbook,
} from '#test/support/runbook/runbook-world.ts';

const [LAG_ALARM = ''] = lagAlarmNames(CLUSTER, 1);
const SERVICE = 'shop/billing-consumer';

// Takes seconds: outside the time of the first test.
runbookDefinition();
/** The world some minutes after its group went into ALARM. */
async function inAlarmFor(minutes: number) {
  const world = runbookWorld();
  const changes = await world.watchFor(3 + minutes);
  expect(changes.find(({ contributor }) => contributor !== undefined)).toMatchObject({ to: 'ALARM' });
  return world;
}

/** The world with other contributors in its alarms. */
const contributing = (world: ReturnType<typeof runbookWorld>, ...contributors: AlarmContributor[]) => ({
  ...world.world,
  alarms: { ...world.alarms, contributors: async () => contributors },
});
const named = (ConsumerGroup: string): AlarmContributor => ({ attributes: { ConsumerGroup }, reason: 'it lags' });

/** Alarms that each have one group in ALARM. One call of one alarm fails. */
function inAlarmAll({ broken, fails }: { broken: string; fails: keyof AlarmContributors }): AlarmContributors {
  const status = { state: 'ALARM', actionsDisabled: false, partial: false } as const;
  const unlessBroken = async <T>(method: keyof AlarmContributors, name: string, answer: T): Promise<T> => {
    if (method === fails && name === broken) throw new Error('throttled');
    return answer;
  };
  return {
    statuses: async (names) =>
      names.flatMap((name) => (fails === 'statuses' && name === broken ? [] : [{ ...status, name, arn: name }])),
    contributors: (name) => unlessBroken('contributors', name, [named(`group of ${name}`)]),
    mutedBy: (name) => unlessBroken('mutedBy', name, undefined),
    newestRatio: async () => undefined,
  };
}

describe('a group in ALARM', () => {
  it('is skipped while its event may start the run', async () => {
    const world = await inAlarmFor(1);
    const { done } = await reconcileOnce(world.world);

    expect(done).toMatchObject([{ subject: GROUP, action: 'skipped', id: 'event-pending' }]);
    expect(world.runs.started.size).toBe(0);
  });

  it('gets a run that finishes when its event was lost', async () => {
    const world = await inAlarmFor(6);
    const { done, nameless } = await reconcileOnce(world.world);
    const [[run, event] = []] = world.runs.started;
    if (run === undefined || event === undefined) throw new Error('no run was started');
    const result = await runFor(world, { name: run, event });

    expect(nameless).toEqual([]);
    expect(done).toMatchObject([{ subject: GROUP, action: 'started', run, id: 'no-run-yet' }]);
    expect(result.error).toBeUndefined();
    expect((result.output as RunbookState).report?.outcome).toBe('recovered');
    const incident = await world.state.loadIncident(GROUP);
    expect(incident?.events[0]?.text).toMatch(/^alarm msk-lag-watcher-prod-lag: in ALARM for .*Threshold Crossed/);
  });

  it('gets a run with the content of the lost event', async () => {
    const world = await inAlarmFor(6);
    await reconcileOnce(world.world);
    const [event] = world.runs.started.values();

    expect(alarmEventSchema.parse(JSON.parse(JSON.stringify(event)))).toMatchObject({
      resources: [expect.stringMatching(new RegExp(`:alarm:${LAG_ALARM}$`))],
      detail: {
        alarmName: LAG_ALARM,
        state: { value: 'ALARM' },
        alarmContributor: { attributes: { ConsumerGroup: GROUP } },
      },
    });
  });

  it('gets one run from simultaneous invocations, and no other while that run has not begun', async () => {
    const world = await inAlarmFor(6);
    const both = await Promise.all([reconcileOnce(world.world), reconcileOnce(world.world)]);
    await world.watchFor(5);
    const later = await reconcileOnce(world.world);

    expect(both.flatMap(({ done }) => done.map(({ action }) => action)).toSorted()).toEqual(['skipped', 'started']);
    expect(later.done[0]?.id).toBe('already-started');
    expect(world.runs.started.size).toBe(1);
  });

  it('gets no run while a run holds it', async () => {
    const world = await inAlarmFor(6);
    const nowMs = world.clock.nowMs();
    await world.state.acquireLock({ keys: [`group#${GROUP}`], owner: 'run-1', nowMs, expiresAtMs: nowMs + 1 });

    expect((await reconcileOnce(world.world)).done[0]?.id).toBe('locked');
  });

  it('gets no run when its run ends during the check', async () => {
    const world = await inAlarmFor(6);
    const key = `group#${GROUP}`;
    const [nowMs, owner] = [world.clock.nowMs(), 'run-1'];
    await world.state.acquireLock({ keys: [key], owner, nowMs, expiresAtMs: nowMs + 60_000 });
    const noted = (step: string) => ({
      ...newIncident(GROUP, owner, nowMs),
      events: [{ atMs: nowMs, step, text: '' }],
    });
    await world.state.saveIncident(noted('verify'));
    const { loadLock } = MemoryStateStore.prototype;
    vi.spyOn(world.state, 'loadLock').mockImplementation(async (asked) => {
      await world.state.saveIncident({ ...noted('report'), status: 'closed', outcome: 'recovered' });
      await world.state.releaseLock([key], owner);
      return loadLock.call(world.state, asked);
    });

    expect((await reconcileOnce(world.world)).done[0]?.id).toBe('reported-recently');
    expect(world.runs.started.size).toBe(0);
  });

  it('gets no run while its alarm is muted, and one after the mute has ended without an event', async () => {
    const world = await inAlarmFor(6);
    world.mute(LAG_ALARM, 'maintenance');
    const muted = await reconcileOnce(world.world);
    world.mute(LAG_ALARM, undefined);
    const after = await reconcileOnce(world.world);

    expect(muted.done).toMatchObject([{ subject: GROUP, action: 'skipped', id: 'muted' }]);
    expect(after.done[0]?.action).toBe('started');
  });

  it('gets no run while the actions of its alarm are disabled', async () => {
    const world = await inAlarmFor(6);
    const statuses = async (of: readonly string[]) =>
      (await world.alarms.statuses(of)).map((alarm) => ({ ...alarm, actionsDisabled: true }));
    const { done } = await reconcileOnce({ ...world.world, alarms: { ...world.alarms, statuses } });

    expect(done[0]?.id).toBe('actions-disabled');
  });

  it('gets a run each hour while it stays in ALARM', async () => {
    const world = runbookWorld({ ceiling: 200, settings: { mode: 'recommend' } });
    await world.watchFor(6);
    await runRunbook(world, 'by-event');
    const runs: number[] = [];
    for (let minute = 0; minute <= 125; minute += 5) {
      const before = world.runs.started.size;
      await reconcileOnce(world.world);
      for (const [name, event] of [...world.runs.started].slice(before)) {
        runs.push(minute);
        await runFor(world, { name, event });
      }
      await world.watchFor(5);
    }

    expect(runs).toHaveLength(2);
    expect((runs[1] ?? 0) - (runs[0] ?? 0)).toBeGreaterThanOrEqual(60);
    expect(world.notifier.sent).toHaveLength(3);
  });

  it('gets a run that verifies the scaling of a dead run once its lock has expired', async () => {
    // The produce rate is high, so more tasks help only slowly.
    const world = runbookWorld({ arrivals: Array(8).fill(99) });
    await world.watchFor(6);
    let dead = false;
    await runRunbook(world, 'killed', async (state, _step, call) => {
      dead ||= state === 'ObserveConvergence';
      if (dead) throw new Error('killed');
      return call();
    });
    await world.watchFor(5);
    const early = await reconcileOnce(world.world);
    await world.watchFor(70);
    const { done } = await reconcileOnce(world.world);
    const [[run, event] = []] = world.runs.started;
    if (run === undefined || event === undefined) throw new Error('no run was started');
    const { visited, output } = await runFor(world, { name: run, event });

    expect(early.done[0]?.id).toBe('locked');
    expect(done[0]).toMatchObject({ action: 'started', id: 'run-died' });
    expect(done[1]).toMatchObject({ subject: SERVICE, action: 'skipped', id: 'in-alarm' });
    expect(visited).toContain('WaitForConvergence');
    expect((output as RunbookState).run?.resumed).toBe(true);
    expect(world.group.scaledTo[0]).toBe(8);
  });
});

describe('reconcile', () => {
  it('lists contributors in ALARM that name no group, and restores nothing', async () => {
    const world = await inAlarmFor(6);
    const cut = `${'x'.repeat(1_009)}~${'0'.repeat(14)}`;
    const { done, nameless } = await reconcileOnce(
      contributing(world, named(cut), { attributes: { Topic: 't' }, reason: '' }),
    );

    expect(nameless).toEqual([cut, '{"Topic":"t"}']);
    expect(done).toEqual([]);
  });

  it('lists lag alarms that CloudWatch evaluates only in part', async () => {
    const world = await inAlarmFor(6);
    const statuses = async (names: readonly string[]) =>
      (await world.alarms.statuses(names)).map((alarm) => ({ ...alarm, partial: alarm.name === LAG_ALARM }));
    const { done, partial } = await reconcileOnce({ ...world.world, alarms: { ...world.alarms, statuses } });

    expect(partial).toEqual([LAG_ALARM]);
    expect(done[0]?.action).toBe('started');
  });

  it('decodes group names that CloudWatch cannot store', async () => {
    const world = await inAlarmFor(6);
    const { done } = await reconcileOnce(contributing(world, named('gr%C3%B6%C3%9Fe')));

    expect(done).toMatchObject([{ subject: 'größe', action: 'started' }]);
    const [event] = world.runs.started.values();
    expect(event?.detail.alarmContributor.attributes).toEqual({ ConsumerGroup: 'gr%C3%B6%C3%9Fe' });
  });

  it('reconciles every group, and fails at the end with all failures', async () => {
    const world = await inAlarmFor(6);
    const broken = contributing(world, named('a'), named('b'), named('c'));
    const start = async (key: string, event: ReturnType<typeof alarmEvent>) => {
      if (event.detail.alarmContributor.attributes.ConsumerGroup !== 'b') throw new Error('throttled');
      return world.runs.start(key, event);
    };

    const { stateOf } = MemoryRuns.prototype;
    const failing = reconcileOnce({ ...broken, runs: { start, stateOf } });
    await expect(failing).rejects.toThrow(
      '2 could not be reconciled, of the others 1 started: a: throttled; c: throttled',
    );
    const [run] = world.runs.started.keys();
    await expect(failing).rejects.toMatchObject({ done: [{ subject: 'b', action: 'started', run }], nameless: [] });
    expect(world.runs.started.size).toBe(1);
  });

  it('fails when the lag alarm is gone', async () => {
    const world = await inAlarmFor(6);
    const statuses = async () => [];

    await expect(reconcileOnce({ ...world.world, alarms: { ...world.alarms, statuses } })).rejects.toThrow(
      `1 could not be reconciled, there was nothing else to check: there is no alarm ${LAG_ALARM}`,
    );
  });

  it.each([
    ['is gone', 'statuses', 'there is no alarm'],
    ['returns no contributors', 'contributors', 'throttled'],
    ['returns no mute rules', 'mutedBy', 'throttled'],
  ] as const)('reconciles the groups of one alarm when another %s', async (_, fails, says) => {
    const world = await inAlarmFor(6);
    const settings = { ...world.settings, alarmShards: 2 };
    const [sound = '', broken = ''] = lagAlarmNames(CLUSTER, 2);
    const failing = reconcileOnce({ ...world.world, settings, alarms: inAlarmAll({ broken, fails }) });

    await expect(failing).rejects.toThrow(new RegExp(`^1 could not be reconciled, of the others 1 started.*${broken}`));
    await expect(failing).rejects.toThrow(says);
    await expect(failing).rejects.toMatchObject({ done: [{ subject: `group of ${sound}`, action: 'started' }] });
  });

  it('makes one request to CloudWatch while nothing is in ALARM', async () => {
    const world = runbookWorld({ tasks: 8 });
    await world.watchFor(6);
    const asked: string[] = [];
    const spy = <A extends unknown[], R>(name: string, method: (...args: A) => R) => {
      return (...args: A): R => {
        asked.push(name);
        return method(...args);
      };
    };
    const alarms = {
      statuses: spy('statuses', world.alarms.statuses),
      contributors: spy('contributors', world.alarms.contributors),
      mutedBy: spy('mutedBy', world.alarms.mutedBy),
      newestRatio: spy('newestRatio', world.alarms.newestRatio),
    };

    expect(await reconcileOnce({ ...world.world, alarms })).toEqual({ done: [], nameless: [], partial: [] });
    expect(asked).toEqual(['statuses']);
  });
});
