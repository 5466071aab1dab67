/**
 * What the web server hands to nodes now: the files that their links point to.
 *
 * @module
 */

import { LINK_NAMES, MOST_OF_SCRIPT, SCRIPT } from "../boot/boot_tree.ts";
import { mayKeepDisks } from "../boot/no_wipe.ts";
import { PARTS } from "../images/each_of_three.ts";
import type { Root } from "../io/root.ts";
import { textOfBytes } from "../text/byte_text.ts";
import type { ServedFile, ServedToNode } from "./boot_evidence.ts";

/**
 * Looks at what a node gets. What cannot be looked at is left out.
 *
 * @param root The file system.
 * @param directory The boot directory of the node, as seen from inside.
 */
export function servedFiles(root: Root, directory: string): ServedToNode {
  const files = PARTS.flatMap((part) => {
    const file = orNull(() => servedFile(root, `${directory}/${LINK_NAMES[part]}`));
    return file ? [[part, file] as const] : [];
  });
  const script = orNull(() => root.readSeen(`${directory}/${SCRIPT}`, MOST_OF_SCRIPT).bytes);
  return {
    files: Object.fromEntries(files),
    keepsDisks: script !== null && mayKeepDisks(textOfBytes(script)),
  };
}

function servedFile(root: Root, path: string): ServedFile {
  const release = root.readLink(path).split("/").at(-2) ?? "";
  const { size, modified } = root.stat(path);
  // Whichever changed last: the link, or what is in the file.
  return { bytes: size, since: Math.max(root.lstat(path).modified, modified), release };
}

function orNull<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null; // status tells what is wrong with it
  }
}
