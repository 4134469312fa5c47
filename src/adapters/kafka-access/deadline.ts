/** Work that must end in time. */
import { setTimeout as delay } from 'node:timers/promises';

/**
 * The result of `begin`. After `leftMs` it throws `over` and drops the result. Without time left it
 * begins nothing.
 */
export async function within<T>(leftMs: number, begin: () => Promise<T>, over: Error): Promise<T> {
  if (leftMs < 1) throw over; // a timer may fire up to a millisecond early
  const work = begin();
  work.catch(() => {}); // it may fail later, when nothing waits for it
  const stop = new AbortController();
  const late = delay(leftMs, undefined, { signal: stop.signal }).then(() => {
    throw over;
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    late.catch(() => {});
    stop.abort();
  }
}
