/**
 * Decides what becomes of the script of a node, and of those that wait beside it.
 *
 * One rule: a script goes away only if we wrote it or have seen it; what may be an
 * administrator's is saved before.
 *
 * @module
 */

import type { Observed, ScriptState, Wanted, WantedScript } from "./boot_tree.ts";
import { mayKeepDisks } from "./no_wipe.ts";
import type { NodePlan, SaveStep, Step } from "./plan_steps.ts";
import { isKept, type KnownScripts, type ScriptFate, scriptFate } from "./script_fate.ts";

/** What is known of the scripts of a node, and of those that it has now. */
export interface ScriptHistory extends KnownScripts {
  /** SHA-256 of each script that the node has now, by its text. */
  readonly digests: ReadonlyMap<string, string>;
  /** Where to save scripts; their digest is added. */
  readonly saveAs: string;
}

/** What becomes of the script of a node. */
export interface ScriptChange {
  readonly outcome: NodePlan["script"];
  /** What may be an administrator's and goes away. */
  readonly save: readonly SaveStep[];
}

/**
 * Decides what becomes of the scripts of a node.
 *
 * @param wanted How its boot directory should be.
 * @param observed How it is.
 * @param history What is known.
 */
export function planScript(
  { script: wanted }: Wanted,
  { script, stray, parked }: Observed,
  history: ScriptHistory,
): ScriptChange {
  const outcome = outcomeFor(wanted, script, history);
  const isReplaced = outcome === "written" || outcome === "missing";
  const leaving = [isReplaced ? script : null, stray, parked?.script ?? null];
  const staying = isReplaced ? wanted?.text : script?.text;
  return { outcome, save: saves(leaving, staying, history) };
}

/**
 * Lists what has to be saved of scripts that go away.
 *
 * @param leaving The scripts.
 * @param staying The text of the one that stays, if there is one.
 * @param history What is known.
 */
export function saves(
  leaving: readonly (ScriptState | null)[],
  staying: string | undefined,
  history: ScriptHistory,
): SaveStep[] {
  const lost = leaving.flatMap((script) =>
    script && script.text !== staying && !isOurs(script, history) ? [script.text] : []
  );
  return [...new Set(lost)].map((text) => ({
    to: savedAs(history.saveAs, history.digests.get(text) ?? ""),
    text,
  }));
}

/**
 * Decides what becomes of the script that a node has.
 *
 * @returns `null` if it has none.
 */
export function fateOf(
  { script: wanted }: Pick<Wanted, "script">,
  { script }: Pick<Observed, "script">,
  history: ScriptHistory,
): ScriptFate | null {
  if (!script) return null;
  const { text } = script;
  const sha256 = history.digests.get(text) ?? "";
  return scriptFate({ text, sha256 }, wanted, history);
}

/**
 * Tells whether a script counts as an administrator's wherever it comes back to: it is
 * not among those that are ours. Without a record it counts as one if the node may lose
 * its disks without it.
 */
export function isEdited(
  script: ScriptState,
  { script: wanted }: Pick<Wanted, "script">,
  history: ScriptHistory,
): boolean {
  if (!wanted && history.written.length === 0) return mayKeepDisks(script.text);
  const fate = fateOf({ script: wanted }, { script }, { ...history, reset: false });
  return fate !== null && isKept(fate);
}

/** Names the place where a script is saved. */
export function savedAs(saveAs: string, sha256: string): string {
  return `${saveAs}.${sha256.slice(0, 12)}`;
}

/** Removes a script that is somewhere, if there is one. */
export function removesStray(
  path: string,
  script: ScriptState | null,
  { saveAs }: ScriptHistory,
): Step[] {
  return script ? [{ do: "discard", path, text: script.text, saveAs }] : [];
}

function outcomeFor(
  wanted: WantedScript | null,
  script: ScriptState | null,
  history: ScriptHistory,
): NodePlan["script"] {
  const fate = fateOf({ script: wanted }, { script }, history);
  if (fate !== null && isKept(fate)) return "kept";
  if (!script || !wanted) return wanted ? "written" : "missing";
  if (fate !== "right") return "written";
  const isSame = script.mode === wanted.mode && script.modified === wanted.modified &&
    (wanted.owner === null ||
      (script.uid === wanted.owner.uid && script.gid === wanted.owner.gid));
  return isSame ? "unchanged" : "written";
}

function isOurs({ text }: ScriptState, { written, digests }: ScriptHistory): boolean {
  return written.includes(digests.get(text) ?? "");
}
