/**
 * Waiting for what servers do in their own time.
 *
 * @module
 */

/**
 * Waits until something is so.
 *
 * @param check Whether it is.
 * @param options `seconds`: how long to try; `what`: named if it never is.
 * @throws {Error} If it never is.
 */
export async function until(
  check: () => boolean | Promise<boolean>,
  { seconds = 300, what = String(check) }: { seconds?: number; what?: string } = {},
): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!await check()) {
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`);
    await delay(50);
  }
}

/** Waits for so many milliseconds. */
export function delay(ms: number): Promise<void> {
  return new Promise((go) => setTimeout(go, ms));
}

/**
 * Takes the time of some work.
 *
 * @param work What to do.
 * @returns What came of it, and the seconds that it took.
 */
export async function timed<T>(work: () => Promise<T>): Promise<[result: T, seconds: number]> {
  const begin = performance.now();
  const result = await work();
  return [result, (performance.now() - begin) / 1000];
}
