/**
 * The rest of what an ended process has written.
 *
 * @module
 */

import { LATE, within } from "./within.ts";

/** So often we wait for it. */
const MOST_TURNS = 10;
/** Milliseconds for each turn. */
const TURN_MS = 20;

/**
 * Waits until all is read that an ended process has written; a process that it left behind
 * may hold its pipes for ever.
 *
 * A clock alone would not do: where we stood still ourselves, all of the time is over before
 * anything is read that is there. So it waits in turns, in each of which whatever is there is read.
 *
 * @param read Done at the end of its pipes.
 */
export async function lastWords(read: Promise<unknown>): Promise<void> {
  for (let turns = 0; turns < MOST_TURNS; turns++) {
    if (await within(read, { milliseconds: TURN_MS }) !== LATE) return;
  }
}
