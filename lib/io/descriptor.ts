/**
 * Changes what is open, not what lies at its path by now: another user may have put
 * something else there. Deno changes owner and mode by path only, and follows links; so
 * what is at the path is opened without following one, and recognised by its inode. As a
 * rule there is nothing to change: a file is made with its mode, and by its owner.
 *
 * @module
 */

import { UnfitFile } from "./failures.ts";
import { type Stat, statOf } from "./stat.ts";

/** What a file is to have; what is left out stays. */
export interface Settled {
  readonly mode?: number | undefined;
  readonly owner?: { readonly uid: number; readonly gid: number } | null | undefined;
}

/**
 * Gives an open file its owner and its mode; of that only the permissions.
 *
 * @param file The file.
 * @param real Where it was opened.
 * @param settled What it is to have.
 * @throws {UnfitFile} If something else is at its path by now.
 * @throws What changing it throws.
 */
export function settle(file: Deno.FsFile, real: string, settled: Settled): void {
  changeOpen(statOf(file.statSync()), real, settled);
}

/**
 * Makes a directory where nothing is, with its mode whatever the umask.
 *
 * @param real Its real path.
 * @throws What making it throws.
 */
export function makeDirectoryAt(real: string, mode: number): void {
  Deno.mkdirSync(real, { mode });
  changeOpen(statOf(Deno.lstatSync(real)), real, { mode });
}

function changeOpen(now: Stat, real: string, { mode, owner }: Settled): void {
  const isOwned = !owner || (owner.uid === now.uid && owner.gid === now.gid);
  const rights = mode === undefined ? now.mode : mode & 0o777;
  if (isOwned && rights === now.mode) return;
  // Only now: it takes its time.
  const fs = globalThis.process.getBuiltinModule("node:fs");
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
  const fd = fs.openSync(real, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const { dev, ino } = fs.fstatSync(fd);
    if (`${dev}:${ino}` !== now.id) throw new UnfitFile("was replaced while it was written");
    if (!isOwned && owner) fs.fchownSync(fd, owner.uid, owner.gid);
    fs.fchmodSync(fd, rights); // after the change of owner, which takes some of them
  } finally {
    fs.closeSync(fd);
  }
}
