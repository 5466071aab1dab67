/**
 * The files of a log: itself, and what it was rotated into lately.
 *
 * @module
 */

import { basename } from "@std/path/basename";
import { dirname } from "@std/path/dirname";
import type { Root } from "../io/root.ts";

/** The files of a log. */
export interface LogFiles {
  /** Those that can be read, the oldest first, the log itself last. */
  readonly plain: readonly string[];
  /** Those that are compressed, and nowhere else. */
  readonly compressed: readonly string[];
}

/** Behind the name of a log: a date as SUSE has it, or a number, and how it is packed. */
const ROTATED = /^([-.]\d{1,8}(?:[-.]\d{1,10})?)(\.(?:gz|xz|bz2|zst))?$/;

/**
 * Finds the files of a log. A server goes on for a while with the one that it has open,
 * so their times of change decide, and no name.
 *
 * @param root The file system.
 * @param path The log, as seen from inside.
 * @param horizon What was written to last before this does not matter, milliseconds
 * since the epoch.
 */
export function logFiles(root: Root, path: string, horizon: number): LogFiles {
  const [directory, prefix] = [dirname(path), basename(path)];
  const found = entriesOf(root, directory).flatMap((name) => {
    const behind = name.startsWith(prefix) ? name.slice(prefix.length) : "";
    const [, stem, packed] = ROTATED.exec(behind) ?? [];
    if (stem === undefined) return [];
    const file = `${directory}/${name}`;
    const modified = modifiedAt(root, file);
    return modified < horizon ? [] : [{ file, stem, isPacked: packed !== undefined, modified }];
  }).sort((a, b) => a.modified - b.modified);
  const plain = found.filter(({ isPacked }) => !isPacked);
  const stems = new Set(plain.map(({ stem }) => stem));
  const packed = found.filter(({ isPacked, stem }) => isPacked && !stems.has(stem));
  return {
    plain: [...plain.map(({ file }) => file), path],
    compressed: packed.map(({ file }) => file),
  };
}

function entriesOf(root: Root, directory: string): string[] {
  try {
    return root.list(directory).map(({ name }) => name);
  } catch {
    return []; // of the log itself it is told why
  }
}

/** `-Infinity` for what is no file, or was rotated away meanwhile. */
function modifiedAt(root: Root, path: string): number {
  try {
    const { isFile, modified } = root.stat(path);
    return isFile ? modified : -Infinity;
  } catch {
    return -Infinity;
  }
}
