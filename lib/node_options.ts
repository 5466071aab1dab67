/**
 * Options by which nodes are chosen.
 *
 * @module
 */

import type { NodeChoice } from "./bmc_targets.ts";
import { type Flags, hosts, text } from "./options.ts";

/** Options by which nodes are chosen. */
export const NODE_OPTIONS = {
  nodes: hosts(
    "Work on these nodes only, for instance ncn-w[001-003],ncn-s001.",
  ),
  exclude: hosts("Leave these nodes alone."),
  "pit-node": text("NODE", "The PIT, which is left out unless --nodes names it.", "ncn-m001"),
};

/** What the options come to. */
export function nodeChoice(flags: Flags<typeof NODE_OPTIONS>): NodeChoice {
  return { pit: flags["pit-node"], nodes: flags.nodes, exclude: flags.exclude };
}
