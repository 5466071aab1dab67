/**
 * Where only some nodes of a role get a release: the others boot another one.
 *
 * @module
 */

import { stateOf } from "../boot/boot_state.ts";
import { targetsOf } from "../boot/boot_tree.ts";
import { nodeObserver } from "../boot/observe_node.ts";
import { hasSteps } from "../boot/plan_steps.ts";
import type { PlannedNode } from "../boot/planned_node.ts";
import type { Host } from "../command/host.ts";
import type { Typed } from "../document/hint.ts";
import { orElse, type Report } from "../document/problems.ts";
import { imageForRun } from "../images/choose_image.ts";
import { isChosen } from "../nodes/node_choice.ts";
import { type Role, roleOf } from "../nodes/roles.ts";
import { foldHosts } from "../text/host_range.ts";
import type { LinkWork } from "./prepare_links.ts";

/** A node and the release that it boots. */
interface Booting {
  readonly name: string;
  readonly release: string;
}

/**
 * Says where nodes get another release than those of their role that were not selected.
 *
 * @param nodes What is planned.
 * @param work What boot directories are made with.
 * @param host The file system.
 * @returns Nothing for roles whose release was named.
 */
export function partOfRole(
  nodes: readonly PlannedNode[],
  work: LinkWork,
  host: Pick<Host, "root">,
): Report[] {
  const { roles, flags } = work;
  if (flags.nodes === null && flags.exclude === null) return [];
  const others = notSelected(work, host);
  return roles.filter(({ name }) => !flags.release?.has(name)).flatMap((role) => {
    const fresh = nodes.filter(({ wanted, plan }) => wanted.role === role.name && hasSteps(plan))
      .map(({ wanted }) => booting(wanted.name, wanted.targets));
    const chosen = fresh.flatMap((each) => each ?? []);
    const own = others.filter(({ name }) => roleOf(name, roles) === role);
    return differing(role, { chosen, others: own }, { work, host });
  });
}

function notSelected({ bmcs, choice, webRoot }: LinkWork, { root }: Pick<Host, "root">): Booting[] {
  const observe = nodeObserver(root, webRoot);
  return bmcs.filter(({ node }) => !isChosen(node, choice)).flatMap(({ node }) => {
    const { links, parked } = observe(node);
    return parked ? [] : booting(node, targetsOf(links)) ?? [];
  });
}

function booting(name: string, targets: Parameters<typeof stateOf>[0]): Booting | null {
  const { release } = stateOf(targets, null);
  return release === null ? null : { name, release };
}

function differing(
  role: Role,
  { chosen, others }: Readonly<Record<"chosen" | "others", readonly Booting[]>>,
  { work: { flags }, host: { root } }: { work: LinkWork; host: Pick<Host, "root"> },
): Report[] {
  const [first] = chosen;
  const otherwise = others.filter(({ release }) => release !== first?.release);
  if (!first || otherwise.length === 0) return [];
  const nodes = chosen.map(({ name }) => name);
  const releases = [...new Set(otherwise.map(({ release }) => release))];
  const [older = "", second] = releases;
  const choose = (): unknown => imageForRun(role, older, { flags, root });
  const isThere = second === undefined && orElse(choose, () => null) !== null;
  const unlike = foldHosts(otherwise.map(({ name }) => name));
  const same = (typed: Typed): string =>
    isThere
      ? typed.command("run", "--nodes", foldHosts(nodes), "--release", `${role.name}=${older}`)
      : typed.command("run", "--nodes", `${foldHosts(nodes)},${unlike}`);
  return [["releases-part", {
    message: `${foldHosts(nodes)} will boot ${role.name} ${first.release}, unlike ${unlike} (${
      releases.join(", ")
    })`,
    hint: (typed) => `to let all boot the same: ${same(typed)}`,
    nodes,
  }]];
}
