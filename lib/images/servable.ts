/**
 * Checks that the web server of a PIT can read a file.
 *
 * @module
 */

import { dirname } from "@std/path/dirname";
import { ifThere, reasonOf } from "../io/failures.ts";
import type { Root } from "../io/root.ts";
import { mayEnter, mayRead } from "../text/rights.ts";

/** What keeps the web server from a file. */
export interface ServingFault {
  /** The file, or a directory on the way to it. */
  readonly path: string;
  /** What is wrong with that. */
  readonly message: string;
  /** What helps, but for the path: `chmod o+r`; `null` if no command does. */
  readonly command: string | null;
}

/**
 * Finds what keeps the web server, an ordinary user, from reading a file: every
 * directory on the way must be o+x, links followed, and the file o+r.
 *
 * @param webRoot The directory that the web server serves.
 * @returns What is wrong and how to fix it, or `null`.
 */
export function servingFault(root: Root, path: string, webRoot: string): ServingFault | null {
  if (!path.startsWith(`${webRoot}/`)) {
    const message = `it is not below ${webRoot}, the web server cannot serve it`;
    return { path, message, command: null };
  }
  try {
    const closed = closedOnWay(root, path);
    if (closed !== null) {
      return { path: closed, message: "the web server cannot enter it", command: "chmod o+x" };
    }
    const info = ifThere(() => root.stat(path)); // opening it will say that it does not exist
    return info === null || mayRead(info.mode)
      ? null
      : { path, message: "the web server cannot read it", command: "chmod o+r" };
  } catch (error) {
    return { path, message: reasonOf(error), command: null };
  }
}

/** The same in one line. */
export function unservable(root: Root, path: string, webRoot: string): string | null {
  const fault = servingFault(root, path, webRoot);
  if (fault === null) return null;
  const { message, command } = fault;
  return `${fault.path}: ${message}${command === null ? "" : ` (${command})`}`;
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
