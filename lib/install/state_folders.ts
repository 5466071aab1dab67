/**
 * The state directory while nothing is installed. The record of what is ours lies in
 * it, so that it is made, with the lock in it, before anything is recorded.
 *
 * @module
 */

import { lockPath } from "../history/state_paths.ts";
import { codeOf, ifThere, isAbsent } from "../io/failures.ts";
import type { Root } from "../io/root.ts";
import type { WritableRoot } from "../io/writable_root.ts";

/**
 * Tells whether a state directory holds nothing but the lock.
 *
 * @param root The system to install on.
 * @param state The state directory.
 * @returns `false` also if it does not exist.
 */
export function isWorthless(root: Root, state: string): boolean {
  try {
    return root.list(state).every(({ name }) => `${state}/${name}` === lockPath(state));
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

/**
 * Removes a state directory that holds nothing of worth; its lock is held. Of one behind a link only the lock goes.
 *
 * @param root The system to install on.
 * @param state The state directory.
 */
export function removeWorthless(root: WritableRoot, state: string): void {
  if (!isWorthless(root, state)) return;
  root.removeIfThere(lockPath(state));
  // Without the lock another run may have come and gone, and the directory with it.
  if (ifThere(() => root.lstat(state))?.isSymlink === false) removeIfEmpty(root, state);
}

/** Removes a directory, unless something is in it. */
export function removeIfEmpty(root: WritableRoot, path: string): void {
  try {
    root.removeIfThere(path);
  } catch (error) {
    if (codeOf(error) !== "ENOTEMPTY") throw error;
  }
}
