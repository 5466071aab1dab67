/**
 * Looks again at an image that was chosen before: it may be an older choice, or
 * somebody else's.
 *
 * @module
 */

import { Failure } from "../document/problems.ts";
import { reasonOf } from "../io/failures.ts";
import type { Root } from "../io/root.ts";
import type { Role } from "../nodes/roles.ts";
import { printable } from "../text/printable.ts";
import { type ArtifactFile, type BootTriple, tripleOf } from "./boot_triples.ts";
import type { EachOfThree } from "./each_of_three.ts";
import { notOneImage } from "./image_report.ts";
import { inspectTriple } from "./inspect_triple.ts";

const RESOLVE_AGAIN = "fix it, or run pitboot resolve-images again";

/** Faults of files. */
interface Faults {
  /** A file is gone, or a link to it points to nothing. */
  readonly missing: string[];
  readonly unfit: string[];
}

/**
 * Checks that three files are one image of a role which nodes can boot: by
 * their names one triple, by headers and lengths whole, readable for the web
 * server. A few kilobytes are read, whatever their size.
 *
 * @param role The role whose image it should be.
 * @param paths What should be its kernel, its initrd and its root filesystem,
 * as seen from inside.
 * @param options `root`: the file system; `webRoot`: the directory that the web server serves.
 * @throws {Failure} If they are not; the message names everything that is wrong.
 */
export function checkImage(
  role: Role,
  paths: EachOfThree<string>,
  { root, webRoot }: { root: Root; webRoot: string },
): BootTriple {
  const faults: Faults = { missing: [], unfit: [] };
  const kernel = fileAt(paths.kernel, root, faults);
  const initrd = fileAt(paths.initrd, root, faults);
  const rootfs = fileAt(paths.rootfs, root, faults);
  if (!kernel || !initrd || !rootfs) throw imageFailure(faults);
  const triple = tripleOf(role, { kernel, initrd, rootfs });
  if (!triple) throw imageFailure({ missing: [], unfit: [notOneImage(role, paths)] });
  const found = inspectTriple(root, triple, webRoot);
  if (found.faults.length > 0) throw imageFailure({ missing: [], unfit: found.faults });
  return triple;
}

function imageFailure({ missing, unfit }: Faults): Failure {
  return new Failure(missing.length > 0 ? "images-missing" : "images-unfit", {
    message: [...missing, ...unfit].join("; "),
    hint: RESOLVE_AGAIN,
  });
}

/** A file, or a link to one; `null` if it is neither: then `faults` says why. */
function fileAt(path: string, root: Root, { missing, unfit }: Faults): ArtifactFile | null {
  if (!isPlain(path)) {
    unfit.push(`${JSON.stringify(printable(path))} is not the absolute path of a file`);
    return null;
  }
  try {
    const info = root.stat(path);
    if (info.isFile) return { path, bytes: info.size, modified: info.modified };
    unfit.push(`${path}: is ${info.isDirectory ? "a directory" : "not a file"}`);
  } catch (error) {
    const isGone = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory;
    const dangles = isGone && isLink(path, root);
    const reason = dangles ? "is a link that points to nothing" : reasonOf(error);
    (isGone ? missing : unfit).push(`${path}: ${reason}`);
  }
  return null;
}

/** Whether a path says where it leads: it begins at the root and never turns back. */
function isPlain(path: string): boolean {
  return path.startsWith("/") && !path.includes("\0") && !path.split("/").includes("..");
}

function isLink(path: string, root: Root): boolean {
  try {
    return root.lstat(path).isSymlink;
  } catch {
    return false;
  }
}
