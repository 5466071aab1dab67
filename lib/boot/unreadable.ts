/**
 * What keeps the web server, an ordinary user, from what a node fetches first.
 *
 * @module
 */

import type { Report } from "../document/problems.ts";
import { foldHosts } from "../text/host_range.ts";
import { mayEnter, mayRead } from "../text/rights.ts";
import { type Observed, SCRIPT } from "./boot_tree.ts";
import type { PlannedNode } from "./planned_node.ts";

/** Why a node cannot fetch its script. */
export interface Unreadable {
  readonly words: string;
  /** The command that helps. */
  readonly cure: string;
}

/**
 * Finds what keeps the web server from the script of a node.
 *
 * @param directory Its boot directory.
 * @param observed What is there. Who is offline fetches nothing.
 * @returns `null` for nothing.
 */
export function unreadableIn(
  directory: string,
  { rights, script, parked }: Pick<Observed, "rights" | "script" | "parked">,
): Unreadable | null {
  return rights && !(parked && !script) ? unreadable(directory, rights.mode, script) : null;
}

function unreadable(
  directory: string,
  mode: number,
  script: { readonly mode: number } | null,
): Unreadable | null {
  const isClosed = !mayEnter(mode);
  const isHidden = script !== null && !mayRead(script.mode);
  if (!isClosed && !isHidden) return null;
  const cures = [
    ...isClosed ? [`chmod o+x ${directory}`] : [],
    ...isHidden ? [`chmod o+r ${directory}/${SCRIPT}`] : [],
  ];
  const words = isClosed ? "enter its boot directory" : `read its ${SCRIPT}`;
  return { words: `the web server cannot ${words}`, cure: cures.join(" && ") };
}

/**
 * Finds what keeps the web server from the script of a node once its plan is carried out.
 *
 * @param node What was planned.
 * @returns `null` for nothing.
 */
export function unreadableAfter({ wanted, observed, plan }: PlannedNode): Unreadable | null {
  if (plan.change === "offline" || plan.change === "removed") return null;
  // A new directory is one that everybody may enter.
  const { mode = 0o755 } = observed.rights ?? {};
  const script = plan.script === "written" ? wanted.script : observed.script;
  return unreadable(wanted.directory, mode, script);
}

/**
 * Names the nodes that cannot fetch their script, and what helps.
 *
 * @param nodes Those, and why.
 */
export function unreadableProblems(
  nodes: readonly { readonly name: string; readonly unreadable: Unreadable }[],
): Report[] {
  const groups = Map.groupBy(nodes, ({ unreadable }) => unreadable.words);
  return [...groups].map(([words, group]) => {
    const names = group.map(({ name }) => name);
    const hint = group.map(({ unreadable }) => unreadable.cure).join("; ");
    return ["node-not-whole", { message: `${foldHosts(names)}: ${words}`, hint, nodes: names }];
  });
}
