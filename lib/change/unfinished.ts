/**
 * What runs that were cut off have left below the web root, besides what lies in
 * the boot directory of a node.
 *
 * @module
 */

import { guarded, writeFailure } from "../io/failures.ts";
import { removeIfThere } from "../io/replace_file.ts";
import type { Root } from "../io/root.ts";
import { isHostName } from "../text/host_name.ts";
import { nameOfNew, newName } from "../text/new_name.ts";
import { LINKS, OFFLINE, SCRIPT } from "../boot/boot_tree.ts";

const HINT = { state: "nothing was changed", hint: "remove it, and run again" };

/**
 * Removes the places where boot directories were built, also those of nodes that are
 * not served any more, and a `boot/script.ipxe` that was not finished.
 *
 * @param root The file system.
 * @param webRoot Where they are.
 * @throws {Failure} If one cannot be removed.
 */
export function removeUnfinished(root: Root, webRoot: string): void {
  for (const { name, isDirectory } of Deno.readDirSync(root.real(webRoot))) {
    const node = isDirectory ? nameOfNew(name) : null;
    if (node === null || !isHostName(node)) continue;
    const path = `${webRoot}/${name}`;
    guarded(path, HINT, () => removeBuildPlace(root.real(path)), writeFailure);
  }
  const script = `${webRoot}/boot/${newName(SCRIPT)}`;
  guarded(script, HINT, () => removeIfThere(root.real(script)), writeFailure);
}

/** Nobody has used it; with anything else in it, it is not ours. */
function removeBuildPlace(real: string): void {
  const entries = [...Deno.readDirSync(real)];
  if (entries.every((entry) => isOurs(real, entry))) Deno.removeSync(real, { recursive: true });
}

function isOurs(real: string, { name, isSymlink, isFile, isDirectory }: Deno.DirEntry): boolean {
  if (name === SCRIPT) return isFile;
  if (name !== OFFLINE) return isSymlink && LINKS.some((link) => link === name);
  return isDirectory && [...Deno.readDirSync(`${real}/${OFFLINE}`)].length === 0;
}
