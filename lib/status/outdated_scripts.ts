/**
 * Scripts of nodes that are older than `boot/script.ipxe`.
 *
 * @module
 */

import { withoutLuks } from "../boot/boot_script.ts";
import type { Observed } from "../boot/boot_tree.ts";
import type { WantedScripts } from "../change/wanted_scripts.ts";
import type { BootNode } from "../document/document.ts";
import type { Report } from "../document/problems.ts";
import { foldHosts } from "../text/host_range.ts";

/**
 * Tells whether a node has another script than `boot/script.ipxe` is now, whatever the
 * next run would make of that.
 *
 * @param observed What lies in the boot directory.
 * @param scripts What was made of `boot/script.ipxe`.
 */
export function isOutdated({ script }: Observed, { found: { text } }: WantedScripts): boolean {
  return script !== null && script.text !== text && script.text !== withoutLuks(text);
}

/**
 * Names the nodes whose script is older than `boot/script.ipxe`.
 *
 * @param nodes Those of which that is so.
 */
export function outdatedScripts(nodes: readonly { readonly node: BootNode }[]): Report[] {
  if (nodes.length === 0) return [];
  const names = nodes.map(({ node: { name } }) => name);
  const range = foldHosts(names);
  return [["script-outdated", {
    message: `boot/script.ipxe has changed since ${range} got theirs`,
    hint: (typed) => `${typed.command("set-links", "--nodes", range)} gives it to them`,
    nodes: names,
  }]];
}
