/**
 * Locks as reconcile sees them: Step Functions knows that a run has ended before its lock expires.
 */

import { LAST_STEP_SECONDS } from '#core/runbook/messages.ts';
import type { HeldLock } from '#core/runbook/records.ts';
import type { Ports } from '#core/world.ts';

type LockWorld = Ports<'state' | 'runs'>;

/** Prefix of the owners of reconcile's own locks. No execution name can contain the slash. */
const RECONCILE = 'reconcile/';

/**
 * Owner of the locks that one invocation of reconcile takes. The time separates two deliveries of
 * one event, which share their id.
 */
export const reconcileOwner = (invocation: string, nowMs: number): string => `${RECONCILE}${invocation}/${nowMs}`;

/**
 * Releases the locks of runs that ended without doing so, once no function of such a run can be at
 * work. A lock that another run takes in the meantime stays.
 *
 * @returns the other locks on the keys, held or expired
 */
export async function releaseDeadLocks(keys: readonly string[], world: LockWorld): Promise<HeldLock[]> {
  const found: (HeldLock & { readonly key: string })[] = [];
  for (const key of keys) {
    const lock = await world.state.loadLock(key);
    if (lock !== undefined) found.push({ ...lock, key });
  }
  const others: HeldLock[] = [];
  for (const [owner, locks] of Map.groupBy(found, (lock) => lock.owner)) {
    if (await isOver(locks, world)) {
      const dead = locks.map(({ key }) => key);
      await world.state.releaseLock(dead, owner);
    } else others.push(...locks);
  }
  return others;
}

/**
 * Whether the run behind some locks has ended. An expired lock needs no request. A run that Step
 * Functions does not know may be one that it lists late.
 */
async function isOver(locks: readonly HeldLock[], { clock, runs }: LockWorld): Promise<boolean> {
  const nowMs = clock.nowMs();
  const held = locks.find(({ expiresAtMs }) => expiresAtMs > nowMs);
  if (held === undefined || held.owner.startsWith(RECONCILE)) return false;
  const run = await runs.stateOf(held.owner);
  return run.kind === 'ended' && run.atMs + LAST_STEP_SECONDS * 1000 <= nowMs;
}
