/**
 * Works out boot directories as they were before.
 *
 * @module
 */

import { join } from "@std/path/join";
import type { BootState } from "../document/generation.ts";
import type { Typed } from "../document/hint.ts";
import { Failure, orElse } from "../document/problems.ts";
import { acceptedByHistory } from "../history/read_state.ts";
import { eachOfThree, PARTS } from "../images/each_of_three.ts";
import { ImageProofs } from "../images/image_proofs.ts";
import type { Root } from "../io/root.ts";
import { readRoles } from "../nodes/read_roles.ts";
import { type Role, roleOf } from "../nodes/roles.ts";
import { sha256 } from "../text/byte_text.ts";
import { NO_TARGETS, type Targets, type Wanted, type WantedScript } from "../boot/boot_tree.ts";
import type { KeptScript, PastState } from "../history/generations.ts";

/** What a node is to boot again. */
export interface PastNode extends PastState {
  readonly name: string;
}

/**
 * Works out the boot directories of nodes as they were before.
 *
 * @param nodes What they are to boot again.
 * @param flags Where boot directories are, the roles of the site, and the state directory.
 * @param root The file system.
 * @throws {Failure} If an image does not exist any more, or is unusable.
 */
export async function wantPast(
  nodes: readonly PastNode[],
  flags: { readonly "web-root": string; readonly config: string; readonly state: string },
  root: Root,
): Promise<Wanted[]> {
  const webRoot = flags["web-root"];
  const roles = readRoles(root, flags.config);
  const accepts = acceptedByHistory(root, flags.state);
  const proofs = new ImageProofs(root, { webRoot, accepts });
  const wanted: Wanted[] = [];
  for (const { name, state, script } of nodes) {
    const role = roleOf(name, roles);
    const its = { name, directory: `${webRoot}/${name}`, targets: targetsOfState(state) };
    wanted.push({
      ...its,
      role: role?.name ?? null,
      owners: linkOwners(its, role, proofs),
      script: script && await wantedScript(script),
      isEdited: state?.script?.edited ?? false,
    });
  }
  return wanted;
}

function targetsOfState(state: BootState | null): Targets {
  return state && !state.offline ? eachOfThree((part) => state[part]) : NO_TARGETS;
}

/** Who must own the links. */
function linkOwners(
  { name, directory, targets }: Pick<Wanted, "name" | "directory" | "targets">,
  role: Role | null,
  proofs: ImageProofs,
): Wanted["owners"] {
  const missing = PARTS.filter((part) => targets[part] === null);
  // None at all: such a node boots into the menu.
  if (missing.length === PARTS.length) return eachOfThree(() => null);
  if (!role || missing.length > 0) {
    throw new Failure("images-unfit", {
      message: `${name} did not have a complete image at that time`,
      hint: (typed) => `${typed.command("history")} shows what it had; ${setUpAnew(name, typed)}`,
      nodes: [name],
    });
  }
  const paths = eachOfThree((part) => join(directory, targets[part] ?? ""));
  return orElse(() => proofs.prove(role, paths), (failure) => {
    // Another choice of images is of no use here.
    throw new Failure(failure.code, {
      ...failure.details,
      nodes: [name],
      hint: (typed) => `nothing was changed; put it back; or ${setUpAnew(name, typed)}`,
    }, failure);
  });
}

function setUpAnew(node: string, typed: Typed): string {
  return `${typed.command("run", "--nodes", node)} sets it up anew`;
}

/**
 * Makes a script that was kept one that a node should have again.
 *
 * @param script As it was.
 */
export async function wantedScript(
  { text, mode, uid, gid, modified }: KeptScript,
): Promise<WantedScript> {
  return {
    text,
    sha256: await sha256(text),
    mode: (mode ?? 0o644) & 0o777,
    owner: Deno.uid() === 0 && uid !== null && gid !== null ? { uid, gid } : null,
    modified,
  };
}
