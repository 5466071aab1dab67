/**
 * Looks at what others may be changing, in a moment in which nobody does.
 *
 * @module
 */

import { lockPath } from "../history/state_paths.ts";
import { newestMark } from "../history/read_state.ts";
import type { Context } from "../io/context.ts";
import { textIfLocked } from "../io/lock.ts";
import type { Root } from "../io/root.ts";
import { pause } from "../io/within.ts";

/** A turn of another command lasts some milliseconds, with hundreds of nodes a second. */
const STILL_PAUSE_MS = 20;
const LOOKS = 100;

/** Where others tell that they change something. */
export interface StatePlace {
  readonly root: Root;
  /** The state directory. */
  readonly state: string;
  readonly context: Pick<Context, "signal">;
}

/**
 * Looks at something, again as long as another command changes it.
 *
 * @param place Where others tell of that; who may not read it sees what there is.
 * @param look The look.
 * @returns What was seen in a still moment; at last, what was seen at all.
 * @throws What the last look throws.
 */
export async function whenStill<T>(
  { root, state, context: { signal } }: StatePlace,
  look: () => Promise<T>,
): Promise<T> {
  for (let left = LOOKS;; left--) {
    const isLast = left === 0 || signal.aborted;
    const before = await markOf(root, state);
    if (before !== null || isLast) {
      try {
        const seen = await look();
        if (isLast || await markOf(root, state) === before) return seen;
      } catch (error) {
        if (isLast || await markOf(root, state) === before) throw error;
      }
    }
    await pause(STILL_PAUSE_MS, signal);
  }
}

/** What differs after a change; `null` while one is made. */
async function markOf(root: Root, state: string): Promise<string | null> {
  try {
    const isStill = await textIfLocked(root, lockPath(state)) === null;
    return isStill ? newestMark(root, state) : null;
  } catch {
    return "";
  }
}
