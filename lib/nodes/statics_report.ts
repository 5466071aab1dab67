/**
 * Problems of statics.conf, for administrators.
 *
 * @module
 */

import type { Report } from "../document/problems.ts";
import { isChosen, type NodeChoice } from "./node_choice.ts";
import type { Statics } from "./statics.ts";

/**
 * Names the lines that are of no use, or can be doubted, and may concern a selected node.
 *
 * @param statics What the file says.
 * @param choice The selected nodes.
 */
export function staticsProblems(
  { faults }: Pick<Statics, "faults">,
  choice: NodeChoice,
  path: string,
): Report[] {
  return faults
    .filter(({ nodes }) => nodes.length === 0 || nodes.some((node) => isChosen(node, choice)))
    .map(({ line, message, nodes }) => ["statics-doubtful", {
      message: `${path}:${line}: ${message}`,
      hint: "correct the line, then systemctl restart dnsmasq",
      nodes,
    }]);
}
