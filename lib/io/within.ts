/**
 * Waits that end: after a time, or at a signal.
 *
 * @module
 */

/** No timer of the system is longer. */
const LONGEST_MS = 2 ** 31 - 1;

/** The result of a wait that ends before the work. */
export const LATE: unique symbol = Symbol("late");

/** Sets a timer; see {@linkcode later}. */
export type Later = typeof later;

/** The limits of a wait. */
export interface WaitLimits {
  /** @default {Infinity} */
  readonly milliseconds?: number;
  /** Ends it at once. */
  readonly signal?: AbortSignal;
  /** @default {later} */
  readonly later?: Later;
}

/**
 * Sets a timer of the system.
 *
 * @param milliseconds When it acts; `Infinity` is never.
 * @returns Stops the timer.
 */
export function later(milliseconds: number, act: () => void): () => void {
  if (milliseconds === Infinity) return () => {};
  const timer = setTimeout(act, Math.min(milliseconds, LONGEST_MS));
  return () => clearTimeout(timer);
}

/**
 * Waits for work, within limits. What it does later is left to itself: its errors are
 * lost then.
 *
 * @param work What to wait for.
 * @param limits What ends the wait before.
 * @returns What came of it; {@linkcode LATE} if a limit came first.
 * @throws What the work throws.
 *
 * @example
 * ```ts
 * import { LATE, within } from "./within.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await within(Promise.resolve(1), { milliseconds: 1000 }), 1);
 * assertEquals(await within(new Promise(() => {}), { milliseconds: 1 }), LATE);
 * ```
 */
export async function within<T>(
  work: Promise<T>,
  { milliseconds = Infinity, signal, later: after = later }: WaitLimits,
): Promise<T | typeof LATE> {
  const { promise: limit, resolve } = Promise.withResolvers<typeof LATE>();
  const stop = (): void => resolve(LATE);
  if (signal?.aborted) stop();
  const cancel = after(milliseconds, stop);
  signal?.addEventListener("abort", stop);
  try {
    return await Promise.race([work, limit]);
  } finally {
    cancel();
    signal?.removeEventListener("abort", stop);
  }
}

/**
 * Waits for work that the system does meanwhile, in turns. A clock alone would not do: where we
 * stood still ourselves, all of its time is over before anything is heard that is there. In
 * each turn whatever is there is heard.
 *
 * @param work What to wait for.
 * @param limits `turns`: so often; `milliseconds`: for so long each time.
 * @returns What came of it; {@linkcode LATE} if nothing did.
 * @throws What the work throws.
 */
export async function withinTurns<T>(
  work: Promise<T>,
  { turns, milliseconds }: { readonly turns: number; readonly milliseconds: number },
): Promise<T | typeof LATE> {
  for (let left = turns; left > 0; left--) {
    const came = await within(work, { milliseconds });
    if (came !== LATE) return came;
  }
  return LATE;
}

/**
 * Sleeps.
 *
 * @param signal Ends it at once.
 * @param after Sets the timer.
 */
export async function pause(
  milliseconds: number,
  signal: AbortSignal,
  after: Later = later,
): Promise<void> {
  if (milliseconds <= 0) return;
  await within(new Promise(() => {}), { milliseconds, signal, later: after });
}

/** Gives others a turn amid long work: what programs print is read, and signals are heard. */
export async function othersTurn(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
}
