/**
 * The rest of what an ended process has written.
 *
 * @module
 */

import { withinTurns } from "./within.ts";

/** So often, and for so long each time. */
const READ_WITHIN = { turns: 10, milliseconds: 20 };

/**
 * Waits until all is read that an ended process has written; a process that it left behind
 * may hold its pipes for ever.
 *
 * @param read Done at the end of its pipes.
 */
export async function lastWords(read: Promise<unknown>): Promise<void> {
  await withinTurns(read, READ_WITHIN);
}
