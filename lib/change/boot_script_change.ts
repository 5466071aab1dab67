/**
 * Replaces `boot/script.ipxe`, unless somebody else has.
 *
 * @module
 */

import { Failure } from "../document/problems.ts";
import type { BootScriptChange } from "../history/generations.ts";
import { guarded, writeFailure } from "../io/failures.ts";
import type { WritableRoot } from "../io/writable_root.ts";
import { bytesOfText, textOfBytes } from "../text/byte_text.ts";

/** What becomes of `boot/script.ipxe`, and where that file is. */
export interface BootScriptEdit extends BootScriptChange {
  /** As people know it. */
  readonly path: string;
  /** What it leads to, if it is a link. */
  readonly target: string;
}

const NOT_WRITTEN = { state: "no node was changed", hint: "look at what is there, and run again" };

/**
 * Makes sure that nobody has saved the script since it was read.
 *
 * @throws {Failure} If somebody has.
 */
export function checkBootScript(
  { path, target, before }: BootScriptEdit,
  root: WritableRoot,
): void {
  const read = (): string => textOfBytes(root.read(target));
  if (guarded(path, NOT_WRITTEN, read) === before.text) return;
  throw new Failure("script-unfit", {
    message: `${path} was changed while pitboot was running`,
    hint: "no node was changed; run again when it is as it should be",
  });
}

/**
 * Replaces the script.
 *
 * @throws {Failure} If somebody has saved it since it was read, or it cannot be written.
 */
export function writeBootScript(edit: BootScriptEdit, root: WritableRoot): void {
  checkBootScript(edit, root);
  const { path, target, after } = edit;
  const write = (): void => root.replace(target, bytesOfText(after.text), after);
  guarded(path, NOT_WRITTEN, write, writeFailure);
}
