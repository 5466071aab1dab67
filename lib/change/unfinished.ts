/**
 * What interrupted runs have left below the web root, besides what lies in
 * the boot directory of a node.
 *
 * @module
 */

import { guarded, writeFailure } from "../io/failures.ts";
import type { WritableRoot } from "../io/writable_root.ts";
import { isHostName } from "../text/host_name.ts";
import { nameOfNew, newPath } from "../text/new_name.ts";
import { LINKS, OFFLINE, SCRIPT } from "../boot/boot_tree.ts";

/**
 * Removes the places where boot directories were built, also those of nodes that are
 * not served any more, and a `boot/script.ipxe` that was not finished.
 *
 * @param root The file system.
 * @param webRoot Where they are.
 * @param state What is so if one cannot be removed.
 * @throws {Failure} If one cannot be removed.
 */
export function removeUnfinished(root: WritableRoot, webRoot: string, state: string): void {
  const advice = { state, hint: "remove it, and run again" };
  for (const { name, isDirectory } of root.list(webRoot)) {
    const node = isDirectory ? nameOfNew(name) : null;
    if (node === null || !isHostName(node)) continue;
    const path = `${webRoot}/${name}`;
    guarded(path, advice, () => removeBuildPlace(root, path), writeFailure);
  }
  root.removeIfThere(newPath(`${webRoot}/boot/${SCRIPT}`), advice);
}

/** Nobody has used it; with anything else in it, it is not ours. */
function removeBuildPlace(root: WritableRoot, path: string): void {
  const isOurs = ({ name, isSymlink, isFile, isDirectory }: Deno.DirEntry): boolean => {
    if (name === SCRIPT) return isFile;
    if (name !== OFFLINE) return isSymlink && LINKS.some((link) => link === name);
    return isDirectory && root.list(`${path}/${OFFLINE}`).length === 0;
  };
  if (root.list(path).every(isOurs)) root.removeTree(path);
}
