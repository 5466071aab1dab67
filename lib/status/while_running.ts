/**
 * What is said of nodes that another command is working on: not what would be so if it
 * had ended like this.
 *
 * @module
 */

import type { BootNode } from "../document/document.ts";
import type { Report } from "../document/problems.ts";
import type { Claim } from "../history/claim.ts";
import { runningReports } from "../history/claim_words.ts";
import { foldHosts } from "../text/host_range.ts";
import { isReady } from "./node_status.ts";

/** The names of the nodes that commands are working on. */
export function busyNodes(running: readonly Claim[]): ReadonlySet<string> {
  return new Set(running.flatMap(({ nodes }) => nodes));
}

/**
 * Names the commands that are running, and the nodes that are not ready because one of
 * them is not done.
 *
 * @param nodes All nodes.
 * @param running What the commands work on.
 * @param now Milliseconds since the epoch.
 */
export function busyProblems(
  nodes: readonly BootNode[],
  running: readonly Claim[],
  now: number,
): Report[] {
  const unready = running.flatMap((claim): Report[] => {
    const names = nodes.filter((node) => !isReady(node) && claim.nodes.includes(node.name))
      .map(({ name }) => name);
    if (names.length === 0) return [];
    return [["node-not-whole", {
      message: `${foldHosts(names)}: not ready yet`,
      nodes: names,
    }]];
  });
  return [...runningReports(running, now), ...unready];
}
