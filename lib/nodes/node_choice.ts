/**
 * Which nodes a command works on, and the options that say so.
 *
 * @module
 */

import { UsageError } from "../cli/parse_flags.ts";
import { type Flags, hosts } from "../cli/options.ts";
import { fitsPattern } from "../text/pattern.ts";

/** Which nodes a command works on. */
export interface NodeChoice {
  /** The PIT itself, left out unless named. */
  readonly pit: string;
  /** Only these, if given: names, and patterns, which do not name the PIT. */
  readonly nodes: readonly string[] | null;
  /** Not these: names, and patterns. */
  readonly exclude: readonly string[] | null;
}

/**
 * Tells whether a node was chosen.
 *
 * @param node For instance `ncn-w001`.
 * @param choice The options that select nodes.
 */
export function isChosen(node: string, { pit, nodes, exclude }: NodeChoice): boolean {
  if (exclude?.some((each) => fitsPattern(node, each))) return false;
  if (nodes === null) return node !== pit;
  return nodes.includes(node) || (node !== pit && nodes.some((each) => fitsPattern(node, each)));
}

/** Options by which nodes are chosen. */
export const NODE_OPTIONS = {
  nodes: hosts("Work on these nodes only, for instance ncn-w[001-003] or 'ncn-w*'."),
  exclude: hosts("Do not work on these nodes."),
  "pit-node": {
    help: "The PIT, which is left out unless --nodes names it in full.",
    placeholder: "NODE",
    kind: "node",
    initial: "ncn-m001",
    parse: (text: string) => text,
  } as const,
};

/** Makes a choice of the options. */
export function nodeChoice(flags: Flags<typeof NODE_OPTIONS>): NodeChoice {
  return { pit: flags["pit-node"], nodes: flags.nodes, exclude: flags.exclude };
}

/**
 * Makes sure that nodes are named, where all of them can hardly be meant.
 *
 * @throws {UsageError} If they are not.
 */
export function mustName({ nodes }: Pick<Flags<typeof NODE_OPTIONS>, "nodes">): void {
  if (nodes === null) throw new UsageError("--nodes must name the nodes, for instance ncn-w003");
}
