/** What every StateStore does, in memory and in DynamoDB alike. */
import { describe, expect, it } from 'vitest';
import { ERROR_NAMES } from '#core/errors.ts';
import type { LockRequest, StateStore } from '#core/ports.ts';
import type { Incident } from '#core/runbook/incident.ts';
import type { RaisedCapacity } from '#core/runbook/records.ts';

const T0 = 1_800_000_000_000;
const MINUTE = 60_000;
const service = { cluster: 'prod', service: 'orders' };

const lock = (owner: string, keys: readonly string[], nowMs = T0): LockRequest => ({
  keys,
  owner,
  nowMs,
  expiresAtMs: nowMs + MINUTE,
});

/** Every field set: a store that forgets one cannot return it. */
const fullIncident: Required<Incident> = {
  incidentId: 'i-1',
  groupId: 'orders "ö" \u0000 #lock',
  openedAtMs: T0,
  runId: 'run-1',
  status: 'closed',
  outcome: 'recovered',
  events: [{ atMs: T0, step: 'observe', text: '' }],
  before: {
    atMs: T0,
    sumLag: 12_000,
    members: 2,
    produceRate: 0.1,
    consumeRate: 0,
    lagGrowthRate: -1.5,
  },
  after: { atMs: T0 + 1 },
  action: {
    service,
    lever: 'min-capacity',
    from: 2,
    to: 8,
    leverFrom: 1,
    leverTo: 8,
    expectedMembers: 8,
    atMs: T0,
    status: 'verified',
  },
  findingsKey: 'incidents/i-1/findings.json',
  reportKey: 'incidents/i-1/report.md',
};

const raised = (change: Partial<RaisedCapacity> = {}): RaisedCapacity => ({
  service,
  lever: 'min-capacity',
  restoreTo: 2,
  raisedTo: 4,
  incidentId: 'i-1',
  atMs: T0,
  ...change,
});

/** Runs the contract over the stores that `make` gives: each call an empty one. */
export function stateStoreContract(name: string, make: () => Promise<StateStore>): void {
  describe(`StateStore: ${name}`, () => {
    lockContract(make);
    loadLockContract(make);
    incidentContract(make);
    capacityContract(make);
  });
}

function lockContract(make: () => Promise<StateStore>): void {
  it('acquireLock lets exactly one of 20 racers win', async () => {
    const store = await make();

    const racers = Array.from({ length: 20 }, (_, i) => store.acquireLock(lock(`run-${i}`, ['group'])));
    const results = await Promise.all(racers);

    expect(results.filter((result) => result.kind === 'acquired')).toHaveLength(1);
    expect(results.filter((result) => result.kind === 'taken')).toEqual(
      Array.from({ length: 19 }, () => ({ kind: 'taken', key: 'group' })),
    );
  });

  it('acquireLock takes all keys or none, and names the one that is taken', async () => {
    const store = await make();
    await store.acquireLock(lock('first', ['b']));

    expect(await store.acquireLock(lock('second', ['a', 'b', 'c']))).toEqual({ kind: 'taken', key: 'b' });
    expect(await store.acquireLock(lock('third', ['a', 'c']))).toEqual({ kind: 'acquired' });
  });

  it('acquireLock compares the expiry with the time of the request, not with a clock', async () => {
    const store = await make();
    await store.acquireLock(lock('first', ['group']));

    expect(await store.acquireLock(lock('second', ['group'], T0 + MINUTE - 1))).toMatchObject({ kind: 'taken' });
    expect(await store.acquireLock(lock('second', ['group'], T0 + MINUTE))).toEqual({ kind: 'acquired' });
  });

  it('acquireLock moves the expiry of an owner that asks again', async () => {
    const store = await make();
    await store.acquireLock(lock('first', ['group']));

    expect(await store.acquireLock(lock('first', ['group'], T0 + MINUTE / 2))).toEqual({ kind: 'acquired' });
    expect(await store.acquireLock(lock('second', ['group'], T0 + MINUTE))).toMatchObject({ kind: 'taken' });
  });

  it('acquireLock takes a key that is named twice, and none at all', async () => {
    const store = await make();

    expect(await store.acquireLock(lock('first', ['group', 'group']))).toEqual({ kind: 'acquired' });
    expect(await store.acquireLock(lock('second', []))).toEqual({ kind: 'acquired' });
  });

  it('releaseLock releases the keys of the owner alone', async () => {
    const store = await make();
    await store.acquireLock(lock('first', ['mine']));
    await store.acquireLock(lock('second', ['theirs']));

    await store.releaseLock(['mine', 'theirs', 'nobody'], 'first');

    expect(await store.acquireLock(lock('third', ['mine']))).toEqual({ kind: 'acquired' });
    expect(await store.acquireLock(lock('third', ['theirs']))).toEqual({ kind: 'taken', key: 'theirs' });
  });
}

function loadLockContract(make: () => Promise<StateStore>): void {
  it('loadLock returns the holder of a key and the expiry of its lock, also after that', async () => {
    const store = await make();
    await store.acquireLock(lock('first', ['group', 'service']));

    expect(await store.loadLock('service')).toEqual({ owner: 'first', expiresAtMs: T0 + MINUTE });
    expect(await store.loadLock('nobody')).toBeUndefined();
  });

  it('loadLock knows no lock that was released', async () => {
    const store = await make();
    await store.acquireLock(lock('first', ['group']));
    await store.releaseLock(['group'], 'first');

    expect(await store.loadLock('group')).toBeUndefined();
  });
}

function incidentContract(make: () => Promise<StateStore>): void {
  it('loadIncident returns every field of the newest incident of the group', async () => {
    const store = await make();
    await store.saveIncident({ ...fullIncident, incidentId: 'i-0', status: 'open' });

    await store.saveIncident(fullIncident);

    expect(await store.loadIncident(fullIncident.groupId)).toEqual(fullIncident);
  });

  it('loadIncident leaves out what an incident does not have', async () => {
    const store = await make();
    const bare: Incident = { incidentId: 'i-2', groupId: 'g', openedAtMs: T0, status: 'open', events: [] };

    await store.saveIncident(bare);

    expect(await store.loadIncident('g')).toStrictEqual(bare);
  });

  it('loadIncident is undefined for a group that had none', async () => {
    expect(await (await make()).loadIncident('none')).toBeUndefined();
  });

  it('saveIncident keeps groups apart whose names differ only at the end of 30,000 characters', async () => {
    const store = await make();
    const long = 'g'.repeat(30_000);

    await store.saveIncident({ ...fullIncident, groupId: `${long}1` });

    expect(await store.loadIncident(`${long}1`)).toMatchObject({ groupId: `${long}1` });
    expect(await store.loadIncident(`${long}2`)).toBeUndefined();
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('saveIncident refuses the number %s', async (sumLag) => {
    const store = await make();

    await expect(store.saveIncident({ ...fullIncident, after: { atMs: T0, sumLag } })).rejects.toThrow();
    expect(await store.loadIncident(fullIncident.groupId)).toBeUndefined();
  });

  it('saveIncident stores a copy: what the caller changes later is not stored', async () => {
    const store = await make();
    const events = [{ atMs: T0, step: 'observe', text: 'first' }];

    await store.saveIncident({ ...fullIncident, events });
    events.push({ atMs: T0, step: 'observe', text: 'second' });

    expect((await store.loadIncident(fullIncident.groupId))?.events).toHaveLength(1);
  });
}

function capacityContract(make: () => Promise<StateStore>): void {
  it('loadCooldown gives the newest cooldown of the service, past or not', async () => {
    const store = await make();
    expect(await store.loadCooldown(service)).toBeUndefined();

    await store.saveCooldown(service, T0 + MINUTE);
    await store.saveCooldown(service, 1.5);

    expect(await store.loadCooldown(service)).toBe(1.5);
    expect(await store.loadCooldown({ ...service, service: 'payments' })).toBeUndefined();
  });

  it('saveRaisedCapacity keeps what the first raise has to restore', async () => {
    const store = await make();
    await store.saveRaisedCapacity(raised());

    await store.saveRaisedCapacity(raised({ restoreTo: 4, raisedTo: 8, incidentId: 'i-2', atMs: T0 + MINUTE }));

    expect(await store.loadRaisedCapacity(service)).toStrictEqual(
      raised({ restoreTo: 2, raisedTo: 8, incidentId: 'i-2', atMs: T0 + MINUTE }),
    );
  });

  it('saveRaisedCapacity refuses the other lever until the first is restored', async () => {
    const store = await make();
    await store.saveRaisedCapacity(raised());

    const other = store.saveRaisedCapacity(raised({ lever: 'desired-count', restoreTo: 3 }));

    await expect(other).rejects.toMatchObject({ name: ERROR_NAMES.scalingRefused });
    expect(await store.loadRaisedCapacity(service)).toStrictEqual(raised());
  });

  it('clearRaisedCapacity forgets the raise, and a restoreTo of 0 is a value', async () => {
    const store = await make();
    await store.saveRaisedCapacity(raised());

    await store.clearRaisedCapacity(service);
    await store.clearRaisedCapacity(service);
    expect(await store.loadRaisedCapacity(service)).toBeUndefined();

    await store.saveRaisedCapacity(raised({ restoreTo: 0 }));
    await store.saveRaisedCapacity(raised({ restoreTo: 5 }));
    expect(await store.loadRaisedCapacity(service)).toMatchObject({ restoreTo: 0 });
  });
}
