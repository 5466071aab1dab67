/**
 * What became of the boot directories, for the document.
 *
 * @module
 */

import { LINKS, type Observed, SCRIPT, type Wanted } from "./boot_tree.ts";
import type { BootNode } from "../document/document.ts";
import { foldHosts } from "../text/host_range.ts";
import type { NodePlan } from "./plan_links.ts";
import type { ProblemCode, ProblemDetails } from "../document/problems.ts";

/** A node, how it should be, and what is done for it. */
export interface PlannedNode {
  readonly wanted: Wanted;
  readonly plan: NodePlan;
}

/**
 * Makes an entry for the `nodes` of the document.
 *
 * @param node What was to be done.
 * @param hasFailed Whether it was not done.
 */
export function nodeEntry({ wanted, plan }: PlannedNode, hasFailed: boolean): BootNode {
  const { name, role, directory, targets } = wanted;
  return {
    name,
    role,
    directory,
    change: hasFailed ? "failed" : plan.change,
    kernel: targets["kernel"],
    initrd: targets["initrd.img.xz"],
    rootfs: targets["rootfs"],
    script: plan.script,
  };
}

/**
 * Finds what an administrator should know of the work.
 *
 * @param nodes What was to be done.
 * @param failed Why nodes failed, by name; `null` for those that were not begun.
 */
export function linkProblems(
  nodes: readonly PlannedNode[],
  failed: ReadonlyMap<string, string | null>,
): (readonly [ProblemCode, ProblemDetails])[] {
  const kept = nodes.filter(({ plan }) => plan.script === "kept").map(({ wanted }) => wanted.name);
  const keptProblem = ["script-kept", {
    message: `somebody changed script.ipxe of ${foldHosts(kept)}: it is kept`,
    hint: "--reset-scripts replaces it with the one from boot/, and saves it before",
    nodes: kept,
  }] as const;
  const reasons = new Set([...failed.values()].filter((reason) => reason !== null));
  const failures = [...reasons].map((reason) => {
    const names = [...failed].filter(([, each]) => each === reason).map(([name]) => name);
    return ["node-failed", {
      message: `the boot directories of ${foldHosts(names)} are not as they should be: ${reason}`,
      hint: "they boot the old images or into the menu, nothing mixed; mend it and run again",
      nodes: names,
    }] as const;
  });
  return kept.length > 0 ? [keptProblem, ...failures] : failures;
}

/**
 * Describes plans. Nodes to which the same happens share a paragraph.
 *
 * @param nodes What is wanted, what is there, and what would be done.
 * @returns Lines.
 */
export function describeChanges(
  nodes: readonly { wanted: Wanted; observed: Observed; plan: NodePlan }[],
): string[] {
  const groups = new Map<string, string[]>();
  for (const { wanted, observed, plan } of nodes) {
    const lines = [
      ...LINKS.flatMap((name) => {
        const link = observed.links[name];
        const now = link.kind === "link" ? `${link.target} ` : "";
        const then = wanted.targets[name];
        return now.trimEnd() === then ? [] : [`    ${name.padEnd(13)} ${now}-> ${then}`];
      }),
      ...(plan.script === "unchanged" ? [] : [`    ${SCRIPT.padEnd(13)} ${plan.script}`]),
    ];
    const key = [`${plan.change} {}`, ...lines].join("\n");
    groups.set(key, [...groups.get(key) ?? [], wanted.name]);
  }
  return [...groups].flatMap(([key, names]) => key.replace("{}", foldHosts(names)).split("\n"));
}
