/**
 * Tells nodes that can be given back what they had from those that cannot.
 *
 * @module
 */

import { type PastNode, wantPast } from "../change/want_past.ts";
import type { Host } from "../command/host.ts";
import type { Typed } from "../document/hint.ts";
import { Failure } from "../document/problems.ts";
import type { Root } from "../io/root.ts";
import { foldHosts } from "../text/host_range.ts";

/** Says what helps nodes that cannot be given back what they had. */
export function forgetHint(nodes: readonly string[]): (typed: Typed) => string {
  const range = foldHosts(nodes);
  return (typed) =>
    `${typed.command("online", "--forget", "--nodes", range)} drops what they had, and ${
      typed.command("run", "--nodes", range)
    } sets them up anew`;
}

/** Nodes that can be given back what they had, and those that cannot, with the first reason. */
export interface Apart<N extends PastNode> {
  readonly usable: readonly N[];
  readonly lost: readonly string[];
  readonly fault: Failure | null;
}

/**
 * Tells nodes apart by whether they can be given back what they had.
 *
 * @param nodes What they had.
 * @param flags Where boot directories are, and the roles of the site.
 * @param host The file system.
 */
export async function apart<N extends PastNode>(
  nodes: readonly N[],
  flags: Parameters<typeof wantPast>[1],
  { root }: Pick<Host, "root">,
): Promise<Apart<N>> {
  const faults = new Map<string, Failure>();
  if (await lossOf(nodes, flags, root)) {
    for (const node of nodes) {
      const fault = await lossOf([node], flags, root);
      if (fault) faults.set(node.name, fault);
    }
  }
  const usable = nodes.filter(({ name }) => !faults.has(name));
  const [fault = null] = faults.values();
  return { usable, lost: [...faults.keys()], fault };
}

/** Why nodes cannot be given back what they had; `null` if they can. */
async function lossOf(
  nodes: readonly PastNode[],
  flags: Parameters<typeof wantPast>[1],
  root: Root,
): Promise<Failure | null> {
  try {
    await wantPast(nodes, flags, root);
    return null;
  } catch (error) {
    if (error instanceof Failure && error.code.startsWith("images-")) return error;
    throw error;
  }
}
