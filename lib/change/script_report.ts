/**
 * What an administrator should know of the scripts of nodes: the same words in
 * `status`, with `--dry-run` and after the work.
 *
 * @module
 */

import type { ScriptFate } from "../boot/script_fate.ts";
import type { Hint, Typed } from "../document/hint.ts";
import type { Report } from "../document/problems.ts";
import { foldHosts } from "../text/host_range.ts";

/** What becomes of the script of a node. */
export interface NodeScript {
  readonly name: string;
  /** `null` if it has none, or if that cannot be told. */
  readonly fate: ScriptFate | null;
}

/** Writes the command that replaces the scripts of nodes. */
export type ResetBy = (range: string, typed: Typed) => string;

/**
 * Names the nodes whose script stays only because they would lose their disks.
 *
 * @param nodes What becomes of their scripts.
 * @param resetBy The command that replaces these all the same.
 */
export function guardedScripts(
  nodes: readonly NodeScript[],
  resetBy: ResetBy = resetScripts,
): Report[] {
  return withFate(nodes, "guarded", (range) => ["script-kept", {
    message:
      `script.ipxe of ${range} keeps the disks (metal.no-wipe), and a new one would wipe them: it is kept`,
    hint: replaces(range, resetBy),
  }]);
}

/**
 * Names the nodes whose script stays because an administrator changed it.
 *
 * @param nodes What becomes of their scripts.
 * @param resetBy As for {@linkcode guardedScripts}.
 */
export function keptScripts(
  nodes: readonly NodeScript[],
  resetBy: ResetBy = resetScripts,
): Report[] {
  return withFate(nodes, "edited", (range) => ["script-kept", {
    message: `somebody changed script.ipxe of ${range}: it is kept`,
    hint: replaces(range, resetBy),
  }]);
}

/** Names the nodes whose script an administrator has changed, where nothing is done. */
export function editedScripts(nodes: readonly NodeScript[]): Report[] {
  return withFate(nodes, "edited", (range) => ["script-edited", {
    message: `somebody changed script.ipxe of ${range}`,
    hint: (typed) =>
      `${typed.command("run", "--nodes", range)} keeps it; ${
        resetScripts(range, typed)
      } ${REPLACES}`,
  }]);
}

/** Names the nodes whose script will go away although it may be an administrator's. */
export function lostScripts(nodes: readonly NodeScript[]): Report[] {
  return withFate(nodes, "saved", (range) => ["script-edited", {
    message: `script.ipxe of ${range} may be edited by hand: it will be saved and replaced`,
    hint: "put what you need of it into boot/script.ipxe before",
  }]);
}

/** The command that replaces the scripts of nodes. */
function resetScripts(range: string, typed: Typed): string {
  return typed.command("set-links", "--reset-scripts", "--nodes", range);
}

const REPLACES = "saves and replaces it";

function replaces(range: string, resetBy: ResetBy): Hint {
  return (typed) => `${resetBy(range, typed)} ${REPLACES}`;
}

/** One problem for all nodes whose script has a fate; none if there are none. */
function withFate(
  nodes: readonly NodeScript[],
  fate: ScriptFate,
  report: (range: string) => Report,
): Report[] {
  const names = nodes.filter((node) => node.fate === fate).map(({ name }) => name);
  if (names.length === 0) return [];
  const [code, details] = report(foldHosts(names));
  return [[code, { ...details, nodes: names }]];
}
