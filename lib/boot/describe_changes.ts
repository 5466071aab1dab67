/**
 * What `--dry-run` shows: what would become of each node.
 *
 * @module
 */

import type { BootState } from "../document/generation.ts";
import { foldHosts } from "../text/host_range.ts";
import { diffLines } from "../text/diff.ts";
import { wrapList } from "../text/lines.ts";
import { table } from "../text/table.ts";
import { stateAfter, stateBefore } from "./boot_state.ts";
import { LINK_NAMES, SCRIPT } from "./boot_tree.ts";
import { type Part, PARTS } from "../images/each_of_three.ts";
import type { PlannedNode } from "./planned_node.ts";
import { hasSteps } from "./plan_steps.ts";

/** With more room for nodes there is none for what becomes of them. */
const NODES_WIDTH = 30;

/**
 * Describes plans by release: nodes to which the same happens share a row.
 *
 * @param nodes What is planned.
 * @param verbose Whether to say what each link holds, before and after, and which lines of the
 * script change.
 * @param width The most characters of a line; paths take what they need.
 * @returns Lines such as `ncn-w[001-003]  kubernetes 1.6.1 → 1.6.2`.
 */
export function describeChanges(
  nodes: readonly PlannedNode[],
  verbose: boolean,
  width: number = Infinity,
): string[] {
  const detailsOf = (node: PlannedNode): string[] => verbose ? pathLines(node) : [];
  const groups = Map.groupBy(nodes, (node) => [wordsOf(node), ...detailsOf(node)].join("\n"));
  const rows = [...groups].map(([key, group]): [words: string, nodes: string] => [
    key.slice(0, `${key}\n`.indexOf("\n")),
    foldHosts(group.map(({ wanted }) => wanted.name)),
  ]);
  const cells = rows.map(([words, range]) => {
    const lines = width === Infinity ? [range] : wrapList(range, NODES_WIDTH);
    return lines.map((line, i) => [line, i === 0 ? words : ""]);
  });
  if (!verbose) return table(cells.flat(), width);
  const details = [...groups].map(([key]) => key.split("\n").slice(1));
  return cells.flatMap((group, i) => [...table(group, width), ...details[i] ?? []]);
}

/** For instance `kubernetes 1.6.1 → 1.6.2`. */
function wordsOf(node: PlannedNode): string {
  const [before, after] = [stateBefore(node), stateAfter(node)];
  const [was, will] = [nameOf(before), nameOf(after)];
  const kept = node.plan.script === "kept" ? [`${SCRIPT} kept`] : [];
  const words = (): string => {
    if (!hasSteps(node.plan)) return [`${will} unchanged`, ...kept].join(", ");
    if (!before) return `${will} new`;
    if (was !== will) return [`${was} → ${will}`, ...kept].join(", ");
    return `${will}: ${[...changedParts(node), ...kept].join(", ") || "tidied up"}`;
  };
  return `${node.wanted.role ?? "-"} ${words()}`;
}

function nameOf(state: BootState | null): string {
  if (!state) return "none";
  return state.offline ? "offline" : state.release ?? "-";
}

/** What changes although the release stays. */
function changedParts(node: PlannedNode): string[] {
  const links = PARTS.filter((part) => linkOf(node, part) !== null)
    .map((part) => LINK_NAMES[part]);
  return [
    ...links,
    ...hasOtherOwner(node) ? ["owner of the links"] : [],
    ...scriptChange(node) ?? [],
  ];
}

/** What a link holds before and after, if that changes. */
function linkOf(
  { wanted, observed, plan }: PlannedNode,
  part: Part,
): { now: string; then: string } | null {
  const link = observed.links[part];
  const now = link.kind === "link" ? link.target : "";
  const then = plan.change === "offline" ? "" : wanted.targets[part] ?? "";
  return now === then ? null : { now, then };
}

/** Whether a link holds what it should, and belongs to somebody else. */
function hasOtherOwner({ wanted, observed, plan }: PlannedNode): boolean {
  return hasSteps(plan) && plan.change !== "offline" && PARTS.some((part) => {
    const link = observed.links[part];
    const owner = wanted.owners[part];
    return link.kind === "link" && link.target === wanted.targets[part] && owner !== null &&
      link.uid !== owner;
  });
}

/** `null` if the script stays as it is. */
function scriptChange({ wanted, observed: { script }, plan }: PlannedNode): [string] | null {
  switch (plan.script) {
    case "written":
      return script?.text === wanted.script?.text ? [`mode, owner or time of ${SCRIPT}`] : [SCRIPT];
    case "missing":
      return script ? [`no ${SCRIPT}`] : null;
    default:
      return null;
  }
}

function pathLines(node: PlannedNode): string[] {
  const { plan, observed } = node;
  const isSame = plan.script === "unchanged" || (plan.script === "missing" && !observed.script);
  return [
    ...PARTS.flatMap((part) => {
      const link = linkOf(node, part);
      return link
        ? [pathLine(LINK_NAMES[part], `${link.now}${link.now && " "}→ ${link.then || "none"}`)]
        : [];
    }),
    ...hasOtherOwner(node) ? ["    owner of the links"] : [],
    ...isSame ? [] : [pathLine(SCRIPT, plan.script), ...scriptLines(node)],
  ];
}

/** What would be different in the script; all of a new one is in `boot/`. */
function scriptLines({ wanted, observed: { script }, plan }: PlannedNode): string[] {
  if (!script || !wanted.script || plan.script !== "written") return [];
  return diffLines(script.text, wanted.script.text).map((line) => `      ${line}`);
}

function pathLine(name: string, words: string): string {
  return `    ${name.padEnd(13)} ${words}`;
}
