/** Several who are asked the same thing. */
import type { Outcome } from '#adapters/kafka/protocol/failures.ts';

/**
 * The first answer; `undefined` when all have failed, or none has answered within the time. The others are not waited for.
 *
 * @throws what the first of them throws
 */
export async function firstAnswer<T>(
  asked: readonly Promise<Outcome<T>>[],
  patienceMs?: number,
): Promise<Outcome<T> | undefined> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise((resolve, reject) => {
      let pending = asked.length;
      if (pending === 0) resolve(undefined);
      if (patienceMs !== undefined) timer = setTimeout(() => resolve(undefined), patienceMs);
      const hear = (outcome: Outcome<T>) => {
        pending--;
        if (outcome.ok) resolve(outcome);
        else if (pending === 0) resolve(undefined);
      };
      for (const one of asked) one.then(hear, reject);
    });
  } finally {
    clearTimeout(timer);
  }
}
