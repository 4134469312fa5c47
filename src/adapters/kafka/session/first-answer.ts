/** The same request at several brokers. */
import type { Outcome } from '#adapters/kafka/protocol/failures.ts';

/**
 * The first answer; `undefined` when all requests failed, or none was answered in time.
 *
 * @throws what the first request throws that throws
 */
export async function firstAnswer<T>(
  sent: readonly Promise<Outcome<T>>[],
  waitMs?: number,
): Promise<Outcome<T> | undefined> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise((resolve, reject) => {
      let pending = sent.length;
      if (pending === 0) resolve(undefined);
      if (waitMs !== undefined) timer = setTimeout(() => resolve(undefined), waitMs);
      const settle = (outcome: Outcome<T>) => {
        pending--;
        if (outcome.ok) resolve(outcome);
        else if (pending === 0) resolve(undefined);
      };
      for (const one of sent) one.then(settle, reject);
    });
  } finally {
    clearTimeout(timer);
  }
}
