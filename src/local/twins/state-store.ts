import type { LockRequest, LockResult, StateStore } from '#core/ports.ts';
import { ScalingRefusedError } from '#core/runbook/errors.ts';
import type { Incident } from '#core/runbook/incident.ts';
import type { HeldLock, RaisedCapacity } from '#core/runbook/records.ts';
import { type ServiceId, serviceName } from '#core/runbook/service.ts';

/**
 * Stand-in for the state table. Each method runs in one turn of the event loop, which makes it
 * atomic. Values are copied in and out, as if they were stored.
 */
export class MemoryStateStore implements StateStore {
  readonly #locks = new Map<string, HeldLock>();
  readonly #incidents = new Map<string, Incident>();
  readonly #cooldowns = new Map<string, number>();
  readonly #raised = new Map<string, RaisedCapacity>();

  async acquireLock({ keys, owner, nowMs, expiresAtMs }: LockRequest): Promise<LockResult> {
    const taken = keys.find((key) => {
      const lock = this.#locks.get(key);
      return lock !== undefined && lock.expiresAtMs > nowMs && lock.owner !== owner;
    });
    if (taken !== undefined) return { kind: 'taken', key: taken };
    for (const key of keys) this.#locks.set(key, { owner, expiresAtMs });
    return { kind: 'acquired' };
  }

  async releaseLock(keys: readonly string[], owner: string): Promise<void> {
    for (const key of keys) {
      if (this.#locks.get(key)?.owner === owner) this.#locks.delete(key);
    }
  }

  async loadLock(key: string): Promise<HeldLock | undefined> {
    return structuredClone(this.#locks.get(key));
  }

  async loadIncident(groupId: string): Promise<Incident | undefined> {
    return structuredClone(this.#incidents.get(groupId));
  }

  async saveIncident(incident: Incident): Promise<void> {
    this.#incidents.set(incident.groupId, stored(incident));
  }

  async loadCooldown(service: ServiceId): Promise<number | undefined> {
    return this.#cooldowns.get(serviceName(service));
  }

  async saveCooldown(service: ServiceId, untilMs: number): Promise<void> {
    this.#cooldowns.set(serviceName(service), stored(untilMs));
  }

  async loadRaisedCapacity(service: ServiceId): Promise<RaisedCapacity | undefined> {
    return structuredClone(this.#raised.get(serviceName(service)));
  }

  async saveRaisedCapacity(raised: RaisedCapacity): Promise<void> {
    const name = serviceName(raised.service);
    const first = this.#raised.get(name);
    if (first !== undefined && first.lever !== raised.lever) {
      throw new ScalingRefusedError(
        'other-lever-raised',
        `${name} was raised by ${first.lever}, and that is not restored yet; restore it before raising ${raised.lever}`,
      );
    }
    this.#raised.set(name, stored({ ...raised, restoreTo: first?.restoreTo ?? raised.restoreTo }));
  }

  async clearRaisedCapacity(service: ServiceId): Promise<void> {
    this.#raised.delete(serviceName(service));
  }
}

/** A copy. Refuses NaN and infinities, as the table does. */
function stored<T>(value: T): T {
  JSON.stringify(value, (key, part: unknown) => {
    if (typeof part !== 'number' || Number.isFinite(part)) return part;
    throw new RangeError(`${key} is ${part}, which the state table cannot store`);
  });
  return structuredClone(value);
}
