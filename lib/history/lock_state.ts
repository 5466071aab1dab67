/**
 * What a run does before anything else: it locks the state directory.
 *
 * @module
 */

import type { Host } from "../command/host.ts";
import { guarded, writeFailure } from "../io/failures.ts";
import { checkCouldWrite } from "../io/writable.ts";
import { StateDirectory } from "./state_directory.ts";

/**
 * Locks the state directory, before anything is read that another run may change.
 *
 * @param flags Where it is; with `--dry-run` it is only looked at.
 * @param host The file system.
 * @returns `null` with `--dry-run`.
 * @throws {Failure} If another run holds the lock, or nothing can be written.
 */
export async function lockState(
  { state, "dry-run": isDry }: { readonly state: string; readonly "dry-run": boolean },
  { root, reporter }: Pick<Host, "root" | "reporter">,
): Promise<StateDirectory | null> {
  const tell = (): void => reporter.say("another pitboot is at work: waiting for it a moment");
  if (!isDry) return await StateDirectory.lock(root, state, tell);
  const advice = { hint: "name another directory with --state", isSure: true };
  guarded(state, advice, () => checkCouldWrite(root.real(`${state}/lock`)), writeFailure);
  return null;
}
