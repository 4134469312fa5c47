/** Many requests to a broker that takes one item in each. */

/** Requests to one broker at once: enough to hide latency, too few to crowd out other clients. */
export const AT_ONCE = 16;

/**
 * The result of `work` for each item, in order, at most `AT_ONCE` at a time.
 *
 * @throws what `work` throws
 */
export async function mapBounded<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async () => {
    // The workers share the iterator: each takes the next free item.
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
  return results;
}
