/**
 * A sleep that an abort signal can interrupt.
 *
 * @module
 */

import { type Later, later, within } from "./within.ts";

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
