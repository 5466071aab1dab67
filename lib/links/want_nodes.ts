/**
 * Works out how the boot directories should be.
 *
 * @module
 */

import { isChosen, type NodeChoice } from "../nodes/node_choice.ts";
import type { LinkName, Wanted } from "./boot_tree.ts";
import type { Document, Image } from "../document/document.ts";
import { nodeOf } from "../text/host_name.ts";
import { foldHosts } from "../text/host_range.ts";
import { Failure } from "../document/problems.ts";
import { type Role, roleOf } from "../nodes/roles.ts";
import type { StaticBmc } from "../nodes/statics.ts";
import { relative } from "@std/path/relative";
import type { Draft } from "../command/draft.ts";
import { fileFailure } from "../io/failures.ts";
import type { Root } from "../io/root.ts";
import { unservable } from "../images/servable.ts";
import { scriptFor, type WantedScripts } from "./wanted_scripts.ts";

/** What boot directories are made from. */
export interface Materials {
  readonly images: Readonly<Record<string, Image>>;
  readonly scripts: WantedScripts;
  readonly webRoot: string;
  readonly root: Root;
}

/** A node that gets a boot directory. */
export interface ServedNode {
  readonly name: string;
  readonly role: Role;
}

/** The role's three links: where they lead, and who owns what is there. */
type RoleLinks = Pick<Wanted, "targets" | "owners">;

/**
 * Lists the nodes to serve: those with a lease that statics.conf knows and
 * that have a role. A name that a client chose for itself gets no directory.
 */
export function servedNodes(
  leases: NonNullable<Document["leases"]>,
  { bmcs, roles, choice, draft }: {
    bmcs: readonly StaticBmc[];
    roles: readonly Role[];
    choice: NodeChoice;
    draft: Draft;
  },
): ServedNode[] {
  const known = new Set(bmcs.map(({ name }) => name));
  const strangers = leases.filter(({ bmc }) => !known.has(bmc)).map(({ bmc }) => bmc);
  if (strangers.length > 0) {
    draft.report("lease-unknown", {
      message: `statics.conf does not know ${foldHosts(strangers)}: no boot directory for them`,
      hint: "add them to statics.conf if they are nodes",
    });
  }
  const names = leases.filter(({ bmc }) => known.has(bmc))
    .flatMap(({ bmc }) => nodeOf(bmc) ?? [])
    .filter((node) => isChosen(node, choice));
  const nodes = [...new Set(names)].sort().map((name) => ({ name, role: roleOf(name, roles) }));
  const homeless = nodes.filter(({ role }) => !role).map(({ name }) => name);
  if (homeless.length > 0) {
    draft.report("node-without-role", {
      message: `no role has nodes like ${foldHosts(homeless)}: no boot directory for them`,
      hint: "add a role for them to /etc/pitboot.json",
      nodes: homeless,
    });
  }
  return nodes.flatMap(({ name, role }) => role ? [{ name, role }] : []);
}

/**
 * Works out the boot directories of nodes.
 *
 * @throws {Failure} If an image is not there any more.
 */
export function wantNodes(nodes: readonly ServedNode[], materials: Materials): Wanted[] {
  const { scripts, webRoot } = materials;
  const links = new Map<Role, RoleLinks>();
  for (const { role } of nodes) {
    if (!links.has(role)) links.set(role, roleLinks(role, materials));
  }
  return nodes.flatMap(({ name, role }) => {
    const { targets, owners } = links.get(role) ?? roleLinks(role, materials);
    const script = scriptFor(name, role, scripts);
    return { name, directory: `${webRoot}/${name}`, role: role.name, targets, owners, script };
  });
}

function roleLinks({ name }: Role, { images, webRoot, root }: Materials): RoleLinks {
  const image = images[name];
  if (!image) {
    throw new Failure("input-missing", {
      message: `the document has no image for the role ${name}`,
      hint: "run pitboot resolve-images again",
    });
  }
  const paths: Record<LinkName, string> = {
    "kernel": image.kernel.path,
    "initrd.img.xz": image.initrd.path,
    "rootfs": image.rootfs.path,
  };
  // All boot directories lie side by side, so one relative path fits them all.
  const mapPaths = <T>(map: (path: string) => T): Record<LinkName, T> => ({
    "kernel": map(paths["kernel"]),
    "initrd.img.xz": map(paths["initrd.img.xz"]),
    "rootfs": map(paths["rootfs"]),
  });
  return {
    targets: mapPaths((path) => relative(`${webRoot}/node`, path)),
    owners: mapPaths((path) => ownerOf(path, root, webRoot)),
  };
}

/** Whose the link must be; the document may be older than what is on disk. */
function ownerOf(path: string, root: Root, webRoot: string): number | null {
  const obstacle = unservable(root, path, webRoot);
  if (obstacle) {
    throw new Failure("images-unfit", {
      message: obstacle,
      hint: "mend it, or run pitboot resolve-images again",
    });
  }
  try {
    const { uid } = Deno.statSync(root.real(path));
    return Deno.uid() === 0 ? uid : null;
  } catch (error) {
    const { details } = fileFailure(path, error, "run pitboot resolve-images again");
    throw new Failure("images-missing", details, error);
  }
}
