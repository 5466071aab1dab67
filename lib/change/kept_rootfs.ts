/**
 * Which nodes would start a new kernel with an old root filesystem: one that keeps its disks
 * keeps the root filesystem on them, too, and looks for it by its place alone.
 *
 * @module
 */

import { liveDirOf } from "../boot/boot_script.ts";
import { stateAfter, stateBefore } from "../boot/boot_state.ts";
import { mayKeepDisks } from "../boot/no_wipe.ts";
import type { PlannedNode } from "../boot/planned_node.ts";
import type { Hint, Typed } from "../document/hint.ts";
import type { Report } from "../document/problems.ts";
import { foldHosts } from "../text/host_range.ts";

/** Where images are kept if rd.live.dir says nothing. */
export const DEFAULT_PLACE = "LiveOS";

/** A node that keeps its root filesystem. */
interface Keeper {
  readonly name: string;
  readonly role: string;
  readonly release: string | null;
  /** Where it is kept. */
  readonly place: string;
  /** Whether its script is an administrator's, and stays. */
  readonly isOwnScript: boolean;
}

/**
 * Names nodes that would keep an old root filesystem.
 *
 * @param nodes What is planned.
 */
export function keptRootfsProblems(nodes: readonly PlannedNode[]): Report[] {
  const keepers = nodes.flatMap((node) => keeperOf(node) ?? []);
  const alike = ({ release, place, isOwnScript }: Keeper): string =>
    JSON.stringify([release, place, isOwnScript]);
  return [...Map.groupBy(keepers, alike).values()].flatMap((group) => {
    const [first] = group;
    return first ? [problemOfKeepers(group, first)] : [];
  });
}

function problemOfKeepers(
  group: readonly Keeper[],
  { release, place, isOwnScript }: Keeper,
): Report {
  const nodes = group.map(({ name }) => name).sort();
  const roles = [...new Set(group.map(({ role }) => role))].sort();
  const other = release === place ? null : release;
  const value = other === null ? `another rd.live.dir than ${place}` : `rd.live.dir=${other}`;
  const hint: Hint = (typed) =>
    isOwnScript
      ? `somebody has changed their scripts, and they are kept: write ${value} before root= into each script.ipxe by hand`
      : other === null
      ? otherPlace(place)
      : `${
        ownPlace({ nodes, roles, release: other }, typed)
      } gives the new image a place of its own`;
  return rootfsKept(nodes, { place, hint });
}

/**
 * Says that nodes would start a new kernel with an old root filesystem.
 *
 * @param nodes Their names.
 * @param options `place`: where they keep it; `hint`: how they get the new one.
 */
export function rootfsKept(
  nodes: readonly string[],
  { place, hint = otherPlace(place) }: { readonly place: string; readonly hint?: Hint | string },
): Report {
  return ["rootfs-kept", {
    message: `${
      foldHosts(nodes)
    } keep their disks (metal.no-wipe), and so the root filesystem in ${place} on them, if it is there: the new kernel would start the old root filesystem`,
    hint,
    nodes,
  }];
}

function otherPlace(place: string): string {
  return `export another CSM_RELEASE than ${place}, and set their links again: the new image gets a place of its own`;
}

/** `null` for a node that gets no other root filesystem, or fetches it. */
function keeperOf(node: PlannedNode): Keeper | null {
  const { wanted: { name, role, script }, observed, plan } = node;
  const [before, after] = [stateBefore(node), stateAfter(node)];
  if (!before?.rootfs || !after?.rootfs || after.offline || before.rootfs === after.rootfs) {
    return null;
  }
  const old = (observed.parked?.script ?? observed.script)?.text;
  const text = plan.script === "kept" ? old : script?.text;
  if (old === undefined || text === undefined) return null;
  if (!mayKeepDisks(text) || liveDirOf(text) !== liveDirOf(old)) return null;
  return {
    name,
    role: role ?? "",
    release: after.release,
    place: liveDirOf(text) ?? DEFAULT_PLACE,
    isOwnScript: plan.script === "kept",
  };
}

/** A run for these nodes, whatever the environment of this command says. */
function ownPlace(
  { nodes, roles, release }: {
    readonly nodes: readonly string[];
    readonly roles: readonly string[];
    readonly release: string;
  },
  typed: Typed,
): string {
  const releases = roles.map((role) => `${role}=${release}`).join(",");
  const run = typed.command("run", "--release", releases, "--nodes", foldHosts(nodes));
  return `CSM_RELEASE=${release} ${run.replace(/^CSM_RELEASE=\S+ /, "")}`;
}
