/**
 * What a run does before anything else: it locks the state directory.
 *
 * @module
 */

import type { Host } from "../command/host.ts";
import { guarded, ifThere, writeFailure } from "../io/failures.ts";
import { LockFile } from "../io/lock.ts";
import { WritableRoot } from "../io/writable_root.ts";
import { nameOfNew } from "../text/new_name.ts";
import { checkOwnState } from "./own_state.ts";
import { generationsIn, lockPath, savedIn } from "./state_paths.ts";

const ADVICE = { hint: "name another directory with --state", isSure: true };
/** What is so if the state directory cannot be written, and what to do. */
export const UNWRITABLE = { ...ADVICE, state: "no node was changed" };

/**
 * Locks the state directory, before anything is read that another run may change, and
 * removes what an interrupted run has left there. The kernel releases the lock when
 * this process ends, however that happens.
 *
 * @param flags Where it is; with `--dry-run` it is only looked at.
 * @param host The file system.
 * @returns `null` with `--dry-run`.
 * @throws {Failure} If another run holds the lock, nothing can be written, or others than
 * root may write there.
 */
export async function lockState(
  { state, "dry-run": isDry }: { readonly state: string; readonly "dry-run": boolean },
  { root, reporter }: Pick<Host, "root" | "reporter">,
): Promise<Disposable | null> {
  const writable = new WritableRoot(root);
  checkOwnState(root, state);
  if (isDry) {
    writable.checkCouldWrite(lockPath(state), ADVICE);
    return null;
  }
  const whenHeld = (): void => reporter.say("another pitboot is running: waiting for it a moment");
  const held = await new LockFile(root, lockPath(state), UNWRITABLE).hold(whenHeld);
  for (const place of [state, savedIn(state), generationsIn(state)]) {
    removeHalfDone(place, writable);
  }
  return held;
}

/** What is half done has another name, and nobody uses it. */
function removeHalfDone(place: string, root: WritableRoot): void {
  guarded(place, UNWRITABLE, () => {
    for (const { name } of ifThere(() => root.list(place)) ?? []) {
      if (nameOfNew(name) !== null) root.remove(`${place}/${name}`);
    }
  }, writeFailure);
}
