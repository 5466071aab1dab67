/**
 * What set-links would do, for people: before and after, by node range.
 *
 * @module
 */

import { LINKS, type Observed, SCRIPT, type Wanted } from "./boot_tree.ts";
import { foldHosts } from "../text/host_range.ts";
import type { NodePlan } from "./plan_links.ts";

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
