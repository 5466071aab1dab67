/**
 * Bounded parallel work.
 *
 * @module
 */

/**
 * Works on all items, at most `limit` at once.
 *
 * @param items What to work on.
 * @param limit The most at once.
 * @param work What to do with each.
 * @returns The results in the order of the items.
 * @throws What `work` throws; no further item is begun then.
 */
export async function mapLimited<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  let failed = false;
  const worker = async (): Promise<void> => {
    for (const [i, item] of queue) {
      if (failed) return;
      try {
        results[i] = await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}
