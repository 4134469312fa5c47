/** Many requests to one broker that can answer for one thing at a time. */

/** Requests that one broker has before it at once: enough to hide the way there, too few to crowd out others. */
export const AT_ONCE = 16;

/** The result of `work` for each item, in order, with at most `AT_ONCE` of them under way. @throws what `work` throws */
export async function mapBounded<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async () => {
    // The iterator is shared: each worker takes the next item that nobody has.
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
  return results;
}
