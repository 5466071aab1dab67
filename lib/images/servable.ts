/**
 * Checks that the web server of a PIT can read a file.
 *
 * @module
 */

import { ifThere, reasonOf } from "../io/failures.ts";
import type { Root } from "../io/root.ts";

const OTHERS_READ = 0o004;
const OTHERS_ENTER = 0o001;

/**
 * Finds what keeps the web server, an ordinary user, from reading
 * a file: every directory on the way must be o+x, the file o+r.
 *
 * @param webRoot The directory that the web server serves.
 * @returns What is wrong and how to fix it, or `null`.
 */
export function unservable(root: Root, path: string, webRoot: string): string | null {
  if (!path.startsWith(`${webRoot}/`)) {
    return `${path} is not below ${webRoot}, the web server cannot serve it`;
  }
  const directories = path.slice(webRoot.length + 1).split("/").slice(0, -1);
  let directory = webRoot;
  try {
    for (const next of ["", ...directories]) {
      if (next) directory += `/${next}`;
      if (!allows(root, directory, OTHERS_ENTER)) {
        return `${directory}: the web server cannot enter it (chmod o+x)`;
      }
    }
    return allows(root, path, OTHERS_READ)
      ? null
      : `${path}: the web server cannot read it (chmod o+r)`;
  } catch (error) {
    return `${path}: ${reasonOf(error)}`;
  }
}

function allows(root: Root, path: string, bit: number): boolean {
  const info = ifThere(() => root.stat(path));
  return info === null || (info.mode & bit) !== 0; // opening it will say that it does not exist
}
