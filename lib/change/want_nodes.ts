/**
 * Works out how the boot directories should be.
 *
 * @module
 */

import { relative } from "@std/path/relative";
import type { Wanted } from "../boot/boot_tree.ts";
import type { Image } from "../document/document.ts";
import { Failure } from "../document/problems.ts";
import { eachOfThree } from "../images/each_of_three.ts";
import type { ImageProofs } from "../images/image_proofs.ts";
import type { Role } from "../nodes/roles.ts";
import type { ServedNode } from "./served_nodes.ts";
import { scriptFor, type WantedScripts } from "./wanted_scripts.ts";

/** What boot directories are made from. */
export interface Materials {
  readonly images: Readonly<Record<string, Image>>;
  readonly proofs: ImageProofs;
  readonly scripts: WantedScripts;
  readonly webRoot: string;
}

/**
 * Works out the boot directories of nodes.
 *
 * @throws {Failure} If an image does not exist any more, or is unusable.
 */
export function wantNodes(nodes: readonly ServedNode[], materials: Materials): Wanted[] {
  const { scripts, webRoot } = materials;
  const roles = new Set(nodes.map(({ role }) => role));
  const links = new Map([...roles].map((role) => [role, linksOf(role, materials)]));
  return nodes.flatMap(({ name, role }) => {
    const its = links.get(role);
    if (!its) return [];
    const script = scriptFor(name, role, scripts);
    const directory = `${webRoot}/${name}`;
    return [{ name, directory, role: role.name, ...its, script, isEdited: false }];
  });
}

/** The role's three links: what they point to, and who owns that. */
function linksOf(
  role: Role,
  { images, proofs, webRoot }: Materials,
): Pick<Wanted, "targets" | "owners"> {
  const image = images[role.name];
  if (!image) {
    throw new Failure("input-missing", {
      message: `the document has no image for the role ${role.name}`,
      hint: (typed) => `choose again: ${typed.command("resolve-images", ...typed.nodes)}`,
    });
  }
  const paths = eachOfThree((part) => image[part].path);
  return {
    // All boot directories lie side by side, so one relative path fits them all.
    targets: eachOfThree((part) => relative(`${webRoot}/node`, paths[part])),
    // The document may be older than what is on disk, or made by somebody else.
    owners: proofs.prove(role, paths),
  };
}
