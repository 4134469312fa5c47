/** Waiting on a condition, so that no test sleeps. */
import { setTimeout as delay } from 'node:timers/promises';

/** Resolves when the condition holds. @throws when it does not within `timeoutMs`, naming `what` */
export async function waitUntil(
  what: string,
  holds: () => boolean | Promise<boolean>,
  timeoutMs = 15_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`${what} did not come about within ${timeoutMs / 1000} s`);
    await delay(50);
  }
}
