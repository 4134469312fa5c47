/** Locks as reconcile believes them: whether a run that holds one is still alive, Step Functions tells before the lock expires. */

import { LAST_STEP_SECONDS } from '#core/runbook/messages.ts';
import type { HeldLock } from '#core/runbook/records.ts';
import type { Ports } from '#core/world.ts';

type LockWorld = Ports<'state' | 'runs'>;

/** Beginning of the owners of locks that reconcile takes: no execution can have such a name, for the slash. */
const RECONCILE = 'reconcile/';

/**
 * Owner of the locks that one invocation of reconcile takes. The time tells two deliveries of one event apart, which have
 * the same id.
 */
export const reconcileOwner = (invocation: string, nowMs: number): string => `${RECONCILE}${invocation}/${nowMs}`;

/**
 * The locks on some keys, held or expired. What a run holds that ended without giving it back is given back here, once no function
 * of that run can be at work any more; another run's lock is left alone, also one that was taken in between.
 */
export async function believedLocks(keys: readonly string[], world: LockWorld): Promise<HeldLock[]> {
  const found: (HeldLock & { readonly key: string })[] = [];
  for (const key of keys) {
    const lock = await world.state.loadLock(key);
    if (lock !== undefined) found.push({ ...lock, key });
  }
  const locks: HeldLock[] = [];
  for (const [owner, held] of Map.groupBy(found, (lock) => lock.owner)) {
    if (await isOver(held, world))
      await world.state.releaseLock(
        held.map(({ key }) => key),
        owner,
      );
    else locks.push(...held);
  }
  return locks;
}

/** Never of a lock that has expired, which needs no asking, and never of what Step Functions does not know: it tells of new runs late. */
async function isOver(held: readonly HeldLock[], { clock, runs }: LockWorld): Promise<boolean> {
  const nowMs = clock.nowMs();
  const lock = held.find(({ expiresAtMs }) => expiresAtMs > nowMs);
  if (lock === undefined || lock.owner.startsWith(RECONCILE)) return false;
  const run = await runs.stateOf(lock.owner);
  return run.kind === 'ended' && run.atMs + LAST_STEP_SECONDS * 1000 <= nowMs;
}
