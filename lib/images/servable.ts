/**
 * Checks that the web server of a PIT can read a file.
 *
 * @module
 */

import { dirname } from "@std/path/dirname";
import { ifThere, reasonOf } from "../io/failures.ts";
import type { Root } from "../io/root.ts";
import { mayEnter, mayRead } from "../text/rights.ts";

/**
 * Finds what keeps the web server, an ordinary user, from reading a file: every
 * directory on the way must be o+x, links followed, and the file o+r.
 *
 * @param webRoot The directory that the web server serves.
 * @returns What is wrong and how to fix it, or `null`.
 */
export function unservable(root: Root, path: string, webRoot: string): string | null {
  if (!path.startsWith(`${webRoot}/`)) {
    return `${path} is not below ${webRoot}, the web server cannot serve it`;
  }
  try {
    const closed = closedOnWay(root, path);
    if (closed !== null) return `${closed}: the web server cannot enter it (chmod o+x)`;
    const info = ifThere(() => root.stat(path)); // opening it will say that it does not exist
    return info === null || mayRead(info.mode)
      ? null
      : `${path}: the web server cannot read it (chmod o+r)`;
  } catch (error) {
    return `${path}: ${reasonOf(error)}`;
  }
}

/** The first directory on the way that not everybody can enter. Files share most of it. */
function closedOnWay(root: Root, path: string): string | null {
  const isLink = ifThere(() => root.lstat(path))?.isSymlink;
  const end = isLink ? path : dirname(path);
  return root.once(`who cannot enter the way to ${end}`, () => {
    const closed: string[] = [];
    root.walk(end, (directory, { mode }) => {
      if (!mayEnter(mode)) closed.push(directory);
    }, { isInside: true });
    return closed[0] ?? null;
  });
}
