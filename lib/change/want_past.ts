/**
 * Works out boot directories as they were before.
 *
 * @module
 */

import { join } from "@std/path/join";
import type { BootState } from "../document/generation.ts";
import { Failure } from "../document/problems.ts";
import { checkImage } from "../images/check_image.ts";
import { eachOfThree, PARTS } from "../images/each_of_three.ts";
import type { Root } from "../io/root.ts";
import { type Role, roleOf } from "../nodes/roles.ts";
import { sha256 } from "../text/byte_text.ts";
import { NO_TARGETS, type Targets, type Wanted, type WantedScript } from "../boot/boot_tree.ts";
import type { KeptScript, PastState } from "../history/generations.ts";
import { ownerOf } from "./want_nodes.ts";

/** What boot directories of before are made from. */
export interface PastMaterials {
  readonly root: Root;
  readonly webRoot: string;
  readonly roles: readonly Role[];
}

/** What a node is to boot again. */
export interface PastNode extends PastState {
  readonly name: string;
}

/**
 * Works out the boot directories of nodes as they were before.
 *
 * @param nodes What they are to boot again.
 * @param materials What they are made from.
 * @throws {Failure} If an image does not exist any more, or is unfit.
 */
export async function wantPast(
  nodes: readonly PastNode[],
  materials: PastMaterials,
): Promise<Wanted[]> {
  const checked = new Map<string, Wanted["owners"]>();
  const wanted: Wanted[] = [];
  for (const { name, state, script } of nodes) {
    const directory = `${materials.webRoot}/${name}`;
    const role = roleOf(name, materials.roles);
    const targets = targetsOfState(state);
    const key = `${role?.name} ${Object.values(targets).join(" ")}`;
    const owners = checked.get(key) ?? checkTargets({ name, directory, role }, targets, materials);
    checked.set(key, owners);
    wanted.push({
      ...{ name, directory, role: role?.name ?? null, targets, owners },
      script: script && await wantedScript(script),
      isEdited: state?.script?.edited ?? false,
    });
  }
  return wanted;
}

function targetsOfState(state: BootState | null): Targets {
  return state && !state.offline ? eachOfThree((part) => state[part]) : NO_TARGETS;
}

/** @returns Who must own the links. */
function checkTargets(
  { name, directory, role }: Pick<Wanted, "name" | "directory"> & { role: Role | null },
  targets: Targets,
  { root, webRoot }: PastMaterials,
): Wanted["owners"] {
  const missing = PARTS.filter((part) => targets[part] === null);
  // None at all: such a node boots into the menu.
  if (missing.length === PARTS.length) return eachOfThree(() => null);
  if (!role || missing.length > 0) {
    throw new Failure("images-unfit", {
      message: `${name} did not have a complete image at that time`,
      hint: "pitboot history shows what it had; pitboot run sets it up anew",
      nodes: [name],
    });
  }
  const image = eachOfThree((part) => join(directory, targets[part] ?? ""));
  try {
    checkImage(role, image, { root, webRoot });
  } catch (error) {
    // Another choice of images is of no use here.
    throw error instanceof Failure
      ? new Failure(error.code, { ...error.details, hint: HINT }, error)
      : error;
  }
  return eachOfThree((part) => ownerOf(image[part], root));
}

const HINT = "nothing was changed; put it back, or let pitboot run set the nodes up anew";

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
    mode: mode ?? 0o644,
    owner: Deno.uid() === 0 && uid !== null && gid !== null ? { uid, gid } : null,
    modified,
  };
}
