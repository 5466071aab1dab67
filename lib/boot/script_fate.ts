/**
 * Decides what becomes of the script of a node: in one place, so that what `status`
 * and `--dry-run` say of it is what `run` does.
 *
 * @module
 */

import type { WantedScript } from "./boot_tree.ts";
import { keepsDisksOnly } from "./no_wipe.ts";

/**
 * What becomes of a script when the node gets the one that it should have. `right`: it
 * is that one. `replaced`: pitboot wrote it or has seen it. `saved`: it may be an
 * administrator's, and is saved before it is replaced. `edited`: an administrator has
 * changed it, and it is kept. `guarded`: nobody knows who wrote it, and the node would
 * lose its disks without it: it is kept.
 */
export type ScriptFate = "right" | "replaced" | "saved" | "edited" | "guarded";

/** What is known of the scripts of a node. */
export interface KnownScripts {
  /** SHA-256 of those that are ours; empty if unknown. */
  readonly written: readonly string[];
  /** Whether to replace a script even if an administrator changed it. */
  readonly reset: boolean;
}

/**
 * Decides what becomes of the script that a node has.
 *
 * @param script Its text, and its SHA-256.
 * @param wanted The one that it should have; `null` for none.
 * @param known What is known of its scripts.
 */
export function scriptFate(
  { text, sha256 }: { readonly text: string; readonly sha256: string },
  wanted: Pick<WantedScript, "text" | "sha256"> | null,
  { written, reset }: KnownScripts,
): ScriptFate {
  if (text === wanted?.text || sha256 === wanted?.sha256) return "right";
  if (written.includes(sha256)) return "replaced";
  if (reset) return "saved";
  if (written.length > 0) return "edited";
  return wanted && keepsDisksOnly(text, wanted.text) ? "guarded" : "saved";
}

/** Whether a script with that fate stays. */
export function isKept(fate: ScriptFate): boolean {
  return fate === "edited" || fate === "guarded";
}
