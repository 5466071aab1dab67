/**
 * Nodes whose root filesystem nobody has secured.
 *
 * @module
 */

import type { BootNode } from "../document/document.ts";
import type { Report } from "../document/problems.ts";
import { foldHosts } from "../text/host_range.ts";

/**
 * Tells whether the image customiser has secured a root filesystem.
 *
 * @param target What the link of a node holds.
 */
export function isSecured(target: string): boolean {
  return target.slice(target.lastIndexOf("/") + 1).startsWith("secure-");
}

/** Names the nodes that would boot, and nobody could log in to. */
export function unsecuredProblems(nodes: readonly BootNode[]): Report[] {
  const names = nodes.filter(({ links, rootfs }) =>
    links === "whole" && rootfs && !isSecured(rootfs)
  )
    .map(({ name }) => name);
  if (names.length === 0) return [];
  return [["check-failed", {
    message: `${foldHosts(names)}: the root filesystem is not secured: nobody can log in`,
    hint: (typed) =>
      `ncn-image-modification.sh secures images; then ${
        typed.command("run", "--nodes", foldHosts(names))
      }`,
    nodes: names,
  }]];
}
