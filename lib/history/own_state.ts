/**
 * Whether what is recorded can only be what root has recorded.
 *
 * @module
 */

import { Failure } from "../document/problems.ts";
import type { Root } from "../io/root.ts";
import { strangerOnWay } from "../io/strangers.ts";

/**
 * Makes sure that nobody but root, and who runs pitboot, may change what is recorded:
 * what nodes get back is made of it, and what is removed.
 *
 * @param root The file system.
 * @param state The state directory, which may not exist yet.
 * @throws {Failure} If somebody may.
 */
export function checkOwnState(root: Root, state: string): void {
  const stranger = strangerOnWay(root, state);
  if (!stranger) return;
  const { path, words, cure } = stranger;
  throw new Failure("place-unsafe", {
    message: `${state} is not used: ${path} ${words}`,
    hint: `${cure}, or name another directory with --state`,
  });
}
