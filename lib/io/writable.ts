/**
 * Whether something could be written, found out without a trace.
 *
 * @module
 */

import { dirname } from "@std/path/dirname";
import { checkWritable } from "./read_file.ts";
import { type Stat, statOf } from "./root.ts";

/**
 * Makes sure that a file could be written, and the directories made that lead to
 * it, as far as that can be told without doing it: a disk may be full.
 *
 * @param real Its real path.
 * @throws {UnfitFile} If something else is there.
 * @throws {Deno.errors.PermissionDenied} If this user may not.
 * @throws {Deno.errors.NotADirectory} If it part of its path is not a directory.
 */
export function checkCouldWrite(real: string): void {
  checkWritable(real);
  const info = nearestAbove(real);
  const isItself = info.path === real;
  if (!isItself && !info.isDirectory) throw new Deno.errors.NotADirectory();
  // As the system calls it, by which it is known what helps.
  if (!mayWrite(info)) throw Object.assign(new Deno.errors.PermissionDenied(), { code: "EACCES" });
}

/** The path itself if it exists, else the nearest directory above it. */
function nearestAbove(real: string): Stat & { readonly path: string } {
  for (let path = real;; path = dirname(path)) {
    try {
      return { ...statOf(Deno.statSync(path)), path };
    } catch (error) {
      const isAbsent = error instanceof Deno.errors.NotFound ||
        error instanceof Deno.errors.NotADirectory;
      if (!isAbsent || path === dirname(path)) throw error;
    }
  }
}

/** By owner and others: to which groups somebody belongs, besides their own, cannot be asked. */
function mayWrite({ mode, uid, gid }: Stat): boolean {
  const user = Deno.uid();
  if (user === 0) return true;
  if (uid === user) return (mode & 0o200) !== 0;
  return (mode & (gid === Deno.gid() ? 0o020 : 0o002)) !== 0;
}
