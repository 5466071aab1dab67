/**
 * A sleep that an abort signal can interrupt.
 *
 * @module
 */

import { within } from "./within.ts";

/**
 * Sleeps.
 *
 * @param milliseconds How long.
 * @param signal Ends it at once.
 */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds > 0) await within(new Promise(() => {}), { milliseconds, signal });
}
