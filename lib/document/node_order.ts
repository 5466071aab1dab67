/**
 * Which nodes are ready, and the order of nodes in the table of their states.
 *
 * @module
 */

import type { BootNode } from "./document.ts";

const READY_CHANGES: ReadonlySet<string> = new Set<BootNode["change"]>([
  "created",
  "updated",
  "unchanged",
  "kept",
]);

/**
 * Tells whether a node boots what it should.
 *
 * @param change Its result; perhaps of a newer pitboot.
 */
export function isReadyAfter(change: string): boolean {
  return READY_CHANGES.has(change);
}

/** The states of nodes, those on top that somebody should see. */
const STATES = ["broken", "foreign", "missing", "whole", "offline"];
const OWN = ["missing", "edited", "ours"];

/**
 * Compares nodes: what matters comes first; and rows keep their order, whichever nodes
 * are in them.
 */
export function byUrgency(a: BootNode, b: BootNode): number {
  const rank = ({ links, script, lease }: BootNode): number => {
    const state = STATES.indexOf(links ?? "");
    const isReady = links === "offline" || (links === "whole" && script !== "missing");
    return (isReady ? 100 : 0) + 10 * state + 2 * OWN.indexOf(script) + (lease ? 1 : 0);
  };
  const words = ({ role, release }: BootNode): string => `${role} ${release}`;
  return rank(a) - rank(b) || (words(a) < words(b) ? -1 : words(a) > words(b) ? 1 : 0);
}
