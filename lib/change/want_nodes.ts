/**
 * Works out how the boot directories should be.
 *
 * @module
 */

import { relative } from "@std/path/relative";
import type { Image } from "../document/document.ts";
import { Failure } from "../document/problems.ts";
import { checkImage } from "../images/check_image.ts";
import { eachOfThree } from "../images/each_of_three.ts";
import type { Root } from "../io/root.ts";
import type { Role } from "../nodes/roles.ts";
import type { Wanted } from "../boot/boot_tree.ts";
import type { ServedNode } from "./served_nodes.ts";
import { scriptFor, type WantedScripts } from "./wanted_scripts.ts";

/** What boot directories are made from. */
export interface Materials {
  readonly images: Readonly<Record<string, Image>>;
  readonly scripts: WantedScripts;
  readonly webRoot: string;
  readonly root: Root;
}

/** The role's three links: what they point to, and who owns that. */
type RoleLinks = Pick<Wanted, "targets" | "owners">;

/**
 * Works out the boot directories of nodes.
 *
 * @throws {Failure} If an image is not there any more, or unfit.
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
    return {
      ...{ name, directory: `${webRoot}/${name}`, role: role.name },
      ...{ targets, owners, script, isEdited: false },
    };
  });
}

function roleLinks(role: Role, { images, webRoot, root }: Materials): RoleLinks {
  const image = images[role.name];
  if (!image) {
    throw new Failure("input-missing", {
      message: `the document has no image for the role ${role.name}`,
      hint: "run pitboot resolve-images again",
    });
  }
  // The document may be older than what is on disk, or made by somebody else.
  checkImage(role, eachOfThree((part) => image[part].path), { root, webRoot });
  return {
    // All boot directories lie side by side, so one relative path fits them all.
    targets: eachOfThree((part) => relative(`${webRoot}/node`, image[part].path)),
    owners: eachOfThree((part) => ownerOf(image[part].path, root)),
  };
}

/** Whose the link to a file must be; `null` where we may not change owners. */
export function ownerOf(path: string, root: Root): number | null {
  if (Deno.uid() !== 0) return null;
  return root.stat(path, "run pitboot resolve-images again").uid;
}
